# SPDX-License-Identifier: Apache-2.0
"""A reaction says how it ends, and a STOP never ends by itself."""

import math

import pytest

from rho_core.errors import ConfigError
from rho_core.safety.permit import Permit
from rho_core.safety.reaction import Clear
from rho_core.safety.reaction import Reaction


@pytest.mark.parametrize(('permit', 'clear'), [
    (Permit.STOP, Clear.ON_RESET), (Permit.HOLD, Clear.WHEN_GONE), (Permit.SLOW, Clear.WHEN_GONE),
])
def test_what_ends_it_follows_from_the_permit(permit: Permit, clear: Clear) -> None:
    assert Reaction(permit=permit).clear is clear


def test_it_may_be_latched_harder_but_not_softer() -> None:
    assert Reaction(permit=Permit.SLOW, clear=Clear.NEVER).is_latched
    assert not Reaction(permit=Permit.SLOW).is_latched
    with pytest.raises(ConfigError, match='a STOP is latched'):
        Reaction(clear=Clear.WHEN_GONE)


@pytest.mark.parametrize(('values', 'path'), [
    ({'permit': Permit.RUN}, 'permit'),
    ({'clear_after_ns': -1}, 'clear_after_ns'),
    ({'trip_after_ns': -1}, 'trip_after_ns'),
    ({'escalate_after_ns': -1}, 'escalate_after_ns'),
    ({'speed_scale': 0.0}, 'speed_scale'),
    ({'speed_scale': 1.1}, 'speed_scale'),
    ({'speed_scale': math.nan}, 'speed_scale'),
])
def test_senseless_reactions_are_refused_by_name(values: dict[str, object], path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Reaction(**values)
    assert caught.value.path == path

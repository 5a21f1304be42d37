# SPDX-License-Identifier: Apache-2.0
"""Limits that cannot be kept or missed are refused by name."""

import pytest

from rho_core.errors import ConfigError
from rho_core.streams.limits import FreezeLimit
from rho_core.streams.limits import GapLimit
from rho_core.streams.limits import RateLimit


@pytest.mark.parametrize(('kind', 'values', 'path'), [
    (FreezeLimit, {'limit_ns': 0}, 'limit_ns'),
    (GapLimit, {'max_lost': -1}, 'max_lost'),
    (GapLimit, {'max_lost': 1, 'window_ns': 0}, 'window_ns'),
    (RateLimit, {'min_hz': 0.0}, 'min_hz'),
    (RateLimit, {'min_hz': float('nan')}, 'min_hz'),
    (RateLimit, {'min_hz': 30.0, 'window_ns': -1}, 'window_ns'),
])
def test_a_limit_without_sense_is_refused(
    kind: type, values: dict[str, object], path: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        kind(**values)
    assert caught.value.path == path

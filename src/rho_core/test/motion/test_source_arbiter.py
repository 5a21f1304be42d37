# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_core.motion.command_source import CommandSource
from rho_core.motion.source_arbiter import SourceArbiter

MS = 1_000_000
POLICY, ACTION, OPERATOR = CommandSource
HOLD_NS = {ACTION: 200 * MS, OPERATOR: 500 * MS}


def held(source: CommandSource) -> SourceArbiter:
    arbiter = SourceArbiter(HOLD_NS)
    arbiter.take(source, 0)
    return arbiter


def test_a_free_arm_takes_anybody() -> None:
    for source in CommandSource:
        SourceArbiter(HOLD_NS).check(source, 0)


@pytest.mark.parametrize('source', CommandSource)
@pytest.mark.parametrize('holder', CommandSource)
def test_a_source_takes_the_arm_from_its_equals_and_from_lower_ones(
    source: CommandSource, holder: CommandSource
) -> None:
    arbiter = held(holder)
    if source >= holder:
        arbiter.check(source, 0)
    else:
        with pytest.raises(Refused, match=f'{source.label}: .* commanded by {holder.label}'):
            arbiter.check(source, 0)


def test_a_holder_keeps_the_arm_while_it_moves_and_for_its_time_afterwards() -> None:
    arbiter = held(OPERATOR)
    for ms in range(0, 10_000, 2):
        arbiter.update(ms * MS, is_moving=True)
    arbiter.update(10_400 * MS, is_moving=False)
    with pytest.raises(Refused, match=r'for 0\.1 s after'):
        arbiter.check(ACTION, 10_400 * MS)
    arbiter.update(10_498 * MS, is_moving=False)
    assert arbiter.holder is None
    arbiter.check(POLICY, 10_498 * MS)


def test_the_policy_gives_the_arm_back_at_once() -> None:
    arbiter = held(POLICY)
    arbiter.update(0, is_moving=False)
    assert arbiter.holder is None


def test_a_stop_frees_the_arm() -> None:
    arbiter = held(OPERATOR)
    arbiter.release()
    arbiter.check(POLICY, 0)


def test_a_negative_time_is_refused() -> None:
    with pytest.raises(ConfigError, match='operator: expected >= 0, got -1'):
        SourceArbiter({OPERATOR: -1})


@given(st.lists(st.tuples(st.sampled_from(CommandSource), st.booleans(), st.integers(0, 300)),
                max_size=60))
def test_nobody_loses_the_arm_to_a_lower_source_while_it_moves(
    steps: list[tuple[CommandSource, bool, int]],
) -> None:
    arbiter = SourceArbiter(HOLD_NS)
    now_ns = 0
    for source, is_moving, wait_ms in steps:
        now_ns += wait_ms * MS
        arbiter.update(now_ns, is_moving=is_moving)
        before = arbiter.holder
        try:
            arbiter.check(source, now_ns)
        except Refused:
            assert before is not None
            assert source < before
        else:
            assert before is None or source >= before
            arbiter.take(source, now_ns)
            assert arbiter.holder is source

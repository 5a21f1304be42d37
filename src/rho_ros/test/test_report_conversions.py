# SPDX-License-Identifier: Apache-2.0
"""Decisions and reports survive the wire, field by field; numbers without meaning are refused."""

import math
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rclpy.serialization import deserialize_message
from rclpy.serialization import serialize_message

from rho_core.chunks.report import PolicyMode
from rho_core.chunks.report import PolicyReport
from rho_core.chunks.report import StreamReport
from rho_core.errors import Refused
from rho_core.motion.mode import ArmMode
from rho_core.motion.report import ArmReport
from rho_core.safety.cause import Cause
from rho_core.safety.decision import SafetyDecision
from rho_core.safety.permit import Permit
from rho_interfaces.msg import ArmState
from rho_interfaces.msg import PolicyStatus
from rho_interfaces.msg import SafetyState
from rho_ros.conversions.arm_state import arm_state_from_ros
from rho_ros.conversions.arm_state import arm_state_to_ros
from rho_ros.conversions.policy_status import policy_status_from_ros
from rho_ros.conversions.policy_status import policy_status_to_ros
from rho_ros.conversions.safety import SafetyEncoder
from rho_ros.conversions.safety import safety_from_ros
from rho_ros.conversions.safety import safety_to_ros

STAMPS_NS = st.integers(min_value=0, max_value=2**31 * 10**9 - 1)
COUNTS = st.integers(min_value=0, max_value=2**64 - 1)
TEXTS = st.text(st.characters(blacklist_categories=['Cs'], blacklist_characters='\0'), max_size=9)
NAMES = st.lists(TEXTS, min_size=1, max_size=3).map(tuple)
FLOAT32 = st.floats(width=32, allow_nan=True)
SCALES = st.floats(min_value=0.0, max_value=1.0, width=32)


def same(left: Any, right: Any) -> bool:
    """Equality of dataclasses for which NaN equals NaN."""
    if isinstance(left, float) and isinstance(right, float):
        return left == right or (math.isnan(left) and math.isnan(right))
    if isinstance(left, tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if hasattr(left, '__dataclass_fields__'):
        names = [item.name for item in fields(left)]
        return all(same(getattr(left, name), getattr(right, name)) for name in names)
    return bool(left == right)


CAUSES = st.builds(
    Cause,
    id=TEXTS,
    arms=NAMES,
    permit=st.sampled_from(Permit),
    active=st.booleans(),
    detail=TEXTS,
    since_ns=STAMPS_NS,
)


@st.composite
def decisions(draw: st.DrawFn) -> SafetyDecision:
    arms = draw(NAMES)
    count = len(arms)
    return SafetyDecision(
        stamp_ns=draw(STAMPS_NS),
        seq=draw(COUNTS),
        epoch=draw(COUNTS),
        latched=draw(st.booleans()),
        arms=arms,
        permits=tuple(draw(st.lists(st.sampled_from(Permit), min_size=count, max_size=count))),
        speed_scales=tuple(draw(st.lists(SCALES, min_size=count, max_size=count))),
        causes=tuple(draw(st.lists(CAUSES, max_size=2))),
    )


ARM_REPORTS = st.builds(
    ArmReport,
    stamp_ns=STAMPS_NS,
    arm=TEXTS,
    mode=st.sampled_from(ArmMode),
    reason=TEXTS,
    joint_names=NAMES,
    commanded=st.tuples(st.floats(), st.floats()),
    measured=st.tuples(st.floats(), st.floats()),
    velocity=st.tuples(st.floats(), st.floats()),
    acceleration=st.tuples(st.floats(), st.floats()),
    source=TEXTS,
    accepted=COUNTS,
    refused=COUNTS,
    last_refusal=TEXTS,
    command_age_ms=FLOAT32,
    permit_age_ms=FLOAT32,
    cycles=COUNTS,
    missed_cycles=COUNTS,
    wake_late_us_max=FLOAT32,
    tick_us_max=FLOAT32,
    time_scale=FLOAT32,
    stop_time_s=FLOAT32,
    latched=st.booleans(),
    stop_epoch=COUNTS,
)
POLICY_REPORTS = st.builds(
    PolicyReport,
    stamp_ns=STAMPS_NS,
    bundle_id=TEXTS,
    bundle_sha256=TEXTS,
    instruction=TEXTS,
    mode=st.sampled_from(PolicyMode),
    reason=TEXTS,
    context_age_ms=FLOAT32,
    streams=st.lists(
        st.builds(StreamReport, name=TEXTS, age_ms=FLOAT32, problem=TEXTS), max_size=3
    ).map(tuple),
    instruction_ms=FLOAT32,
    context_ms=FLOAT32,
    action_ms=FLOAT32,
    overhead_ms=FLOAT32,
    executed_delay=st.integers(0, 2**32 - 1),
    seam=FLOAT32,
    chunk_seq=COUNTS,
    missed_ticks=COUNTS,
)


@given(decisions())
def test_decisions_survive_the_wire(decision: SafetyDecision) -> None:
    message = deserialize_message(serialize_message(safety_to_ros(decision)), SafetyState)
    assert message.mode == min(decision.permits)
    assert same(safety_from_ros(message), decision)


@given(ARM_REPORTS)
def test_arm_reports_survive_the_wire(report: ArmReport) -> None:
    message = deserialize_message(serialize_message(arm_state_to_ros(report)), ArmState)
    assert same(tuple(message.error), report.error)
    assert same(arm_state_from_ros(message), report)


@given(POLICY_REPORTS)
def test_policy_reports_survive_the_wire(report: PolicyReport) -> None:
    message = deserialize_message(serialize_message(policy_status_to_ros(report)), PolicyStatus)
    assert [stream.ok for stream in message.streams] == [s.ok for s in report.streams]
    assert same(policy_status_from_ros(message), report)


def test_numbers_without_meaning_are_refused() -> None:
    with pytest.raises(Refused, match=r'3 \(RUN\), got 9'):
        safety_from_ros(SafetyState(arms=['left'], permits=[9], speed_scales=[1.0]))
    with pytest.raises(Refused, match=r'mode of 0 \(UNCONFIGURED\).* got 9'):
        arm_state_from_ros(ArmState(mode=9))
    with pytest.raises(Refused, match=r'mode of 0 \(LOADING\).* got 9'):
        policy_status_from_ros(PolicyStatus(mode=9))


def test_a_safety_state_with_a_permit_missing_is_refused() -> None:
    with pytest.raises(Refused, match='2 arms, 1 permits'):
        safety_from_ros(SafetyState(arms=['left', 'right'], permits=[3], speed_scales=[1.0, 1.0]))


def test_encoded_decisions_are_the_messages_of_the_decisions() -> None:
    encoder = SafetyEncoder()
    cause = Cause(id='camera.front.late', arms=('left',), permit=Permit.STOP, active=True,
                  detail='newest is 210 ms old', since_ns=5)
    for seq, changes in enumerate((
        {}, {}, {'stop_times_s': (0.25, 0.5)}, {'stop_times_s': ()}, {'causes': (cause,)},
        {'causes': (cause,), 'epoch': 9}, {'speed_scales': (0.5, 0.5)}, {'stamp_ns': -1}, {},
    )):
        values: dict[str, Any] = {
            'stamp_ns': 3_000_000_000 + seq, 'seq': 2**40 + seq, 'epoch': 2**41, 'latched': False,
            'arms': ('left', 'right'), 'permits': (Permit.RUN, Permit.RUN),
            'speed_scales': (1.0, 1.0), 'stop_times_s': (0.125, 0.125)}
        decision = SafetyDecision(**{**values, **changes})
        message = deserialize_message(encoder.encode(decision), SafetyState)
        assert message == safety_to_ros(decision)

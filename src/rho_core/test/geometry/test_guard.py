# SPDX-License-Identifier: Apache-2.0
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_core.geometry.arm_sample import ArmSample
from rho_core.geometry.guard import GeometryGuard
from rho_core.geometry.guard import stopping_s
from rho_core.geometry.guard_rules import GuardRules
from rho_core.geometry.testing import RADIUS_M
from rho_core.geometry.testing import SHOULDER_Y_M
from rho_core.geometry.testing import small_cell
from rho_core.geometry.verdict import GeometryVerdict
from rho_core.motion.mode import ArmMode
from rho_core.motion.report import ArmReport
from rho_core.motion.time_scaling import TimeScale

MS = 1_000_000
RULES = GuardRules(speed_limit_m_s=0.5)
APART = {'left': (1.2, 0.0), 'right': (-1.2, 0.0)}


def sample(position: tuple[float, ...], **changes: object) -> ArmSample:
    resting = ArmSample(stamp_ns=0, commanded=position, velocity=(0.0, 0.0), measured=position,
                        time_scale=0.0)
    return replace(resting, **changes)  # type: ignore[arg-type]


def judge(
    positions: dict[str, tuple[float, ...]], rules: GuardRules = RULES, **changes: object
) -> GeometryVerdict:
    guard = GeometryGuard(small_cell(), rules)
    return guard.judge(5 * MS, {arm: sample(q, **changes) for arm, q in positions.items()})


def facing(gap_m: float) -> dict[str, tuple[float, ...]]:
    """Return positions with the elbows inward and so far between the surfaces of the forearms."""
    angle = math.asin((SHOULDER_Y_M - 0.5 * gap_m - RADIUS_M) / 0.3)
    return {'left': (-angle, angle), 'right': (angle, -angle)}


def test_arms_far_apart_go_at_full_speed() -> None:
    verdict = judge(APART)
    assert verdict.speed_scales == (1.0, 1.0)
    assert verdict.blocked == (False, False)


def test_the_closest_pair_and_its_margin_are_told() -> None:
    verdict = judge(facing(0.06))
    assert verdict.margin_m == pytest.approx(0.06 - 0.02, abs=1e-6)
    assert 'left_' in verdict.closest
    slowed = judge(facing(0.1))
    assert slowed.speed_scales[0] < 1.0
    assert slowed.margin_m == pytest.approx(0.1 - 0.02, abs=1e-6)
    assert 'right_' in verdict.closest


@given(st.floats(0.03, 0.35), st.floats(0.001, 0.1))
def test_closer_arms_are_slower_and_both_alike(gap_m: float, nearer_m: float) -> None:
    far, near = judge(facing(gap_m)), judge(facing(max(gap_m - nearer_m, 0.021)))
    assert far.speed_scales[0] == far.speed_scales[1]
    assert near.speed_scales[0] <= far.speed_scales[0]


def test_arms_that_are_too_close_are_blocked() -> None:
    verdict = judge(facing(0.015))
    assert verdict.blocked == (True, True)
    assert verdict.speed_scales == (0.0, 0.0)


def test_arms_too_fast_to_stop_before_are_blocked() -> None:
    assert not any(judge(facing(0.1), time_scale=0.2).blocked)
    assert all(judge(facing(0.1), time_scale=1.0).blocked)


def test_a_long_stop_of_one_arm_counts_for_both() -> None:
    assert not any(judge(facing(0.2), time_scale=0.5).blocked)
    assert all(judge(facing(0.2), time_scale=0.5, stop_time_s=3.0).blocked)


def test_what_was_granted_lately_may_still_be_used() -> None:
    guard = GeometryGuard(small_cell(), RULES)
    apart = {arm: sample(q) for arm, q in APART.items()}
    near = {arm: sample(q) for arm, q in facing(0.1).items()}
    assert not any(guard.judge(0, apart).blocked)
    assert all(guard.judge(10 * MS, near).blocked)
    assert not any(guard.judge(200 * MS, {
        arm: replace(one, stamp_ns=195 * MS) for arm, one in near.items()}).blocked)


def test_an_old_sample_leaves_less_room() -> None:
    near = {arm: sample(q, time_scale=0.3) for arm, q in facing(0.1).items()}
    assert not any(GeometryGuard(small_cell(), RULES).judge(5 * MS, near).blocked)
    assert all(GeometryGuard(small_cell(), RULES).judge(400 * MS, near).blocked)


def test_a_grant_falls_at_once_and_rises_slowly() -> None:
    guard = GeometryGuard(small_cell(), RULES)
    near = {arm: sample(q) for arm, q in facing(0.06).items()}
    apart = {arm: sample(q) for arm, q in APART.items()}
    low = guard.judge(0, near).speed_scales[0]
    assert guard.judge(10 * MS, apart).speed_scales[0] == pytest.approx(low + 0.01)
    assert guard.judge(2010 * MS, apart).speed_scales[0] == 1.0


def test_in_reduced_mode_nothing_is_faster_than_its_share() -> None:
    assert judge(APART, replace(RULES, scale_limit=0.5)).speed_scales == (0.5, 0.5)


def test_an_arm_that_is_where_no_path_leads_is_blocked_alone() -> None:
    verdict = judge({'left': (math.pi, 0.0), 'right': (-1.2, 0.0)})
    assert verdict.blocked == (True, False)
    assert 'post' in verdict.closest


def test_the_measurement_counts_like_the_command() -> None:
    guard = GeometryGuard(small_cell(), RULES)
    near = facing(0.015)
    verdict = guard.judge(0, {arm: sample(q, measured=near[arm]) for arm, q in APART.items()})
    assert all(verdict.blocked)


def test_tip_speeds_are_those_of_the_command() -> None:
    verdict = judge(APART, velocity=(0.5, 0.0))
    assert verdict.tip_speeds == pytest.approx((0.3, 0.3), abs=1e-3)


def test_without_an_arm_there_is_no_judgement() -> None:
    guard = GeometryGuard(small_cell(), RULES)
    with pytest.raises(Refused, match='no state of the right arm'):
        guard.judge(0, {'left': sample((0.0, 0.0))})
    with pytest.raises(Refused, match='3 joints of the left arm, expected 2'):
        guard.judge(0, {'left': ArmSample(
            stamp_ns=0, commanded=(0.0,) * 3, velocity=(0.0,) * 3, measured=(0.0,) * 3),
            'right': sample((0.0, 0.0))})


@given(st.floats(0.02, 1.0), st.floats(0.05, 0.6))
def test_a_stop_goes_on_for_as_long_as_the_time_scale_takes(scale: float, stop_s: float) -> None:
    period_s = 2e-4
    profile = TimeScale(period_s=period_s)
    profile.reset(scale)
    passed_s, value = 0.0, scale
    while not profile.is_at_rest:
        before, value = value, profile.step(0.0, fall_s=stop_s, rise_s=stop_s)
        passed_s += 0.5 * (before + value) * period_s
    assert passed_s == pytest.approx(stopping_s(scale, stop_s), abs=2e-3 * stop_s + 2 * period_s)


@pytest.mark.parametrize(
    ('field', 'value'),
    [('speed_limit_m_s', 0.0), ('caution', 0.9), ('scale_limit', 1.5), ('stop_s', math.inf)],
)
def test_rules_that_promise_nothing_are_refused(field: str, value: float) -> None:
    with pytest.raises(ConfigError, match=field):
        replace(RULES, **{field: value})


REPORT = ArmReport(
    stamp_ns=7, arm='left', mode=ArmMode.MOVING, reason='', joint_names=('b', 'a'),
    commanded=(2.0, 1.0), measured=(2.1, 1.1), velocity=(0.2, 0.1), source='policy',
    time_scale=0.5, stop_time_s=0.1)


def test_a_report_becomes_a_sample_in_the_order_of_the_arm() -> None:
    got = ArmSample.from_report(REPORT, ('a', 'b'))
    assert (got.commanded, got.velocity, got.measured) == ((1.0, 2.0), (0.1, 0.2), (1.1, 2.1))
    assert (got.stamp_ns, got.time_scale, got.stop_time_s) == (7, 0.5, 0.1)


def test_an_arm_at_rest_has_no_scale() -> None:
    resting = replace(REPORT, source='', velocity=(0.0, 0.0))
    assert ArmSample.from_report(resting, ('a', 'b')).time_scale == 0.0
    braking = replace(REPORT, source='')
    assert ArmSample.from_report(braking, ('a', 'b')).time_scale == 0.5


def test_reports_that_cannot_be_judged_are_refused() -> None:
    with pytest.raises(Refused, match='expected the joints a, c, got b, a'):
        ArmSample.from_report(REPORT, ('a', 'c'))
    with pytest.raises(Refused, match='the left arm is MOVING'):
        ArmSample.from_report(replace(REPORT, commanded=()), ('a', 'b'))
    with pytest.raises(Refused, match='finite'):
        ArmSample.from_report(replace(REPORT, velocity=(math.nan, 0.0)), ('a', 'b'))
    with pytest.raises(Refused, match='scale'):
        ArmSample.from_report(replace(REPORT, time_scale=math.nan), ('a', 'b'))

# SPDX-License-Identifier: Apache-2.0
"""The way to rest keeps acceleration and jerk, ends at rest, and is told before it is gone."""

from itertools import pairwise

from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from rho_core.motion.brake import brake_phases
from rho_core.motion.brake import brake_reach
from rho_core.motion.brake import brake_step

PERIOD_S = 0.002
STRONGEST = 10.0
JERK = 200.0
velocities = st.floats(-3.0, 3.0)
accelerations = st.floats(-STRONGEST, STRONGEST)


def way(velocity: float, acceleration: float) -> list[tuple[float, float, float]]:
    """Positions, velocities and accelerations after each period, until rest."""
    states = [(0.0, velocity, acceleration)]
    while states[-1][1:] != (0.0, 0.0):
        position, v, a = states[-1]
        moved, v, a = brake_step(v, a, STRONGEST, JERK, PERIOD_S)
        states.append((position + moved, v, a))
        assert len(states) < 1000
    return states


@given(velocities, accelerations)
@settings(max_examples=200)
def test_it_comes_to_rest_within_acceleration_and_jerk(v: float, a: float) -> None:
    states = way(v, a)
    for (_, _, before), (_, _, after) in pairwise(states):
        assert abs(after) <= STRONGEST * (1 + 1e-12)
        assert abs(after - before) <= JERK * PERIOD_S * (1 + 1e-9) + 1e-12


@given(velocities, accelerations)
@example(-0.1875, 9.0)
@settings(max_examples=200)
def test_its_reach_is_where_its_samples_go(v: float, a: float) -> None:
    low, high = brake_reach(v, a, STRONGEST, JERK)
    positions = [state[0] for state in way(v, a)]
    assert low <= 0.0 <= high
    assert low - 1e-9 <= min(positions)
    assert max(positions) <= high + 1e-9
    if v * brake_phases(v, a, STRONGEST, JERK)[0] >= 0.0:
        # It never turns round, so it ends where it goes farthest.
        assert min(abs(positions[-1] - low), abs(positions[-1] - high)) < 1e-9
    # What lies between two samples is met to within a sample.
    assert min(positions) - low < 1e-4
    assert high - max(positions) < 1e-4


@given(velocities, accelerations)
@settings(max_examples=200)
def test_it_takes_the_time_of_its_phases(v: float, a: float) -> None:
    _, _, *phases_s = brake_phases(v, a, STRONGEST, JERK)
    assert abs((len(way(v, a)) - 1) * PERIOD_S - sum(phases_s)) <= PERIOD_S * (1 + 1e-6)


def test_from_full_speed_it_takes_v_over_a_and_a_over_j() -> None:
    sign, peak, *phases_s = brake_phases(3.0, 0.0, STRONGEST, JERK)
    assert (sign, peak) == (1.0, STRONGEST)
    assert abs(sum(phases_s) - (3.0 / STRONGEST + STRONGEST / JERK)) < 1e-12


def test_a_joint_at_rest_stays() -> None:
    assert brake_step(0.0, 0.0, STRONGEST, JERK, PERIOD_S) == (0.0, 0.0, 0.0)
    assert brake_reach(0.0, 0.0, STRONGEST, JERK) == (0.0, 0.0)


def test_an_acceleration_against_the_motion_turns_it_round_and_back() -> None:
    low, high = brake_reach(0.01, -10.0, STRONGEST, JERK)
    assert low < 0.0 < high

# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.limiter import ChunkLimiter
from rho_core.errors import ConfigError
from rho_core.errors import Refused

DT_S = 0.1
VELOCITY = np.array([1.0, 0.2])


def limiter() -> ChunkLimiter:
    return ChunkLimiter(('arm', 'grip'), lower=[-1, 0], upper=[1, 0.04], velocity=VELOCITY)


def chunk(positions: object, names: tuple[str, ...] = ('arm', 'grip')) -> ActionChunk:
    return ActionChunk(
        stamp_ns=0, dt_s=DT_S, joint_names=names, positions=np.array(positions, dtype=float)
    )


START = np.array([0.0, 0.02])


def test_a_chunk_within_limits_passes_unchanged() -> None:
    rows = [[0.05, 0.02], [0.1, 0.03]]
    subject = limiter()
    assert subject.apply(chunk(rows), START).positions.tolist() == rows
    assert subject.saturated == 0


def test_columns_come_out_in_the_limiters_order() -> None:
    out = limiter().apply(chunk([[0.03, 0.05]], ('grip', 'arm')), START)
    assert out.joint_names == ('arm', 'grip')
    assert out.positions.tolist() == [[0.05, 0.03]]


def test_just_beyond_a_limit_becomes_the_limit() -> None:
    out = limiter().apply(chunk([[0.05, -0.003]]), START)
    assert out.positions[0, 1] == 0.0


def test_far_beyond_a_limit_refuses_the_chunk() -> None:
    with pytest.raises(
        Refused, match=r'chunk: grip is -0\.0050 in row 1, allowed 0\.0000 to 0\.0400'
    ):
        limiter().apply(chunk([[0.0, 0.02], [0.0, -0.005]]), START)


def test_a_row_out_of_reach_is_drawn_in_and_counted() -> None:
    subject = limiter()
    out = subject.apply(chunk([[0.5, 0.02], [0.5, 0.02]]), START)
    assert out.positions[:, 0] == pytest.approx([0.1, 0.2])
    assert subject.saturated == 1


def test_a_missing_joint_refuses_the_chunk() -> None:
    with pytest.raises(Refused, match='no joint grip'):
        limiter().apply(chunk([[0.0]], ('arm',)), START)


@pytest.mark.parametrize(
    ('lower', 'velocity', 'message'),
    [
        ([-1.0], [1, 1], r'lower: expected 2 finite values, one per joint, got \[-1\.0\]'),
        ([-1.0, np.nan], [1, 1], 'lower: expected 2 finite values'),
        ([-1.0, 1.0], [1, 1], 'grip: expected lower < upper'),
        ([-1.0, 0.0], [1, 0], 'velocity > 0'),
    ],
)
def test_impossible_limits_are_refused(
    lower: list[float], velocity: list[float], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        ChunkLimiter(('arm', 'grip'), lower=lower, upper=[1, 0.04], velocity=velocity)


@given(hnp.arrays(np.float64, (6, 2), elements=st.floats(0.0, 1.0)))
def test_whatever_passes_is_within_all_limits(share: NDArray[np.float64]) -> None:
    lower, upper = np.array([-1.0, 0.0]), np.array([1.0, 0.04])
    out = limiter().apply(chunk(lower + share * (upper - lower)), START).positions
    steps = np.abs(np.diff(out, axis=0, prepend=START[None]))
    assert (steps <= VELOCITY * DT_S * (1 + 1e-6)).all()
    assert (out >= lower).all()
    assert (out <= upper).all()

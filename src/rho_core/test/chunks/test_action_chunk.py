# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.errors import Refused


def chunk(
    positions: object, names: tuple[str, ...] = ('a', 'b'), dt_s: float = 0.1
) -> ActionChunk:
    return ActionChunk(stamp_ns=5, dt_s=dt_s, joint_names=names, positions=np.array(positions))


def test_a_chunk_owns_read_only_numbers() -> None:
    source = np.array([[0.0, 1.0], [2.0, 3.0]])
    made = chunk(source)
    source[0, 0] = 9.0
    assert made.positions[0, 0] == 0.0
    with pytest.raises(ValueError, match='read-only'):
        made.positions[0, 0] = 1.0


def test_the_end_is_the_time_of_the_last_row() -> None:
    assert chunk([[0, 1], [2, 3], [4, 5]]).end_ns == 5 + 200_000_000


def test_columns_are_selected_by_name() -> None:
    selected = chunk([[0, 1], [2, 3]]).select(('b', 'a'))
    assert selected.joint_names == ('b', 'a')
    assert selected.positions.tolist() == [[1, 0], [3, 2]]
    with pytest.raises(Refused, match='no joint c; it has b, a'):
        selected.select(('c',))


@pytest.mark.parametrize(
    ('positions', 'dt_s', 'message'),
    [
        ([[0.0, np.nan]], 0.1, 'chunk: b is nan in row 0'),
        ([[0.0, 0.0], [np.inf, 0.0]], 0.1, 'chunk: a is inf in row 1'),
        ([[0.0]], 0.1, r'expected positions of shape \(H, 2\), got \(1, 1\)'),
        (np.zeros((0, 2)), 0.1, r'got \(0, 2\)'),
        ([[0.0, 0.0]], 0.0, 'expected dt_s > 0, got 0.0'),
        ([[0.0, 0.0]], float('nan'), 'expected dt_s > 0, got nan'),
    ],
)
def test_what_is_not_finite_or_misshapen_is_refused(
    positions: object, dt_s: float, message: str
) -> None:
    with pytest.raises(Refused, match=message):
        chunk(positions, dt_s=dt_s)

# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.seam import seam

VELOCITY = np.array([2.0])


def ramp(stamp_ms: int, first: float, rows: int = 5) -> ActionChunk:
    """A joint that moves 1 rad/s."""
    positions = first + 0.1 * np.arange(rows)[:, None]
    return ActionChunk(
        stamp_ns=stamp_ms * 1_000_000, dt_s=0.1, joint_names=('a',), positions=positions
    )


def test_a_chunk_that_continues_the_motion_has_no_seam() -> None:
    assert seam(ramp(0, 0.0), ramp(250, 0.25), VELOCITY) == pytest.approx(0.0)


def test_the_jump_is_measured_in_steps_at_full_speed() -> None:
    assert seam(ramp(0, 0.0), ramp(250, 0.35), VELOCITY) == pytest.approx(0.5)


@pytest.mark.parametrize('stamp_ms', [-1, 401])
def test_chunks_that_do_not_overlap_have_no_seam(stamp_ms: int) -> None:
    assert seam(ramp(0, 0.0), ramp(stamp_ms, 9.0), VELOCITY) == 0.0


def test_the_last_row_and_a_single_row_are_covered() -> None:
    assert seam(ramp(0, 0.0), ramp(400, 0.4), VELOCITY) == pytest.approx(0.0)
    assert seam(ramp(0, 0.0, rows=1), ramp(0, 0.2), VELOCITY) == pytest.approx(1.0)

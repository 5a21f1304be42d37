# SPDX-License-Identifier: Apache-2.0
"""Chunks go through the controllers' own rules and motion."""

import numpy as np
import pytest

from rho_description import cell
from rho_learning.controllers import Controllers

PERIOD_NS = 2_000_000


def chunk(speed_rad_s: float) -> np.ndarray:
    """Return a chunk (10, 14) in which the first joint moves at a speed from home."""
    rows = np.repeat(cell().home[None], 10, axis=0)
    rows[:, 0] += speed_rad_s * 0.1 * np.arange(1, 11)
    return rows


def test_arms_stand_still_without_a_chunk() -> None:
    controllers = Controllers(cell(), cell().home, PERIOD_NS)
    for tick in range(20):
        assert controllers.update(cell().home, tick * PERIOD_NS) == pytest.approx(cell().home)


def test_arms_follow_a_chunk_smoothly_to_its_end() -> None:
    controllers = Controllers(cell(), cell().home, PERIOD_NS)
    controllers.receive(chunk(0.5), observed_ns=0, now_ns=0)
    commands = [cell().home]
    for tick in range(1, 700):
        commands.append(controllers.update(commands[-1], tick * PERIOD_NS).copy())
    path = np.array(commands)[:, 0] - cell().home[0]
    assert path[-1] == pytest.approx(0.5, abs=1e-3)
    assert np.abs(np.diff(path, n=2)).max() / (PERIOD_NS * 1e-9) ** 2 < 15.0
    assert controllers.refused == 0


def test_chunk_beyond_the_limits_is_refused_and_counted() -> None:
    controllers = Controllers(cell(), cell().home, PERIOD_NS)
    controllers.receive(chunk(8.0), observed_ns=0, now_ns=0)
    assert controllers.refused == 1
    assert 'left_shoulder_pan_joint' in controllers.last_refusal
    assert controllers.update(cell().home, PERIOD_NS) == pytest.approx(cell().home)

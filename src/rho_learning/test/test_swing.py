# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import numpy as np
import pytest
import yaml

pytest.importorskip('onnx')

from rho_description import cell as describe_cell
from rho_description.kinematics import tip_pose
from rho_learning.export.swing import ANGULAR_SPEED
from rho_learning.export.swing import curve
from rho_learning.export.swing import make_swing
from rho_policy_node.runtime.opening import open_policy
from rho_policy_node.runtime.session import OnnxSession

CELL = describe_cell()
COMMITTED = Path(__file__).parents[2] / 'rho_bringup' / 'bundles' / 'swing'
PHASES = np.linspace(0.0, 2 * np.pi, 73)


def chunk(folder: Path, positions: np.ndarray) -> np.ndarray:
    session = OnnxSession((folder / 'action.onnx').read_bytes(), 'action')
    return session.run({
        'context': np.ones((1, 17), dtype=np.float32),
        'proprioception': positions[None].astype(np.float32),
        'touch': np.ones((1, 4, 5, 3), dtype=np.float32),
    })['chunk'][0]


def both(phase: np.ndarray) -> np.ndarray:
    return np.concatenate([curve(arm, phase, CELL) for arm in ('left', 'right')], axis=1)


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_swing(tmp_path_factory.mktemp('bundles') / 'swing')


def test_bundle_is_sound(folder: Path) -> None:
    assert open_policy(folder).manifest.bundle_id.startswith('swing')


def test_committed_bundle_is_the_one_that_the_command_makes(folder: Path) -> None:
    assert open_policy(COMMITTED).manifest.embodiment == CELL.name
    made, kept = (yaml.safe_load((path / 'bundle.yaml').read_text()) for path in
                  (folder, COMMITTED))
    assert kept['streams'] == made['streams']
    assert kept['action'] == made['action']
    here = both(np.array([1.0]))[0]
    np.testing.assert_allclose(chunk(COMMITTED, here), chunk(folder, here), atol=1e-6)


@pytest.mark.parametrize('phase', [0.0, 1.0, 2.5, 4.0, 6.0])
def test_chunk_goes_on_around_the_curve(folder: Path, phase: float) -> None:
    rows = chunk(folder, both(np.array([phase]))[0])
    lead = ANGULAR_SPEED * (0.1 * np.arange(1, 11) + 0.06)
    np.testing.assert_allclose(rows, both(phase + lead), atol=1e-5)


def test_arms_return_to_the_curve_from_beside_it(folder: Path) -> None:
    beside = both(np.array([2.0]))[0]
    beside[[4, 5]] += (0.05, -0.08)
    rows = chunk(folder, beside)[:, :7]
    nearest = [np.abs(curve('left', np.linspace(0, 7, 2000), CELL) - row).max(axis=1).min()
               for row in rows]
    assert max(nearest) < 1e-2


def test_curve_begins_at_home_and_keeps_well_within_all_limits() -> None:
    for arm in ('left', 'right'):
        limits = CELL.arm(arm).limits
        points = curve(arm, PHASES, CELL)
        np.testing.assert_allclose(points[0], CELL.arm(arm).home, atol=1e-12)
        assert (points >= limits.lower).all()
        assert (points <= limits.upper).all()
        radius = (points.max(axis=0) - points.min(axis=0)) / 2
        assert (radius * ANGULAR_SPEED <= 0.5 * limits.velocity).all()
        assert (radius * ANGULAR_SPEED**2 <= 0.5 * limits.acceleration).all()
        assert (radius * ANGULAR_SPEED**3 <= 0.5 * limits.jerk).all()


def test_tips_stay_above_their_home_and_apart_whatever_the_two_phases() -> None:
    tips = {arm: np.array([tip_pose(arm, q[:6])[0] for q in curve(arm, PHASES, CELL)])
            for arm in ('left', 'right')}
    for arm, points in tips.items():
        assert points[:, 2].min() > tip_pose(arm, CELL.arm(arm).home[:6])[0][2] - 1e-3
    assert tips['left'][:, 1].min() - tips['right'][:, 1].max() > 0.4

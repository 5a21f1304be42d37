# SPDX-License-Identifier: Apache-2.0
"""The nominal cameras of the network against those of the simulator without jitter."""

import numpy as np
import pytest
import torch

from rho_description import cell
from rho_learning.kinematics import TipState
from rho_learning.model.cell_cameras import CellCameras
from rho_learning.model.layout import ARMS
from rho_learning.model.layout import CAMERA_SIZES
from rho_sim.cell_sim import CellSim
from rho_sim.config import SimConfig


@pytest.fixture(scope='module')
def sim() -> CellSim:
    """A cell whose cameras sit exactly where the description says."""
    sim = CellSim(SimConfig(camera_shift_m=0.0, camera_turn_rad=0.0))
    sim.reset(5)
    return sim


@pytest.fixture(scope='module')
def cameras() -> CellCameras:
    """The cameras of the default cell."""
    return CellCameras(cell())


def seen(sim: CellSim, camera: str, point: np.ndarray) -> np.ndarray:
    """Return a keypoint of the simulator's camera in [-1, 1]."""
    return np.array(sim.camera_pixel(camera, point)) * 2.0 / (CAMERA_SIZES[camera] - 1) - 1.0


def tensor(value: np.ndarray) -> torch.Tensor:
    """Return a float tensor with a batch dimension."""
    return torch.tensor(value, dtype=torch.float32)[None]


def test_front_keypoint_of_a_button_leads_back_to_the_button(
    sim: CellSim, cameras: CellCameras
) -> None:
    button = sim.button_rest('red')
    keypoint = tensor(seen(sim, 'front', button))[:, None]
    centre = torch.tensor([0.4, 0.1, button[2]], dtype=torch.float32)
    found = cameras.front_onto_plane(keypoint, centre)[0, 0].numpy() + centre[:2].numpy()
    assert found == pytest.approx(button[:2], abs=1e-4)


def test_wrist_keypoint_of_a_point_below_leads_back_to_it(
    sim: CellSim, cameras: CellCameras
) -> None:
    tips = sim.tips()
    points = np.array([tips[arm] + [0.03, -0.02, -0.1] for arm in ARMS])
    keypoints = np.array(
        [seen(sim, f'{arm}_wrist', point) for arm, point in zip(ARMS, points, strict=True)]
    )
    rotations = [sim.mj_data.site(f'{arm}_tip').xmat.reshape(3, 3) for arm in ARMS]
    state = TipState(
        tensor(np.array([tips[arm] for arm in ARMS])), tensor(np.array(rotations)), torch.zeros(1)
    )
    centre = torch.tensor([0.5, 0.0, points[0, 2]], dtype=torch.float32)
    found = cameras.wrists_onto_plane(tensor(keypoints), state, centre)[0].numpy()
    assert found + centre[:2].numpy() == pytest.approx(points[:, :2], abs=1e-3)


def test_bases_and_tips_are_projected_where_the_simulator_sees_them(
    sim: CellSim, cameras: CellCameras
) -> None:
    tips = sim.tips()
    points = [*(cell().arm(arm).base_pose[:3, 3] for arm in ARMS), *(tips[arm] for arm in ARMS)]
    expected = np.array([seen(sim, 'front', point) for point in points])
    found = cameras.front_keypoints(tensor(np.array([tips[arm] for arm in ARMS])))[0].numpy()
    assert found == pytest.approx(expected, abs=1e-3)


def test_rays_above_the_horizon_stay_finite(cameras: CellCameras) -> None:
    corners = torch.tensor([[[-1.0, -1.0], [1.0, -1.0]]])
    found = cameras.front_onto_plane(corners, torch.tensor([0.45, 0.0, 0.09]))
    assert found.abs().max() <= 0.5

# SPDX-License-Identifier: Apache-2.0
import numpy as np

from rho_sim.cell_sim import CellSim
from rho_sim.config import SimConfig
from rho_sim.experts.button import ButtonExpert
from rho_sim.skin import Skin

POSITIONS = np.array([[0.0, 0.0, 0.0], [0.0, 0.004, 0.004], [0.0, -0.004, 0.004],
                      [0.0, -0.004, -0.004], [0.0, 0.004, -0.004]])
QUIET = SimConfig(skin_noise_ut=0.0, skin_drift_ut=0.0)
NOTHING = np.empty((0, 3))


def _response(force: tuple[float, float, float], point: tuple[float, float, float]) -> np.ndarray:
    skin = Skin(POSITIONS, QUIET)
    rest = skin.read(0.0, NOTHING, NOTHING)
    return skin.read(0.0, np.array([force]), np.array([point])) - rest


def test_response_grows_with_the_force() -> None:
    sizes = [np.linalg.norm(_response((0.0, 0.0, -f), (0.0, 0.0, 0.006))) for f in (0.5, 1, 2, 4)]
    assert np.all(np.diff(sizes) > 0.0)
    assert np.isclose(sizes[3], 8 * sizes[0], rtol=1e-3)


def test_nearest_magnetometer_answers_most() -> None:
    for i, position in enumerate(POSITIONS):
        response = np.linalg.norm(_response((0.0, 0.0, -1.0), tuple(position)), axis=1)
        assert int(np.argmax(response)) == i


def test_direction_of_the_force_shows_in_the_axes() -> None:
    for axis in range(3):
        force = tuple(1.0 if i == axis else 0.0 for i in range(3))
        response = np.abs(_response(force, (0.0, 0.0, 0.0))).sum(axis=0)
        assert int(np.argmax(response)) == axis


def test_baseline_noise_and_drift_belong_to_the_seed() -> None:
    def readings(seed: int) -> np.ndarray:
        skin = Skin(POSITIONS, SimConfig())
        skin.reset((seed,))
        return np.array([skin.read(0.01 * i, NOTHING, NOTHING) for i in range(50)])

    assert np.array_equal(readings(1), readings(1))
    assert np.abs(readings(1) - readings(2)).max() > 10.0
    assert 0.1 < readings(1).std(axis=0).mean() < 1.0


def test_readings_are_float32_of_five_magnetometers(sim: CellSim) -> None:
    for sensor in sim.description.fingertips:
        reading = sim.touch(sensor)
        assert reading.shape == (5, 3)
        assert reading.dtype == np.float32


def test_pressing_a_button_is_felt_by_the_pressing_hand_only(sim: CellSim) -> None:
    instruction = 'Push the red button with the left gripper.'
    sim.reset(44, instruction)
    rest = {name: sim.touch(name) for name in sim.description.fingertips}
    expert = ButtonExpert(sim, instruction, np.random.default_rng(0))
    while not expert.done:
        sim.step(expert.act(), 50)
    change = {name: np.abs(sim.touch(name) - rest[name]).max() for name in rest}
    assert change['left_fingertip_a'] + change['left_fingertip_b'] > 20.0
    assert max(change['right_fingertip_a'], change['right_fingertip_b']) < 5.0

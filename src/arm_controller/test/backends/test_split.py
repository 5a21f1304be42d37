# SPDX-License-Identifier: Apache-2.0
from collections.abc import Sequence

import pytest

from arm_controller.backends.errors import BackendError
from arm_controller.backends.split import SplitBackend
from rho_core.motion.measurement import Measurement


class Part:
    """A back end that says what it is told to."""

    def __init__(self, *positions: float, stamp_ns: int) -> None:
        self.measured: Measurement | None = Measurement(
            stamp_ns=stamp_ns, received_ns=stamp_ns + 1, positions=positions)
        self.calls: list[object] = []
        self.text = ''
        self.error: Exception | None = None

    def start(self) -> None:
        self.calls.append('start')
        if self.error is not None:
            raise self.error

    def read(self, steady_ns: int) -> Measurement | None:
        return self.measured

    def write(self, command: Sequence[float]) -> None:
        self.calls.append(tuple(command))

    def problem(self) -> str:
        return self.text

    def stop(self) -> None:
        self.calls.append('stop')
        if self.error is not None:
            raise self.error


@pytest.fixture
def arm() -> Part:
    return Part(1.0, 2.0, stamp_ns=50)


@pytest.fixture
def gripper() -> Part:
    return Part(0.02, stamp_ns=40)


@pytest.fixture
def split(arm: Part, gripper: Part) -> SplitBackend:
    return SplitBackend(arm, gripper, joints_of_first=2)


def test_a_measurement_is_as_old_as_the_older_part(split: SplitBackend) -> None:
    assert split.read(0) == Measurement(stamp_ns=40, received_ns=41, positions=(1.0, 2.0, 0.02))


def test_without_news_of_either_the_measurement_is_the_same(
    split: SplitBackend, gripper: Part
) -> None:
    first = split.read(0)
    assert split.read(0) is first
    gripper.measured = Measurement(stamp_ns=60, received_ns=61, positions=(0.03,))
    assert split.read(0) == Measurement(stamp_ns=50, received_ns=51, positions=(1.0, 2.0, 0.03))


@pytest.mark.parametrize('lost', ['arm', 'gripper'])
def test_the_arm_is_lost_with_either_part(
    split: SplitBackend, lost: str, request: pytest.FixtureRequest
) -> None:
    split.read(0)
    part: Part = request.getfixturevalue(lost)
    part.measured = None
    part.text = f'{lost}: gone'
    assert split.read(0) is None
    assert split.problem() == f'{lost}: gone'


def test_each_part_gets_its_joints(split: SplitBackend, arm: Part, gripper: Part) -> None:
    split.write((1.0, 2.0, 0.02))
    assert (arm.calls, gripper.calls) == ([(1.0, 2.0)], [(0.02,)])


def test_both_start_or_none(split: SplitBackend, arm: Part, gripper: Part) -> None:
    arm.error = BackendError('no route')
    with pytest.raises(BackendError, match='no route'):
        split.start()
    assert gripper.calls == ['start', 'stop']


def test_both_stop_even_when_one_fails(split: SplitBackend, arm: Part, gripper: Part) -> None:
    arm.error = RuntimeError('stuck')
    with pytest.raises(RuntimeError):
        split.stop()
    assert gripper.calls == ['stop']

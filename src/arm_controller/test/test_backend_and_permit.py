# SPDX-License-Identifier: Apache-2.0
"""The edge to messages, with stand-ins for them: nothing is guessed, nothing is zero."""

from types import SimpleNamespace
from typing import Any

import pytest

from arm_controller.backends.forward_position import ForwardPositionBackend
from arm_controller.permit_reader import PermitReader
from rho_core.errors import Refused
from rho_core.safety.permit import Permit


class Inbox:
    """Hands out what a test puts in."""

    def __init__(self) -> None:
        self.message: Any = None

    def take_newest(self) -> Any:
        message, self.message = self.message, None
        return message


class Outbox:
    """Keeps what is published."""

    def __init__(self) -> None:
        self.values: list[list[float]] = []

    def publish(self, msg: Any) -> None:
        self.values.append(list(msg.data))


def header(ns: int) -> SimpleNamespace:
    return SimpleNamespace(stamp=SimpleNamespace(sec=ns // 10**9, nanosec=ns % 10**9))


def joints(names: list[str], positions: list[float]) -> SimpleNamespace:
    return SimpleNamespace(header=header(1_500_000_000), name=names, position=positions)


@pytest.fixture
def wires() -> tuple[ForwardPositionBackend, Inbox, Outbox]:
    inbox, outbox = Inbox(), Outbox()
    backend = ForwardPositionBackend(
        joint_names=('a', 'b'), commands=outbox, command_message=SimpleNamespace(),
        joint_states=inbox)
    return backend, inbox, outbox


def test_joints_are_picked_by_name_in_any_order(
    wires: tuple[ForwardPositionBackend, Inbox, Outbox]
) -> None:
    backend, inbox, _ = wires
    assert backend.read(1) is None
    for names, positions in ((['b', 'x', 'a'], [2.0, 9.0, 1.0]), (['a', 'b'], [1.0, 2.0])):
        inbox.message = joints(names, positions)
        measured = backend.read(7)
        assert measured is not None
        assert measured.positions == (1.0, 2.0)
        assert (measured.stamp_ns, measured.received_ns) == (1_500_000_000, 7)
    assert backend.read(8) is measured


@pytest.mark.parametrize(('message', 'problem'), [
    (joints(['a', 'x'], [1.0, 2.0]), 'missing b'),
    (joints(['a', 'b'], [1.0]), '2 names but 1 positions'),
])
def test_useless_joint_states_are_told_and_leave_the_last_measurement(
    wires: tuple[ForwardPositionBackend, Inbox, Outbox], message: Any, problem: str
) -> None:
    backend, inbox, _ = wires
    inbox.message = joints(['a', 'b'], [1.0, 2.0])
    first = backend.read(1)
    inbox.message = message
    assert backend.read(2) is first
    assert problem in backend.problem()


def test_each_command_is_what_was_asked_for(
    wires: tuple[ForwardPositionBackend, Inbox, Outbox]
) -> None:
    backend, _, outbox = wires
    backend.write((1.0, 2.0))
    backend.write((3.0, 4.0))
    assert outbox.values == [[1.0, 2.0], [3.0, 4.0]]


def state(**changes: Any) -> SimpleNamespace:
    values: dict[str, Any] = {
        'header': header(2_000_000_001), 'arms': ['right', 'left'], 'permits': [3, 1],
        'speed_scales': [1.0, 0.0], 'epoch': 5,
    }
    return SimpleNamespace(**{**values, **changes})


def test_the_arms_own_permit_is_read() -> None:
    permit = PermitReader('left').read(state(), received_ns=9)
    assert permit.permit is Permit.HOLD
    assert (permit.epoch, permit.stamp_ns, permit.received_ns) == (5, 2_000_000_001, 9)


@pytest.mark.parametrize(('changes', 'problem'), [
    ({'arms': ['right']}, 'expected the arm left, got right'),
    ({'permits': [3, 7]}, 'a permit of 0..3'),
    ({'permits': [3]}, 'a permit of 0..3'),
    ({'speed_scales': [1.0, 2.0]}, r'scale in \[0, 1\], got 2'),
])
def test_senseless_states_are_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(Refused, match=problem):
        PermitReader('left').read(state(**changes), received_ns=9)

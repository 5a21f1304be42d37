# SPDX-License-Identifier: Apache-2.0
import pytest

from arm_controller.backends.joint_state_reader import JointStateReader
from arm_controller.testing.fake_topics import FakeInbox
from arm_controller.testing.fake_topics import joint_state

STAMP_NS = 1_500_000_000


@pytest.fixture
def inbox() -> FakeInbox:
    return FakeInbox()


@pytest.fixture
def reader(inbox: FakeInbox) -> JointStateReader:
    return JointStateReader(('a', 'b'), inbox)


def test_joints_are_picked_by_name_in_any_order(
    reader: JointStateReader, inbox: FakeInbox
) -> None:
    assert reader.read(1) is None
    for stamp_ns, names, positions in (
        (STAMP_NS, ['b', 'x', 'a'], [2.0, 9.0, 1.0]), (STAMP_NS + 1, ['a', 'b'], [1.0, 2.0]),
    ):
        inbox.messages.append(joint_state(names, positions, stamp_ns=stamp_ns))
        measured = reader.read(7)
        assert measured is not None
        assert measured.positions == (1.0, 2.0)
        assert (measured.stamp_ns, measured.received_ns) == (stamp_ns, 7)
    assert reader.read(8) is measured


@pytest.mark.parametrize(('names', 'positions', 'stamp_ns', 'problem'), [
    (['a', 'x'], [1.0, 2.0], STAMP_NS + 1, 'missing b'),
    (['a', 'b'], [1.0], STAMP_NS + 1, '2 names but 1 positions'),
    (['a', 'b'], [1.0, 2.0], STAMP_NS, 'the same stamp again'),
    (['a', 'b'], [1.0, 2.0], STAMP_NS - 5_000_000, '5.000 ms before the last one'),
])
def test_useless_joint_states_are_told_and_leave_the_last_measurement(
    reader: JointStateReader, inbox: FakeInbox,
    names: list[str], positions: list[float], stamp_ns: int, problem: str,
) -> None:
    inbox.messages.append(joint_state(['a', 'b'], [1.0, 2.0], stamp_ns=STAMP_NS))
    first = reader.read(1)
    inbox.messages.append(joint_state(names, positions, stamp_ns=stamp_ns))
    assert reader.read(2) is first
    assert problem in reader.problem
    inbox.messages.append(joint_state(['a', 'b'], [1.0, 2.0], stamp_ns=STAMP_NS + 9))
    assert reader.read(3) is not first
    assert reader.problem == ''


def test_an_other_arm_on_the_same_topic_is_passed_over(
    reader: JointStateReader, inbox: FakeInbox
) -> None:
    inbox.messages += [
        joint_state(['a', 'b'], [1.0, 2.0], stamp_ns=STAMP_NS),
        joint_state(['c', 'd'], [3.0, 4.0], stamp_ns=STAMP_NS + 1),
    ]
    measured = reader.read(5)
    assert measured is not None
    assert measured.positions == (1.0, 2.0)
    assert reader.problem == ''


def test_a_topic_with_other_joints_only_says_what_it_has(
    reader: JointStateReader, inbox: FakeInbox
) -> None:
    inbox.messages.append(joint_state(['c', 'd'], [3.0, 4.0], stamp_ns=STAMP_NS))
    assert reader.read(5) is None
    assert reader.problem == 'joint states: expected a, b; so far only c, d'


def test_a_reset_forgets_what_was_and_what_waits(
    reader: JointStateReader, inbox: FakeInbox
) -> None:
    inbox.messages.append(joint_state(['a', 'b'], [1.0, 2.0], stamp_ns=STAMP_NS))
    reader.read(1)
    inbox.messages.append(joint_state(['a', 'b'], [1.0, 2.0], stamp_ns=STAMP_NS + 1))
    reader.reset()
    assert reader.read(2) is None

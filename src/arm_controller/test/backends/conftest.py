# SPDX-License-Identifier: Apache-2.0
"""Every back end with its other side: topics, a mock, a link, and the vendors' libraries."""

import time
from collections.abc import Callable
from collections.abc import Iterator

import pytest

from arm_controller.backends.context import BackendContext
from arm_controller.backends.mock import MockBackend
from arm_controller.backends.mock import MockFault
from arm_controller.backends.mock import MockOptions
from arm_controller.backends.registry import make_backend
from arm_controller.backends.registry import parse_backend
from arm_controller.backends.remote import RemoteBackend
from arm_controller.backends.split import SplitBackend
from arm_controller.testing.fake_link import FakeLink
from arm_controller.testing.fake_topics import FakeTopics
from arm_controller.testing.harness import Harness
from arm_controller.testing.processes import RobotProcess
from arm_controller.testing.processes import WidowXProcess
from arm_controller.testing.thread_server import ThreadServer

# Other tests may keep the machine busy: what is tested is that loss is seen, not how soon.
PATIENT = 'answer_timeout_ms: 400.0'


class Clock:
    """Steady and ROS time that a test moves."""

    def __init__(self) -> None:
        self.steady_ns = 5_000_000_000
        self.ahead_ns = 10**18

    def now_ns(self) -> int:
        return self.steady_ns + self.ahead_ns

    def tick(self) -> None:
        self.steady_ns += 2_000_000


@pytest.fixture
def clock() -> Clock:
    return Clock()


def real_context(joints: int, topics: FakeTopics | None = None) -> BackendContext:
    return BackendContext(
        arm='left',
        joint_names=tuple(f'joint_{i}' for i in range(joints)),
        period_s=0.002,
        now_ns=time.time_ns,
        topics=topics or FakeTopics(),
    )


def stepped_context(joints: int, clock: Clock, topics: FakeTopics | None = None) -> BackendContext:
    return BackendContext(
        arm='left',
        joint_names=tuple(f'joint_{i}' for i in range(joints)),
        period_s=0.002,
        now_ns=clock.now_ns,
        topics=topics or FakeTopics(),
        steady_ns=lambda: clock.steady_ns,
    )


class Robot:
    """Tells joint states as often as it acts, and goes where the last message sends it."""

    def __init__(self, topics: FakeTopics, context: BackendContext) -> None:
        self.topics = topics
        self.context = context
        self.positions = (0.5,) * len(context.joint_names)
        self.is_cut = False
        self.frozen_ns: int | None = None
        self.offset_ns = 0

    def act(self) -> None:
        for outbox in self.topics.outboxes:
            if outbox.sent and not self.is_cut:
                self.positions = outbox.sent[-1]
        if not self.is_cut:
            stamp_ns = self.context.now_ns() + self.offset_ns
            self.topics.tell(self.context.joint_names, self.positions,
                             stamp_ns=stamp_ns if self.frozen_ns is None else self.frozen_ns)

    def cut(self) -> None:
        self.is_cut = True

    def freeze(self) -> None:
        self.frozen_ns = self.context.now_ns()

    def reverse(self) -> None:
        self.offset_ns = -500_000_000


def topic_harness(kind: str, clock: Clock) -> Harness:
    topics = FakeTopics()
    context = stepped_context(3, clock, topics)
    backend = make_backend(parse_backend(kind), context)
    robot = Robot(topics, context)
    return Harness(
        backend=backend, joints=3, cut=robot.cut, freeze=robot.freeze, reverse=robot.reverse,
        act=robot.act, steady_ns=lambda: clock.steady_ns, tick=clock.tick)


def mock_harness(clock: Clock) -> Harness:
    backend = MockBackend(MockOptions(start=(0.5,) * 3), stepped_context(3, clock))
    return Harness(
        backend=backend, joints=3,
        cut=lambda: backend.inject(MockFault(kind='lost')),
        freeze=lambda: backend.inject(MockFault(kind='frozen')),
        reverse=lambda: backend.inject(MockFault(kind='reversed')),
        steady_ns=lambda: clock.steady_ns, tick=clock.tick)


def remote(link: FakeLink, context: BackendContext, joints: int) -> RemoteBackend:
    return RemoteBackend(
        lambda connection: ThreadServer(link, connection), context, name='fake',
        joints=joints, open_s=5.0, answer_s=0.4)


def link_harness() -> Harness:
    link = FakeLink(3)
    return Harness(
        backend=remote(link, real_context(3), 3), joints=3, cut=link.cut,
        freeze=lambda: setattr(link, 'step_s', 0.0),
        reverse=lambda: setattr(link, 'step_s', -1.0),
        close=link.may_answer.set)


def split_harness() -> Harness:
    topics = FakeTopics()
    link = FakeLink(2)
    context = real_context(3, topics)
    gripper_context = BackendContext(
        arm='left', joint_names=context.joint_names[2:], period_s=0.002, now_ns=time.time_ns,
        topics=topics)
    gripper = make_backend(parse_backend('forward_position'), gripper_context)
    robot = Robot(topics, gripper_context)
    return Harness(
        backend=SplitBackend(remote(link, context, 2), gripper, joints_of_first=2), joints=3,
        cut=link.cut, freeze=lambda: setattr(link, 'step_s', 0.0),
        reverse=lambda: setattr(link, 'step_s', -1.0), act=robot.act, close=link.may_answer.set)


def widowx_harness() -> Harness:
    for module in ('trossen_arm', 'trossen_arm_sim'):
        pytest.importorskip(module, reason='pip install -r requirements/hardware.txt; it has '
                            'wheels of trossen-arm for this Python and machine, or none')
    arm = WidowXProcess()
    backend = make_backend(
        parse_backend(f'{{kind: trossen, host: {arm.host}, {PATIENT}}}'), real_context(7))
    return Harness(
        backend=backend, joints=7, cut=arm.process.kill, freeze=arm.pause,
        # Its clock starts with its process.
        reverse=arm.restart, close=arm.end)


def universal_robots_harness() -> Harness:
    pytest.importorskip('rtde_control', reason='pip install ur-rtde; it has no wheel for Python '
                        '3.13 and later, and none but for x86-64')
    robot = RobotProcess()
    backend = make_backend(
        parse_backend(f'{{kind: ur_rtde, host: {robot.host}, watchdog_hz: 1.0, {PATIENT}}}'),
        real_context(6))
    return Harness(
        backend=backend, joints=6,
        cut=lambda: robot.order('cut'), freeze=lambda: robot.order('freeze'),
        reverse=lambda: robot.order('reverse'), close=robot.end)


HARNESSES: dict[str, Callable[[Clock], Harness]] = {
    'forward_position': lambda clock: topic_harness('forward_position', clock),
    'joint_trajectory': lambda clock: topic_harness('joint_trajectory', clock),
    'mock': mock_harness,
    'link': lambda _clock: link_harness(),
    'split': lambda _clock: split_harness(),
    'trossen': lambda _clock: widowx_harness(),
    'ur_rtde': lambda _clock: universal_robots_harness(),
}


@pytest.fixture
def harness_names() -> set[str]:
    return set(HARNESSES)


# Each of these takes seconds, and all of them a minute.
VENDORS = ('trossen', 'ur_rtde')


@pytest.fixture(params=[
    pytest.param(name, marks=[pytest.mark.slow] if name in VENDORS else [])
    for name in sorted(HARNESSES)
])
def harness(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Harness]:
    made = HARNESSES[request.param](clock)
    try:
        yield made
    finally:
        made.backend.stop()
        made.close()

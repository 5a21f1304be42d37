# SPDX-License-Identifier: Apache-2.0
"""The back ends whose arms are behind ros2_control controllers."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from arm_controller.backends.context import BackendContext
from arm_controller.backends.joint_trajectory import JointTrajectoryOptions
from arm_controller.backends.registry import make_backend
from arm_controller.backends.registry import parse_backend
from arm_controller.testing.fake_topics import FakeTopics
from rho_core.errors import ConfigError


@pytest.fixture
def topics() -> FakeTopics:
    return FakeTopics()


@pytest.fixture
def context(topics: FakeTopics) -> BackendContext:
    return BackendContext(
        arm='left', joint_names=('a', 'b'), period_s=0.002, now_ns=lambda: 0, topics=topics)


def test_each_command_is_forwarded_as_it_is(context: BackendContext, topics: FakeTopics) -> None:
    backend = make_backend(parse_backend('forward_position'), context)
    backend.start()
    backend.write((1.0, 2.0))
    backend.write((3.0, 4.0))
    (outbox,) = topics.outboxes
    assert outbox.topic == 'left_forward_position_controller/commands'
    assert outbox.sent == [(1.0, 2.0), (3.0, 4.0)]


@pytest.mark.parametrize(('kind', 'topic'), [
    ('forward_position', 'other/commands'), ('joint_trajectory', 'other/joint_trajectory')])
def test_the_controller_may_have_another_name(
    context: BackendContext, topics: FakeTopics, kind: str, topic: str
) -> None:
    make_backend(parse_backend(f'{{kind: {kind}, controller: other}}'), context)
    assert topics.outboxes[0].topic == topic


def test_points_go_out_at_their_rate_the_first_command_at_once(
    context: BackendContext, topics: FakeTopics
) -> None:
    backend = make_backend(
        parse_backend('{kind: joint_trajectory, rate_hz: 100.0, horizon_ms: 20.0}'), context)
    backend.start()
    for i in range(11):
        backend.write((float(i), 0.0))
    (outbox,) = topics.outboxes
    assert (outbox.topic, outbox.joint_names) == (
        'left_joint_trajectory_controller/joint_trajectory', ('a', 'b'))
    assert outbox.sent == [(0.0, 0.0), (5.0, 0.0), (10.0, 0.0)]
    assert outbox.times_s == [0.02] * 3


def follow(commands: list[float], sent: Callable[[int], float | None], steps: int) -> list[float]:
    """A joint_trajectory_controller that starts from its own set point, once per period."""
    position, target, left = commands[0], commands[0], 1
    out = []
    for i in range(steps):
        new = sent(i)
        if new is not None:
            target, left = new, 8
        position += (target - position) / left
        left = max(1, left - 1)
        out.append(position)
    return out


def test_a_stock_controller_follows_smooth_commands_within_the_horizon(
    context: BackendContext, topics: FakeTopics
) -> None:
    backend = make_backend(parse_backend('joint_trajectory'), context)
    backend.start()
    speed, steps = 1.0, 500
    commands = [speed * 0.002 * i for i in range(steps)]
    (outbox,) = topics.outboxes
    new: list[float | None] = []
    for command in commands:
        before = len(outbox.sent)
        backend.write((command, 0.0))
        new.append(outbox.sent[-1][0] if len(outbox.sent) > before else None)
    followed = follow(commands, new.__getitem__, steps)
    lag_s = max(c - f for c, f in zip(commands[50:], followed[50:], strict=True)) / speed
    assert 0.0 < lag_s <= 0.032
    assert all(b >= a for a, b in pairwise(followed))


@pytest.mark.parametrize(('values', 'problem'), [
    ({'rate_hz': 0.0}, 'rate_hz: expected 1 to 1000 Hz'),
    ({'rate_hz': 10.0}, 'horizon_ms: expected at least the time between two messages, 100 ms'),
    ({'horizon_ms': float('nan')}, 'horizon_ms'),
])
def test_senseless_times_are_refused(values: dict[str, float], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        JointTrajectoryOptions(**values)  # type: ignore[arg-type]

# SPDX-License-Identifier: Apache-2.0
import re
from pathlib import Path

import pytest

from arm_controller.backends.context import BackendContext
from arm_controller.backends.errors import BackendError
from arm_controller.backends.mock import MockOptions
from arm_controller.backends.registry import BACKENDS
from arm_controller.backends.registry import make_backend
from arm_controller.backends.registry import make_link
from arm_controller.backends.registry import parse_backend
from arm_controller.backends.split import SplitBackend
from arm_controller.backends.vendor import vendor_module
from arm_controller.testing.fake_topics import FakeTopics
from rho_core.errors import ConfigError

NEEDS = {'trossen': 'host: 10.0.0.2', 'ur_rtde': 'host: 10.0.0.3'}
JOINTS = {'trossen': 7, 'ur_rtde': 6}


def context(joints: int) -> BackendContext:
    return BackendContext(
        arm='left', joint_names=tuple(f'joint_{i}' for i in range(joints)), period_s=0.002,
        now_ns=lambda: 0, topics=FakeTopics())


def text(kind: str) -> str:
    return f'{{kind: {kind}, {NEEDS.get(kind, "")}}}'


def test_a_name_alone_means_its_defaults() -> None:
    assert parse_backend('mock') == MockOptions()
    assert parse_backend('{kind: mock, lag_ms: 5.0}') == MockOptions(lag_ms=5.0)


@pytest.mark.parametrize('kind', BACKENDS)
def test_every_name_makes_a_back_end_that_is_not_connected(kind: str) -> None:
    backend = make_backend(parse_backend(text(kind)), context(JOINTS.get(kind, 3)))
    assert backend.read(0) is None
    assert backend.problem() == ''


@pytest.mark.parametrize(('given', 'problem'), [
    ('mok', "backend.kind: expected one of: forward_position, joint_trajectory, mock, trossen, "
            "ur_rtde; got 'mok'; did you mean 'mock'?"),
    ('', 'backend: expected a mapping, got nothing'),
    ('[mock]', 'backend: expected a mapping, got a list'),
    ('{host: 1}', 'backend.kind: missing'),
    ('ur_rtde', 'backend.host: missing'),
    ('{kind: trossen, host: ""}', 'backend.host: expected the controller'),
    ('{kind: mock, lag: 3.0}', "backend.lag: unknown key; allowed: kind, start, lag_ms, faults; "
                               "did you mean 'lag_ms'?"),
    ('{kind: ur_rtde, host: a, gain: 20.0}', 'backend.gain: expected 100 to 2000, got 20.0'),
    ('{kind: ur_rtde, host: a, lookahead_s: 0.5}', 'backend.lookahead_s: expected 0.03 to 0.2'),
    ('{kind: trossen, host: a, answer_timeout_ms: 900.0}', 'backend.answer_timeout_ms: expected'),
    ('{kind: mock', 'not valid YAML'),
])
def test_what_makes_no_sense_is_refused_with_what_is_allowed(given: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_backend(given)
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize(('kind', 'joints', 'problem'), [
    ('trossen', 6, 'expected the 7 joints of a WidowX AI'),
    ('ur_rtde', 5, "expected the robot's 6 joints"),
])
def test_a_wrong_number_of_joints_is_refused(kind: str, joints: int, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        make_backend(parse_backend(text(kind)), context(joints))


def test_joints_beyond_a_robots_six_go_to_its_grippers_controller() -> None:
    arm = context(7)
    backend = make_backend(parse_backend(text('ur_rtde')), arm)
    assert isinstance(backend, SplitBackend)
    topics = arm.topics
    assert isinstance(topics, FakeTopics)
    assert [outbox.topic for outbox in topics.outboxes] == ['left_gripper_controller/commands']


def test_only_vendors_arms_have_links() -> None:
    for kind in NEEDS:
        assert make_link(parse_backend(text(kind)), period_s=0.002)
    with pytest.raises(BackendError, match='mock has no link'):
        make_link(parse_backend('mock'), period_s=0.002)


def test_a_missing_library_says_how_to_install_it() -> None:
    with pytest.raises(BackendError, match='pip install no-such-arm'):
        vendor_module('no_such_arm', 'no-such-arm')


def test_what_a_missing_library_asks_for_is_pinned() -> None:
    root = Path(__file__).resolve().parents[4]
    pinned = (root / 'requirements' / 'hardware.txt').read_text(encoding='utf-8')
    sources = (Path(__file__).parents[2] / 'arm_controller' / 'backends').glob('*.py')
    wanted = {
        name for file in sources
        for name in re.findall(r"vendor_module\('\w+', '([\w-]+)'\)", file.read_text())
    }
    assert wanted == {'trossen-arm', 'ur-rtde'}
    assert all(re.search(f'^{name}==', pinned, re.MULTILINE) for name in wanted)

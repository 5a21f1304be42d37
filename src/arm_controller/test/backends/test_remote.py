# SPDX-License-Identifier: Apache-2.0
"""The controller's end and the library's end of a socket, with a link that a test controls."""

import math
import time
from collections.abc import Callable
from collections.abc import Iterator

import pytest

from arm_controller.backends.context import BackendContext
from arm_controller.backends.errors import BackendError
from arm_controller.backends.link import LinkSample
from arm_controller.backends.link_wire import pack_command
from arm_controller.backends.link_wire import pack_problem
from arm_controller.backends.link_wire import pack_sample
from arm_controller.backends.link_wire import unpack_command
from arm_controller.backends.link_wire import unpack_problem
from arm_controller.backends.link_wire import unpack_sample
from arm_controller.backends.remote import RemoteBackend
from arm_controller.testing.fake_link import FakeLink
from arm_controller.testing.fake_topics import FakeTopics
from arm_controller.testing.thread_server import ThreadServer

DEADLINE_S = 10.0


@pytest.fixture
def link() -> Iterator[FakeLink]:
    link = FakeLink(2)
    yield link
    link.may_open.set()
    link.may_answer.set()


@pytest.fixture
def backend(link: FakeLink) -> Iterator[RemoteBackend]:
    context = BackendContext(
        arm='left', joint_names=('a', 'b'), period_s=0.002, now_ns=time.time_ns,
        topics=FakeTopics())
    backend = RemoteBackend(
        lambda connection: ThreadServer(link, connection), context, name='fake', joints=2,
        open_s=1.0, answer_s=0.4)
    yield backend
    link.may_open.set()
    link.may_answer.set()
    backend.stop()


def wait_for(backend: RemoteBackend, predicate: Callable[[], object]) -> None:
    end_s = time.monotonic() + DEADLINE_S
    while not predicate():
        assert time.monotonic() < end_s, backend.problem()
        backend.read(time.monotonic_ns())
        time.sleep(0.001)


def read(backend: RemoteBackend) -> object:
    return backend.read(time.monotonic_ns())


def test_the_wire_takes_a_command_and_a_sample_there_and_back() -> None:
    assert unpack_command(pack_command((1.0, -2.5))) == (1.0, -2.5)
    sample = LinkSample(device_s=3.5, positions=(0.1, 0.2))
    assert unpack_sample(pack_sample(sample, 12)) == (sample, 12)
    assert unpack_problem(pack_problem('lost\u2026')) == 'lost\u2026'
    assert unpack_sample(pack_problem('lost')) is None
    assert unpack_problem(pack_sample(sample, 12)) == ''


def test_the_newest_command_reaches_the_link(backend: RemoteBackend, link: FakeLink) -> None:
    backend.start()
    wait_for(backend, lambda: read(backend))
    backend.write((1.0, 2.0))
    wait_for(backend, lambda: link.commands[-1:] == [(1.0, 2.0)])


def test_while_the_link_hangs_old_commands_make_way_for_the_newest(
    backend: RemoteBackend, link: FakeLink
) -> None:
    backend.start()
    wait_for(backend, lambda: read(backend))
    link.may_answer.clear()
    for i in range(100):
        backend.write((float(i), 0.0))
    link.may_answer.set()
    wait_for(backend, lambda: link.commands[-1:] == [(99.0, 0.0)])
    assert len(link.commands) < 10


def test_a_hanging_link_is_lost_for_good_and_gets_nothing_more(
    backend: RemoteBackend, link: FakeLink
) -> None:
    backend.start()
    wait_for(backend, lambda: read(backend))
    backend.write((1.0, 2.0))
    wait_for(backend, lambda: link.commands)
    link.may_answer.clear()
    wait_for(backend, backend.problem)
    assert 'no news from the arm' in backend.problem()
    assert 'deactivate and activate' in backend.problem()
    assert read(backend) is None
    link.may_answer.set()
    wait_for(backend, lambda: link.calls[-1] == 'close')
    backend.write((5.0, 5.0))
    assert (5.0, 5.0) not in link.commands
    assert read(backend) is None


@pytest.mark.parametrize('command', [
    (1.0,), (1.0, 2.0, 3.0), (math.nan, 0.0), (math.inf, -math.inf)])
def test_a_senseless_command_is_not_sent_and_the_arm_is_left_at_rest(
    backend: RemoteBackend, link: FakeLink, command: tuple[float, ...]
) -> None:
    backend.start()
    wait_for(backend, lambda: read(backend))
    backend.write(command)
    assert 'expected 2 finite positions' in backend.problem()
    assert read(backend) is None
    wait_for(backend, lambda: link.calls[-1] == 'close')
    assert link.commands == []


@pytest.mark.parametrize(('error', 'text'), [
    (BackendError('protective stop'), 'fake: protective stop;'),
    (RuntimeError('socket'), 'fake: RuntimeError: socket;'),
])
def test_what_the_link_raises_is_told(
    backend: RemoteBackend, link: FakeLink, error: Exception, text: str
) -> None:
    backend.start()
    link.error = error
    wait_for(backend, backend.problem)
    assert backend.problem().startswith(text)
    assert read(backend) is None
    wait_for(backend, lambda: link.calls == ['open', 'close'])


def test_an_arm_with_other_joints_is_lost(backend: RemoteBackend, link: FakeLink) -> None:
    link.positions = (1.0, 2.0, 3.0)
    backend.start()
    wait_for(backend, backend.problem)
    assert 'expected 2 joints, the arm has 3' in backend.problem()


def test_a_link_that_does_not_open_fails_the_start_with_its_reason(
    backend: RemoteBackend, link: FakeLink
) -> None:
    link.open_error = BackendError('no route to the arm')
    with pytest.raises(BackendError, match='fake: no route to the arm'):
        backend.start()
    assert link.calls == ['open', 'close']
    link.open_error = None
    backend.start()
    wait_for(backend, lambda: read(backend))


def test_a_link_that_hangs_while_it_opens_fails_the_start_in_time(
    backend: RemoteBackend, link: FakeLink
) -> None:
    link.may_open.clear()
    with pytest.raises(BackendError, match='no connection within 1 s'):
        backend.start()


def test_when_the_controller_goes_the_link_is_closed(
    backend: RemoteBackend, link: FakeLink
) -> None:
    backend.start()
    backend.stop()
    assert link.calls == ['open', 'close']


def test_without_commands_the_link_is_still_read(backend: RemoteBackend, link: FakeLink) -> None:
    backend.start()
    wait_for(backend, lambda: link.device_s > 100.02)
    assert link.commands == []
    assert read(backend) is not None

# SPDX-License-Identifier: Apache-2.0
"""The process of a vendor's library: how it starts and how it ends."""

import socket
import subprocess
import sys
import time

import pytest

from arm_controller.backends import link_process
from arm_controller.backends.context import BackendContext
from arm_controller.backends.errors import BackendError
from arm_controller.backends.link_process import LinkProcess
from arm_controller.backends.mock import MockOptions
from arm_controller.backends.remote import RemoteBackend
from arm_controller.backends.trossen import TrossenOptions
from arm_controller.testing.fake_topics import FakeTopics
from arm_controller.testing.processes import loopback_address


def run(code: str) -> LinkProcess:
    return LinkProcess(subprocess.Popen([sys.executable, '-c', code]))


def test_a_process_that_ends_well_has_nothing_to_tell() -> None:
    assert run('').end() == ''


def test_a_process_that_crashes_is_told_with_its_code() -> None:
    assert run('import os; os.abort()').end() == 'its process ended with code -6'


def test_a_process_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_process, '_END_S', 0.2)
    process = run('import time; time.sleep(600)')
    assert process.end() == 'its process did not end within 0.2 s and was killed'


def test_a_back_end_that_needs_no_process_is_refused_there() -> None:
    mine, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with mine:
        process = LinkProcess.start(MockOptions(), other, period_s=0.002, priority=0)
        mine.settimeout(20.0)
        assert mine.recv(10) == b''
    assert process.end() == 'its process ended with code 1'


@pytest.mark.slow
def test_an_arm_that_is_not_there_fails_the_start_with_what_to_check() -> None:
    pytest.importorskip('trossen_arm', reason='pip install trossen-arm')
    options = TrossenOptions(host=loopback_address(), connect_timeout_s=1.0)
    context = BackendContext(
        arm='left', joint_names=tuple('abcdefg'), period_s=0.002, now_ns=time.time_ns,
        topics=FakeTopics())
    backend = RemoteBackend(
        lambda connection: LinkProcess.start(options, connection, period_s=0.002, priority=0),
        context, name='arm', joints=7, open_s=20.0, answer_s=0.1)
    with pytest.raises(BackendError, match='check power, cable and address'):
        backend.start()

# SPDX-License-Identifier: Apache-2.0
"""A node process ends in order on signals and says by its exit code how it went."""

import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator

import pytest

from rho_ros.domain import free_domain_id
from rho_ros.domain import release_domain_id
from rho_ros.testing import graph_environment

pytestmark = pytest.mark.graph

NODE = """
from dataclasses import dataclass, field
from rho_ros.main import run
from rho_ros.node import RhoNode
from rho_ros.parameters import param

class Demo(RhoNode):
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Parameters:
        rate_hz: float = field(default=10.0, metadata=param('rate [Hz]', minimum=1.0))
        fault: str = field(default='', metadata=param('where it raises'))

    def __init__(self, name):
        super().__init__(name)
        if self.params.fault == 'loop':
            self.create_timer(0.05, self.trigger_up)
        else:
            self.trigger_up()

    def trigger_up(self):
        if not self.is_active:
            self.trigger_configure()
            self.trigger_activate()

    def _setup(self):
        self.loop = self.create_loop(5_000_000, self.tick, 'demo_loop')
        if self.params.fault == 'callback':
            self.create_timer(0.05, self.fault)

    def _start(self):
        self.loop.start()

    def tick(self, time):
        if time.cycle == 10:
            print('up', flush=True)
            if self.params.fault == 'loop':
                self.fault()

    def fault(self):
        raise ValueError('on purpose')

    def _stop(self):
        print('stop', self.loop.is_running, self.context.ok(), flush=True)

    def _teardown(self):
        print('teardown', flush=True)

run(Demo, 'demo')
"""


@pytest.fixture
def domain_id() -> Iterator[int]:
    domain_id = free_domain_id()
    yield domain_id
    release_domain_id(domain_id)


def start(domain_id: int, *parameters: str) -> 'subprocess.Popen[str]':
    arguments = [part for text in parameters for part in ('-p', text)]
    return subprocess.Popen(
        [sys.executable, '-c', textwrap.dedent(NODE), '--ros-args', *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=graph_environment(domain_id),
    )


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_loop_then_tears_down_while_the_context_is_valid(
    domain_id: int, number: signal.Signals
) -> None:
    process = start(domain_id)
    assert process.stdout is not None
    assert process.stdout.readline() == 'up\n'
    process.send_signal(number)
    out, err = process.communicate(timeout=10.0)
    assert out == 'stop False True\nteardown\n'
    assert process.returncode == 0, err
    assert 'terminate called' not in err


@pytest.mark.parametrize('fault', ['loop', 'callback'])
def test_an_error_while_running_is_logged_and_exits_with_1(domain_id: int, fault: str) -> None:
    process = start(domain_id, f'fault:={fault}')
    out, err = process.communicate(timeout=20.0)
    assert process.returncode == 1, err
    assert 'ValueError: on purpose' in err
    assert 'Traceback' in err
    assert out.endswith('teardown\n')


def test_a_bad_parameter_exits_with_2_and_one_clear_line(domain_id: int) -> None:
    process = start(domain_id, 'rate_hz:=0.0')
    _, err = process.communicate(timeout=20.0)
    assert process.returncode == 2, err
    assert "parameter 'rate_hz' of demo (rate [Hz]): expected a number" in err
    assert 'at least 1.0' in err
    assert 'Traceback' not in err


def test_a_whole_number_for_a_float_parameter_says_how_to_write_it(domain_id: int) -> None:
    process = start(domain_id, 'rate_hz:=5')
    _, err = process.communicate(timeout=20.0)
    assert process.returncode == 2, err
    assert 'a number with a decimal point, like 1.0' in err

# SPDX-License-Identifier: Apache-2.0
"""Lifecycle: hooks run in order, failures leave nothing behind, loops end first."""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import pytest
from rclpy.context import Context
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from std_msgs.msg import String

from rho_core.errors import Refused
from rho_core.pacing import LoopTime
from rho_ros import qos
from rho_ros.node import RhoNode
from rho_ros.parameters import param
from rho_ros.testing import bring_down
from rho_ros.testing import bring_up
from rho_ros.testing import ros_context
from rho_ros.testing import spinning
from rho_ros.testing import wait_for

SUCCESS = TransitionCallbackReturn.SUCCESS
FAILURE = TransitionCallbackReturn.FAILURE

pytestmark = pytest.mark.graph


@pytest.fixture
def context() -> Iterator[Context]:
    with ros_context() as context:
        yield context


class Probe(RhoNode):
    """Records its hooks; `broken` names the one that raises."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Parameters:
        """Parameters of the probe."""

        broken: str = field(default='', metadata=param('hook that raises'))
        gain: float = field(default=1.0, metadata=param('a gain [1]', minimum=0.0))

    def __init__(self, name: str = 'probe', **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.events: list[str] = []

    def _setup(self) -> None:
        self.own(lambda: self.events.append('released'))
        self.publisher = self.create_publisher(String, 'probe', qos.state())
        self.polled = self.create_polled(String, 'probe', qos.state())
        self.loop = self.create_loop(2_000_000, self._tick, 'probe_loop')
        self._record('setup')

    def _start(self) -> None:
        self.loop.start()
        self._record('start')

    def _stop(self) -> None:
        self.events.append(f'loop running: {self.loop.is_running}')
        self._record('stop')

    def _teardown(self) -> None:
        self._record('teardown')

    def _tick(self, time: LoopTime) -> None:
        if self.params.broken == 'tick':
            raise ValueError('broken tick')

    def _record(self, hook: str) -> None:
        self.events.append(hook)
        if self.params.broken == hook:
            raise ValueError(f'broken {hook}')


def probe(context: Context, broken: str = '') -> Probe:
    override = Parameter('broken', Parameter.Type.STRING, broken)
    return Probe(context=context, parameter_overrides=[override])


def test_hooks_run_in_order_and_loops_end_before_stop(context: Context) -> None:
    node = probe(context)
    with spinning(node, context=context) as spinner:
        bring_up(node, spinner)
        assert node.is_active
        bring_down(node, spinner)
    assert node.events == [
        'setup', 'start', 'loop running: False', 'stop', 'teardown', 'released',
    ]  # fmt: skip


def test_cleanup_destroys_what_setup_created_and_configure_works_again(context: Context) -> None:
    node = probe(context)
    with spinning(node, context=context) as spinner:
        publishers = len(list(node.publishers))
        subscriptions = len(list(node.subscriptions))
        for _ in range(2):
            bring_up(node, spinner)
            assert len(list(node.publishers)) == publishers + 1
            bring_down(node, spinner)
            assert len(list(node.publishers)) == publishers
            assert len(list(node.subscriptions)) == subscriptions


def test_a_failing_setup_releases_what_it_owned(context: Context) -> None:
    node = probe(context, 'setup')
    with spinning(node, context=context) as spinner:
        publishers = len(list(node.publishers))
        assert spinner.call(node.trigger_configure) == FAILURE
        assert node.events == ['setup', 'released']
        assert len(list(node.publishers)) == publishers


def test_a_failing_start_leaves_no_loop_running(context: Context) -> None:
    node = probe(context, 'start')
    with spinning(node, context=context) as spinner:
        assert spinner.call(node.trigger_configure) == SUCCESS
        assert spinner.call(node.trigger_activate) == FAILURE
        assert not node.loop.is_running
        assert not node.is_active


def test_a_failing_stop_ends_unconfigured_with_everything_released(context: Context) -> None:
    node = probe(context, 'stop')
    with spinning(node, context=context) as spinner:
        bring_up(node, spinner)
        assert spinner.call(node.trigger_deactivate) != SUCCESS
        assert node.events[-2:] == ['teardown', 'released']
        assert node._state_machine.current_state[1] == 'unconfigured'


def test_closing_an_active_node_stops_and_tears_down_once(context: Context) -> None:
    node = probe(context)
    with spinning(node, context=context) as spinner:
        bring_up(node, spinner)
    assert node.events[2:] == ['loop running: False', 'stop', 'teardown', 'released']


def test_an_exception_in_a_tick_is_reported_as_failure_of_the_node(context: Context) -> None:
    node = probe(context, 'tick')
    reported: list[BaseException] = []
    node.on_failure = reported.append
    with spinning(node, context=context) as spinner:
        bring_up(node, spinner)
        wait_for(lambda: reported)
        assert str(reported[0]) == 'broken tick'
        assert node.failure is reported[0]


def test_parameters_can_be_set_before_configure_only(context: Context) -> None:
    node = probe(context)
    change = [Parameter('gain', Parameter.Type.DOUBLE, 2.0)]
    with spinning(node, context=context) as spinner:
        assert spinner.call(node.set_parameters, change)[0].successful
        bring_up(node, spinner)
        assert node.params.gain == 2.0
        result = spinner.call(node.set_parameters, change)[0]
        assert not result.successful
        assert 'clean up first' in result.reason


def test_refusals_are_errors_a_user_can_read(context: Context) -> None:
    node = probe(context)
    with spinning(node, context=context):
        assert not node._run('configure', lambda: _raise(Refused('expected a, got b')))


def _raise(error: Exception) -> None:
    raise error

# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

pytest.importorskip('rclpy')
pytest.importorskip('rho_interfaces')

from rclpy.serialization import serialize_message
from std_msgs.msg import Float64MultiArray

from rho_bringup.bench.watchdog.recorder_node import array_of
from rho_bringup.bench.watchdog.recorder_node import sent_on_this_clock

NOW_NS = 1_700_000_000_000_000_000
MS = 1_000_000


@pytest.mark.parametrize('values', [[], [1.5], [0.1 * i for i in range(7)]])
def test_commands_are_read_out_of_their_bytes(values: list[float]) -> None:
    data = serialize_message(Float64MultiArray(data=values))
    np.testing.assert_array_equal(array_of(data), values)


@pytest.mark.parametrize('step_s', [0, 1, -1, 3])
def test_steps_of_the_writers_clock_are_taken_out(step_s: int) -> None:
    sent_ns = NOW_NS - 3 * MS
    assert sent_on_this_clock(sent_ns + step_s * 1_000_000_000, NOW_NS) == sent_ns

# SPDX-License-Identifier: Apache-2.0
"""Tests share a machine without sharing a graph, and never wait for ever."""

import pytest

from rho_ros.testing import graph_environment
from rho_ros.testing import wait_for


def test_children_get_the_domain_in_their_environment() -> None:
    assert graph_environment(7)['ROS_DOMAIN_ID'] == '7'


def test_waiting_ends_at_the_deadline() -> None:
    with pytest.raises(TimeoutError, match=r'did not hold within 0.0 s'):
        wait_for(lambda: False, 0.0)


def test_waiting_calls_spin_between_questions() -> None:
    timeouts: list[float] = []
    assert wait_for(lambda: len(timeouts) == 3, 5.0, timeouts.append)

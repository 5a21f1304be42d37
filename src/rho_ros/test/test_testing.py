# SPDX-License-Identifier: Apache-2.0
"""Tests share a machine without sharing a graph, and never wait for ever."""

import subprocess
import sys

import pytest

from rho_ros.testing import free_domain_id
from rho_ros.testing import graph_environment
from rho_ros.testing import release_domain_id
from rho_ros.testing import wait_for


def test_domains_differ_within_a_process_and_between_processes() -> None:
    mine = [free_domain_id(), free_domain_id()]
    code = 'from rho_ros.testing import free_domain_id; print(free_domain_id())'
    others = [
        int(subprocess.run(
            [sys.executable, '-c', code], capture_output=True, check=True, timeout=30.0
        ).stdout)
    ]  # fmt: skip
    assert len({*mine, *others}) == 3
    for domain_id in mine:
        release_domain_id(domain_id)


def test_a_released_domain_can_be_had_again() -> None:
    first = free_domain_id()
    release_domain_id(first)
    second = free_domain_id()
    release_domain_id(second)
    assert first == second


def test_children_get_the_domain_in_their_environment() -> None:
    assert graph_environment(7)['ROS_DOMAIN_ID'] == '7'


def test_waiting_ends_at_the_deadline() -> None:
    with pytest.raises(TimeoutError, match=r'did not hold within 0.0 s'):
        wait_for(lambda: False, 0.0)


def test_waiting_calls_spin_between_questions() -> None:
    timeouts: list[float] = []
    assert wait_for(lambda: len(timeouts) == 3, 5.0, timeouts.append)

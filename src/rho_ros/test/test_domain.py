# SPDX-License-Identifier: Apache-2.0
"""Stacks and tests on one machine get domains of their own."""

import subprocess
import sys

from rho_ros.domain import free_domain_id
from rho_ros.domain import release_domain_id


def test_domains_differ_within_a_process_and_between_processes() -> None:
    mine = [free_domain_id(), free_domain_id()]
    code = 'from rho_ros.domain import free_domain_id; print(free_domain_id())'
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

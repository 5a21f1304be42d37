# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
from pathlib import Path

import pytest

from rho_bootstrap.cli import VERBS

ROOT = Path(__file__).resolve().parents[2]


def _rho(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    # A plain machine's environment: no virtual environment on PATH, no ROS.
    env = {
        'PATH': '/usr/local/bin:/usr/bin:/bin',
        'HOME': os.environ.get('HOME', '/'),
        **variables,
    }
    return subprocess.run(
        [str(ROOT / 'rho'), *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_help_lists_every_verb_with_one_line() -> None:
    run = _rho('--help')
    assert run.returncode == 0
    for name, verb in VERBS.items():
        assert f'  {name:<6}  {verb.text}\n' in run.stdout


def test_no_verb_is_a_usage_error() -> None:
    run = _rho()
    assert run.returncode == 2
    assert 'usage: ./rho' in run.stdout


def test_an_unknown_verb_is_named_with_the_nearest_one() -> None:
    run = _rho('dmeo')
    assert run.returncode == 2
    assert "unknown verb 'dmeo'" in run.stdout
    assert 'did you mean demo?' in run.stdout


@pytest.mark.parametrize('verb', ['test', 'build'])
def test_own_verbs_explain_themselves(verb: str) -> None:
    run = _rho(verb, '--help')
    assert run.returncode == 0
    assert f'usage: ./rho {verb}' in run.stdout


def test_an_unsupported_distribution_is_refused_before_anything_is_made() -> None:
    run = _rho('demo', ROS_DISTRO='foxy')
    assert run.returncode == 1
    assert 'ROS_DISTRO=foxy is not supported' in run.stdout
    assert not (ROOT / '.venv-foxy').exists()


def test_a_python_that_does_not_fit_is_refused() -> None:
    run = _rho('--help', RHO_PYTHON='/bin/false')
    assert run.returncode == 2
    assert 'RHO_PYTHON=/bin/false is not a Python 3.10 to 3.13' in run.stderr


def test_starts_from_anywhere_and_through_a_link(tmp_path: Path) -> None:
    link = tmp_path / 'my rho'
    link.symlink_to(ROOT / 'rho')
    run = subprocess.run(
        [str(link), '--help'], cwd=tmp_path, capture_output=True, timeout=30, check=False
    )
    assert run.returncode == 0

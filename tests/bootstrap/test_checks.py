# SPDX-License-Identifier: Apache-2.0
import os
import sys
from pathlib import Path

import pytest

from rho_bootstrap import checks
from rho_bootstrap.layout import Layout
from rho_bootstrap.wheels import trampoline

# Plays `python -m ruff|mypy|pytest`; the tool named in FAILING fails.
TOOL = """import os, sys
tool = sys.argv[2]
if tool == 'pytest':
    print('=== test session starts ===')
    print('... in 3 places')
    print('=== 3 passed in 0.02s ===')
    profile = os.environ.get('HYPOTHESIS_PROFILE')
    print(' '.join(sys.argv[3:]) + (f', profile {profile}' if profile else ''), file=sys.stderr)
sys.exit(4 if os.environ.get('FAILING') == tool else 0)
"""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A workspace whose Python only plays the tools."""
    layout = Layout(root=tmp_path)
    layout.venv_python.parent.mkdir(parents=True)
    # The interpreter's own path may hold spaces.
    layout.venv_python.write_bytes(trampoline(sys.executable) + TOOL.encode())
    layout.venv_python.chmod(0o755)
    return layout


def test_the_closing_line_of_pytest_comes_last(
    layout: Layout, capfd: pytest.CaptureFixture[str]
) -> None:
    assert checks.run_checks(layout, [], dict(os.environ)) == 0
    lines = capfd.readouterr().out.splitlines()
    assert lines[-1] == '=== 3 passed in 0.02s ==='
    assert lines[-2] == 'rho: ruff ok, mypy ok, pytest ok'


@pytest.mark.parametrize('tool', ['ruff', 'mypy', 'pytest'])
def test_any_failure_is_the_exit_code_and_stops_nothing(
    layout: Layout, tool: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert checks.run_checks(layout, [], {**os.environ, 'FAILING': tool}) == 4
    shown = capfd.readouterr().out
    assert f'{tool} FAILED' in shown
    assert '3 passed' in shown


def test_fast_leaves_out_what_starts_nodes(
    layout: Layout, capfd: pytest.CaptureFixture[str]
) -> None:
    checks.run_checks(layout, ['--fast', '-k', 'limits'], dict(os.environ))
    assert capfd.readouterr().err.strip() == '-m not graph and not e2e and not slow -k limits'


def test_slow_tries_more_cases_and_gives_a_test_the_time_for_it(
    layout: Layout, capfd: pytest.CaptureFixture[str]
) -> None:
    checks.run_checks(layout, ['--slow', 'src/rho_core'], dict(os.environ))
    shown = capfd.readouterr().err
    assert '-o timeout=7200 src/rho_core, profile slow' in shown

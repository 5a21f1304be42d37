# SPDX-License-Identifier: Apache-2.0
from collections.abc import Callable
from pathlib import Path

import pytest

from rho_policy_node.runtime.check import main


def test_a_sound_bundle_is_called_sound(
    sound_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(sound_bundle)]) == 0
    assert 'tiny 0.1.0 is sound' in capsys.readouterr().out


def test_every_violation_is_printed(
    bundle: Path, edit_manifest: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    edit_manifest(lambda tree: tree['action'].update(horizon=0, dt_s='x', space='y'))
    assert main([str(bundle)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == ("action.space: expected one of: joint_absolute, joint_delta; got 'y'")
    assert lines[1] == "action.dt_s: expected a number, got 'x'"
    assert lines[-1] == f'{bundle}: 2 problem(s)'

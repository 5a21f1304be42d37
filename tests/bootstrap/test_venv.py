# SPDX-License-Identifier: Apache-2.0
import os
import sys
from pathlib import Path

import pytest

from rho_bootstrap.layout import Layout
from rho_bootstrap.state import write_stamp
from rho_bootstrap.venv import Venv
from rho_bootstrap.venv import forget_incomplete


def _layout(root: Path) -> Layout:
    requirements = root / 'requirements'
    requirements.mkdir()
    requirements.joinpath('runtime.txt').write_text('numpy==2.2.6\n')
    return Layout(root=root)


def _make(layout: Layout, root: str) -> None:
    layout.venv_python.parent.mkdir(parents=True)
    layout.venv_python.touch()
    stamp = layout.venv / '.rho' / 'venv.json'
    write_stamp(stamp, {'root': root, 'python': layout.python})


def test_nothing_is_there_at_first(tmp_path: Path) -> None:
    venv = Venv(_layout(tmp_path))
    assert not venv.exists()
    assert venv.pending(('runtime',)) == ['runtime']


def test_an_environment_without_its_stamp_is_unfinished(tmp_path: Path) -> None:
    layout = _layout(tmp_path)
    layout.venv_python.parent.mkdir(parents=True)
    layout.venv_python.touch()
    assert not Venv(layout).exists()


def test_an_environment_made_elsewhere_is_not_used(tmp_path: Path) -> None:
    layout = _layout(tmp_path)
    _make(layout, '/where/it/was/before')
    assert not Venv(layout).exists()


def test_a_group_is_pending_when_its_file_changed(tmp_path: Path) -> None:
    layout = _layout(tmp_path)
    _make(layout, str(tmp_path))
    venv = Venv(layout)
    assert venv.pending(('runtime',)) == ['runtime']
    before = venv.fingerprint(('runtime',))
    write_stamp(layout.venv / '.rho' / 'runtime.json', venv._wanted('runtime'))
    assert venv.pending(('runtime',)) == []
    layout.requirements.joinpath('runtime.txt').write_text('numpy==2.3.0\n')
    assert venv.pending(('runtime',)) == ['runtime']
    assert venv.fingerprint(('runtime',)) != before


def test_a_half_made_environment_is_replaced_by_its_own_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = _layout(tmp_path)
    own = layout.venv / 'bin' / 'python3'
    own.parent.mkdir(parents=True)
    own.symlink_to(sys.executable)
    monkeypatch.setattr(sys, 'executable', str(own))
    commands = []

    class FakeConsole:
        def run(self, command: list[str], **_: object) -> None:
            commands.append(command)

    Venv(layout).create(FakeConsole(), -1)  # type: ignore[arg-type]
    assert not own.exists()
    assert os.path.exists(commands[0][0])


def _distribution(site: Path, name: str, *, record: bool = True, complete: bool = True) -> Path:
    info = site / f'{name}-1.0.dist-info'
    info.mkdir(parents=True)
    info.joinpath('METADATA').touch()
    if record:
        rows = f'{name}.py,sha256=x,1\n{name}.pyc,,\n"odd, name.txt",,\n'
        info.joinpath('RECORD').write_text(rows)
    if complete:
        site.joinpath(f'{name}.py').touch()
        site.joinpath('odd, name.txt').touch()
    return info


def test_half_installed_distributions_are_installed_again(tmp_path: Path) -> None:
    whole = _distribution(tmp_path, 'whole')
    cut = _distribution(tmp_path, 'cut', record=False)
    gone = _distribution(tmp_path, 'gone', complete=False)
    tmp_path.joinpath('~old').mkdir()
    assert forget_incomplete(tmp_path) == ['cut-1.0.dist-info', 'gone-1.0.dist-info']
    assert whole.exists()
    assert not cut.exists()
    assert not gone.exists()
    assert not tmp_path.joinpath('~old').exists()

# SPDX-License-Identifier: Apache-2.0
import os
from pathlib import Path

import pytest

from rho_bootstrap.errors import SetupError
from rho_bootstrap.layout import Layout
from rho_bootstrap.workspace import Workspace

MANIFEST = '<package><name>{}</name><build_type>ament_python</build_type></package>'


class FakeConsole:
    """Stands in for the console: remembers what would run."""

    def __init__(self, *, fails: bool = False) -> None:
        self.commands: list[list[str]] = []
        self._fails = fails

    def run(
        self, command: list[str], *, env: dict[str, str], cwd: Path, keep_fd: int = -1
    ) -> list[str]:
        self.commands.append(command)
        if self._fails:
            raise SetupError('failed')
        return []


def _package(root: Path, name: str) -> None:
    folder = root / 'src' / name
    folder.mkdir(parents=True)
    folder.joinpath('package.xml').write_text(MANIFEST.format(name))
    folder.joinpath('setup.py').touch()


def _workspace(root: Path, fingerprint: str = 'tools') -> Workspace:
    return Workspace(Layout(root=root), fingerprint)


def _build(root: Path, console: FakeConsole | None = None) -> FakeConsole:
    console = console or FakeConsole()
    workspace = _workspace(root)
    workspace.build(workspace.pending(), console, -1)  # type: ignore[arg-type]
    return console


def test_everything_is_pending_at_first_and_nothing_after_a_build(tmp_path: Path) -> None:
    _package(tmp_path, 'one')
    _package(tmp_path, 'two')
    assert _workspace(tmp_path).pending() == ['one', 'two']
    console = _build(tmp_path)
    above = console.commands[0].index('--packages-above')
    assert console.commands[0][above + 1 : above + 3] == ['one', 'two']
    assert _workspace(tmp_path).pending() == []


def test_only_the_changed_package_is_pending(tmp_path: Path) -> None:
    _package(tmp_path, 'one')
    _package(tmp_path, 'two')
    _build(tmp_path)
    tmp_path.joinpath('src', 'two', 'setup.py').write_text('# changed\n')
    assert _workspace(tmp_path).pending() == ['two']


def test_touched_files_are_not_rebuilt(tmp_path: Path) -> None:
    _package(tmp_path, 'one')
    _build(tmp_path)
    os.utime(tmp_path / 'src' / 'one' / 'setup.py', ns=(1, 1))
    assert _workspace(tmp_path).pending() == []


def test_other_tools_or_settings_mean_building_afresh(tmp_path: Path) -> None:
    _package(tmp_path, 'one')
    _build(tmp_path)
    assert _workspace(tmp_path, 'newer tools').pending() == ['one']
    tmp_path.joinpath('colcon.meta').write_text('{}')
    assert _workspace(tmp_path).pending() == ['one']


def test_leftovers_of_a_removed_package_are_cleared_away(tmp_path: Path) -> None:
    _package(tmp_path, 'one')
    _package(tmp_path, 'two')
    _build(tmp_path)
    leftover = tmp_path / 'install' / 'share' / 'two'
    leftover.mkdir(parents=True)
    for path in (tmp_path / 'src' / 'two').iterdir():
        path.unlink()
    assert _workspace(tmp_path).pending() == ['one']
    _build(tmp_path)
    assert not leftover.exists()


def test_a_failed_build_stays_pending_and_keeps_its_progress(tmp_path: Path) -> None:
    _package(tmp_path, 'one')
    with pytest.raises(SetupError):
        _build(tmp_path, FakeConsole(fails=True))
    progress = tmp_path / 'build' / 'one'
    progress.mkdir(parents=True)
    assert _workspace(tmp_path).pending() == ['one']
    _build(tmp_path)
    assert progress.exists()
    assert _workspace(tmp_path).pending() == []

# SPDX-License-Identifier: Apache-2.0
import os
from pathlib import Path

import pytest

from rho_bootstrap import system
from rho_bootstrap.errors import SetupError
from rho_bootstrap.system import Need

# Writes down how it was called; an install makes the marker that the need looks for.
APT = '#!/bin/sh\necho "$@" >> {log}\ncase "$*" in *install*) touch {marker} ;; esac\n'


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An otherwise empty PATH to which a test adds programs."""
    folder = tmp_path / 'bin'
    folder.mkdir()
    folder.joinpath('env').symlink_to('/usr/bin/env')
    folder.joinpath('touch').symlink_to('/usr/bin/touch')
    monkeypatch.setenv('PATH', str(folder))
    return folder


def _program(folder: Path, name: str, text: str = '#!/bin/sh\nexit 1\n') -> None:
    folder.joinpath(name).write_text(text)
    folder.joinpath(name).chmod(0o755)


def _debian(folder: Path, tmp_path: Path) -> Need:
    marker = tmp_path / 'marker'
    _program(folder, 'apt-get', APT.format(log=tmp_path / 'apt.log', marker=marker))
    _program(folder, 'dpkg-query')
    return Need(what='a thing', package='libthing1', present=marker.exists)


THERE = Need(what='another thing', package='libother1', present=lambda: True)


def test_nothing_happens_when_nothing_is_missing(programs: Path) -> None:
    system.provide([THERE])


def test_root_installs_exactly_what_is_missing(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need = _debian(programs, tmp_path)
    monkeypatch.setattr(os, 'geteuid', lambda: 0)
    system.provide([need, THERE])
    log = (tmp_path / 'apt.log').read_text().splitlines()
    assert log == ['-q -y update', '-q -y install --no-install-recommends libthing1']


def test_a_user_without_sudo_gets_the_line_to_run(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need = _debian(programs, tmp_path)
    monkeypatch.setattr(os, 'geteuid', lambda: 1000)
    with pytest.raises(SetupError, match=r'a thing\. .*\n +sudo apt-get .*install -y libthing1$'):
        system.provide([need, THERE])
    assert not (tmp_path / 'apt.log').exists()


def test_sudo_without_a_password_is_used(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need = _debian(programs, tmp_path)
    _program(programs, 'sudo', '#!/bin/sh\n[ "$1" = -n ] && exit 0\nexec "$@"\n')
    monkeypatch.setattr(os, 'geteuid', lambda: 1000)
    system.provide([need])
    assert 'install --no-install-recommends libthing1' in (tmp_path / 'apt.log').read_text()


def test_an_install_that_does_not_help_is_reported(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _debian(programs, tmp_path)
    monkeypatch.setattr(os, 'geteuid', lambda: 0)
    useless = Need(what='a wonder', package='libwonder1', present=lambda: False)
    with pytest.raises(SetupError, match=r'still missing: a wonder \(libwonder1 is not inst'):
        system.provide([useless])


def test_other_systems_get_the_names_of_the_things(programs: Path) -> None:
    need = Need(what='a thing', package='libthing1', present=lambda: False)
    with pytest.raises(SetupError, match=r'missing on this system: a thing.*\n.*package manager'):
        system.provide([need])


def test_the_real_needs_name_the_packages_of_this_python() -> None:
    packages = [need.package for need in system.needs()]
    assert len(set(packages)) == len(packages)
    assert any(package.endswith('-venv') for package in packages)
    assert all(isinstance(need.present(), bool) for need in system.needs())


def test_a_distribution_needs_the_packages_that_its_base_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = 'ros-jazzy-control-msgs'
    assert wanted not in [need.package for need in system.needs()]
    (need,) = [need for need in system.needs('jazzy') if need.package == wanted]
    monkeypatch.setenv('AMENT_PREFIX_PATH', f'/nowhere{os.pathsep}{tmp_path}')
    assert not need.present()
    tmp_path.joinpath('share', 'control_msgs').mkdir(parents=True)
    tmp_path.joinpath('share', 'control_msgs', 'package.xml').touch()
    assert need.present()

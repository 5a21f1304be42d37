# SPDX-License-Identifier: Apache-2.0
import os
from pathlib import Path

import pytest

from rho_bootstrap.errors import SetupError
from rho_bootstrap.layout import Layout
from rho_bootstrap.packages import Package
from rho_bootstrap.packages import find_packages

MANIFEST = '<package><name>{name}</name><export><build_type>{kind}</build_type></export></package>'


def make_package(root: Path, name: str, kind: str = 'ament_python', top: str = 'src') -> Path:
    folder = root / top / name
    (folder / name).mkdir(parents=True)
    (folder / 'test').mkdir()
    folder.joinpath('package.xml').write_text(MANIFEST.format(name=name, kind=kind))
    folder.joinpath('setup.py').write_text('')
    folder.joinpath(name, 'code.py').write_text('')
    folder.joinpath(name, 'data.yaml').write_text('')
    folder.joinpath('test', 'test_code.py').write_text('')
    return folder


def _one(root: Path) -> Package:
    (package,) = find_packages(Layout(root=root))
    return package


def test_the_underlay_belongs_to_the_wheels_only(tmp_path: Path) -> None:
    make_package(tmp_path, 'ours')
    make_package(tmp_path, 'theirs', top='underlay')
    assert [p.name for p in find_packages(Layout(root=tmp_path))] == ['ours', 'theirs']
    jazzy = Layout(root=tmp_path, distribution='jazzy')
    assert [p.name for p in find_packages(jazzy)] == ['ours']


@pytest.mark.parametrize('name', ['ours/code.py', 'test/test_code.py'])
def test_code_and_tests_of_a_python_package_need_no_build(tmp_path: Path, name: str) -> None:
    folder = make_package(tmp_path, 'ours')
    before = _one(tmp_path)
    marks = before.glance(), before.content()
    folder.joinpath(name).write_text('changed = True\n')
    assert (before.glance(), before.content()) == marks


def test_data_of_a_python_package_needs_a_build_only_when_new(tmp_path: Path) -> None:
    folder = make_package(tmp_path, 'ours')
    before = _one(tmp_path).content()
    folder.joinpath('ours', 'data.yaml').write_text('key: 1\n')
    assert _one(tmp_path).content() == before
    folder.joinpath('ours', 'more.yaml').touch()
    assert _one(tmp_path).content() != before


@pytest.mark.parametrize('name', ['package.xml', 'setup.py'])
def test_build_files_need_a_build(tmp_path: Path, name: str) -> None:
    folder = make_package(tmp_path, 'ours')
    before = _one(tmp_path).content()
    with folder.joinpath(name).open('a') as stream:
        stream.write('\n')
    assert _one(tmp_path).content() != before


def test_every_file_of_a_cmake_package_needs_a_build(tmp_path: Path) -> None:
    folder = make_package(tmp_path, 'ours', kind='ament_cmake')
    before = _one(tmp_path).content()
    folder.joinpath('ours', 'data.yaml').write_text('key: 1\n')
    assert _one(tmp_path).content() != before


def test_a_new_time_alone_is_glanced_but_not_content(tmp_path: Path) -> None:
    folder = make_package(tmp_path, 'ours')
    package = _one(tmp_path)
    glance, content = package.glance(), package.content()
    os.utime(folder / 'setup.py', ns=(1, 1))
    assert package.glance() != glance
    assert package.content() == content


def test_a_manifest_without_a_build_type_is_refused(tmp_path: Path) -> None:
    folder = make_package(tmp_path, 'ours')
    folder.joinpath('package.xml').write_text('<package><name>ours</name></package>')
    with pytest.raises(SetupError, match='no <build_type>'):
        find_packages(Layout(root=tmp_path))

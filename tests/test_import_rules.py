# SPDX-License-Identifier: Apache-2.0
"""ROS stays in rho_ros, nodes and launch files; torch in rho_learning; arrows go down only."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from workspace_imports import SOURCES
from workspace_imports import code_files
from workspace_imports import files_of_tests
from workspace_imports import imports
from workspace_imports import is_ros
from workspace_imports import may_import_ros
from workspace_imports import may_import_the_seam
from workspace_imports import module_name
from workspace_imports import python_packages

PACKAGES = python_packages()
ids = [package.name for package in PACKAGES]

# What each room may import of the others; rho_bringup may import all of them.
ROOMS = {
    'rho_core': set(),
    'rho_description': set(),
    'rho_ros': {'rho_core'},
    'rho_sim': {'rho_ros', 'rho_core', 'rho_description'},
    'tactile_driver': {'rho_ros', 'rho_core'},
    'arm_controller': {'rho_ros', 'rho_core'},
    'rho_policy_node': {'rho_ros', 'rho_core'},
    'rho_bags': {'rho_ros', 'rho_core', 'rho_policy_node'},
    'rho_view': {'rho_ros', 'rho_core'},
    'rho_learning': {'rho_core', 'rho_description', 'rho_sim', 'rho_policy_node'},
}

# Imports modules with some packages out of reach; prints what failed as JSON.
PROBE = """
import importlib, json, re, sys

modules, blocked = json.load(sys.stdin)

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if re.fullmatch(blocked, name.partition('.')[0]):
            raise ImportError(f'{name} is out of reach in this test')

sys.meta_path.insert(0, Blocker())
failed = {}
for module in modules:
    try:
        importlib.import_module(module)
    except Exception as error:
        failed[module] = repr(error)
print(json.dumps(failed))
"""
ROS = (
    r'\w+_msgs|\w+_srvs|\w+_interfaces|rclpy|rcl\w*|launch|launch_\w+|ament_\w+|rosidl_\w+|rho_ros'
)


@pytest.mark.parametrize('package', PACKAGES, ids=ids)
def test_ros_is_imported_only_by_the_seam_nodes_and_launch_files(package: Path) -> None:
    wrong = [
        str(found)
        for found in imports(code_files(package))
        if (is_ros(found.module) and not may_import_ros(found.file))
        or (found.top == 'rho_ros' and not may_import_the_seam(found.file))
    ]
    assert not wrong, '\n'.join(wrong)


@pytest.mark.parametrize('package', PACKAGES, ids=ids)
def test_torch_is_imported_only_by_rho_learning(package: Path) -> None:
    if package.name == 'rho_learning':
        return
    files = [*code_files(package), *files_of_tests(package)]
    wrong = [str(found) for found in imports(files) if found.top in ('torch', 'onnx')]
    if package.name == 'rho_policy_node':
        # Its tests make small graphs; onnx is a format, not a training library.
        wrong = [text for text in wrong if 'imports onnx' not in text]
    assert not wrong, '\n'.join(wrong)


@pytest.mark.parametrize('package', PACKAGES, ids=ids)
def test_packages_import_only_what_lies_below_them(package: Path) -> None:
    names = {other.name for other in PACKAGES} | set(ROOMS) | {'rho_bringup', 'rho_bootstrap'}
    if package.name == 'rho_bringup':
        allowed = names - {'rho_bootstrap'}
    else:
        allowed = ROOMS[package.name] | {package.name}
    wrong = [
        f'{found} (allowed: {", ".join(sorted(allowed))})'
        for found in imports(code_files(package))
        if found.top in names and found.top not in allowed
    ]
    assert not wrong, '\n'.join(wrong)


@pytest.mark.parametrize('package', PACKAGES, ids=ids)
def test_pure_modules_import_where_there_is_no_ros(package: Path) -> None:
    if package.name == 'rho_ros':
        return
    blocked = ROS
    if package.name != 'rho_learning':
        blocked += '|torch'
    elif find_spec('torch') is None:
        pytest.skip('torch is not installed (./rho test installs it)')
    files = [file for file in code_files(package) if not may_import_the_seam(file)]
    modules = [module_name(file) for file in files if file.parent.name != 'launch']
    assert _failed_imports(modules, blocked) == {}


def _failed_imports(modules: list[str], blocked: str) -> dict[str, str]:
    paths = [str(package) for package in PACKAGES]
    run = subprocess.run(
        [sys.executable, '-c', PROBE],
        input=json.dumps([modules, blocked]),
        env={**os.environ, 'PYTHONPATH': os.pathsep.join(paths)},
        cwd=SOURCES,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    failed = json.loads(run.stdout.splitlines()[-1])
    assert isinstance(failed, dict)
    return failed

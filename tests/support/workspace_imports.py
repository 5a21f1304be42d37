# SPDX-License-Identifier: Apache-2.0
"""Reads which modules the workspace's sources import, without importing any of them."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / 'src'
_ROS = re.compile(
    r'(\w+_msgs|\w+_srvs|\w+_interfaces|rclpy|rcl\w*|launch|launch_\w+|ament_\w+|rosidl_\w+|rpyutils'
    r'|rosbag2_\w+|tf2_ros|builtin_interfaces)'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import statement.

    Attributes:
        file: Where it stands.
        line: At which line.
        module: The dotted name that is imported.
    """

    file: Path
    line: int
    module: str

    @property
    def top(self) -> str:
        """The first part of the dotted name."""
        return self.module.partition('.')[0]

    def __str__(self) -> str:
        """Return the place and the module, for a failing test."""
        return f'{self.file.relative_to(ROOT)}:{self.line} imports {self.module}'


def packages() -> list[Path]:
    """Return the folders of all packages."""
    return sorted(manifest.parent for manifest in SOURCES.glob('*/package.xml'))


def python_packages() -> list[Path]:
    """Return the folders of the packages that hold Python code."""
    return [package for package in packages() if (package / 'setup.py').exists()]


def code_files(package: Path) -> list[Path]:
    """Return the package's installed Python files and launch files, without its tests."""
    modules = package.joinpath(package.name).rglob('*.py')
    return sorted([*modules, *package.joinpath('launch').glob('*.py')])


def files_of_tests(package: Path) -> list[Path]:
    """Return the Python files of the package's tests."""
    return sorted(package.joinpath('test').rglob('*.py'))


def imports(files: list[Path]) -> Iterator[Import]:
    """Yield every import of other packages, at any depth of the code."""
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding='utf-8'), str(file))):
            for module in _modules(node):
                yield Import(file=file, line=getattr(node, 'lineno', 0), module=module)


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level and node.module:
        return [f'{node.module}.{alias.name}' for alias in node.names]
    return []


def is_ros(module: str) -> bool:
    """Return whether a module comes from ROS 2 or is generated for it."""
    return bool(_ROS.fullmatch(module.partition('.')[0]))


def may_import_ros(file: Path) -> bool:
    """Return whether the file is one of those that ROS is allowed in."""
    in_seam = file.is_relative_to(SOURCES / 'rho_ros' / 'rho_ros')
    return in_seam or file.name.endswith(('_node.py', '.launch.py'))


def may_import_the_seam(file: Path) -> bool:
    """Return whether the file may import rho_ros: where ROS is allowed, and parameter classes."""
    return may_import_ros(file) or file.name.endswith('parameters.py')


def is_standard(module: str) -> bool:
    """Return whether a module belongs to Python itself."""
    return module.partition('.')[0] in sys.stdlib_module_names


def module_name(file: Path) -> str:
    """Return the dotted name of an installed module."""
    parts = file.relative_to(SOURCES).with_suffix('').parts[1:]
    return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)

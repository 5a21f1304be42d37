# SPDX-License-Identifier: Apache-2.0
"""The colcon packages of the workspace, and what of them makes a build necessary."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from rho_bootstrap.errors import SetupError
from rho_bootstrap.layout import Layout
from rho_bootstrap.state import digest

# These read as code or are not installed; a symlink install sees their changes by itself.
_PASSED_OVER = frozenset({'__pycache__', 'test', '.pytest_cache', '.mypy_cache', '.ruff_cache'})
_BUILD_FILES = frozenset({'package.xml', 'setup.py', 'setup.cfg'})


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One package below `src/` or `underlay/`."""

    name: str
    folder: Path
    is_python: bool

    def glance(self) -> str:
        """Return a cheap hash (names, sizes, times) that changes whenever `content` may have."""
        marks = []
        for path in self._files():
            status = path.stat()
            marks.append(f'{path}\0{status.st_size}\0{status.st_mtime_ns}')
        return digest(*marks)

    def content(self) -> str:
        """Return a hash of all that a build of this package depends on."""
        parts: list[str | bytes] = []
        for path in self._files():
            parts.append(str(path.relative_to(self.folder)))
            # A Python package's data is linked, not copied: only new names need a build.
            if not self.is_python or path.name in _BUILD_FILES:
                parts.append(path.read_bytes())
        return digest(*parts)

    def _files(self) -> list[Path]:
        found = []
        for base, folders, names in os.walk(self.folder):
            folders[:] = sorted(
                name for name in folders if name not in _PASSED_OVER and '.egg-info' not in name
            )
            for name in names:
                is_code = name.endswith(('.py', '.pyc')) and name not in _BUILD_FILES
                if not (self.is_python and is_code):
                    found.append(Path(base, name))
        return sorted(found)


def find_packages(layout: Layout) -> list[Package]:
    """Return the packages of this route, sorted by name.

    `underlay/` holds interface packages that a distribution has and the wheels lack.
    """
    tops = ['underlay', 'src'] if layout.uses_wheels else ['src']
    manifests = [file for top in tops for file in layout.root.glob(f'{top}/*/package.xml')]
    return sorted((_read(file) for file in manifests), key=lambda package: package.name)


def _read(manifest: Path) -> Package:
    text = manifest.read_text(encoding='utf-8')
    name = re.search(r'<name>\s*([^<\s]+)\s*</name>', text)
    kind = re.search(r'<build_type>\s*([^<\s]+)\s*</build_type>', text)
    if not name or not kind:
        raise SetupError(f'{manifest} has no <name> or no <build_type>')
    return Package(name=name[1], folder=manifest.parent, is_python=kind[1] == 'ament_python')

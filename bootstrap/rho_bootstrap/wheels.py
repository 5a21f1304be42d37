# SPDX-License-Identifier: Apache-2.0
"""Repairs of installed files that name folders of the machine that built or packed them."""

import re
import sysconfig

from rho_bootstrap.layout import Layout

_BUILDER = r'[^;" \n]*/opt/python/[^;" \n]*'
_PYTHON_INCLUDE = re.compile(_BUILDER + r'/include/python3\.\d+')
_NUMPY_INCLUDE = re.compile(_BUILDER + r'/numpy/_core/include')
# Beyond this a kernel cuts the line off; pip uses the same limit.
_LONGEST_SHEBANG = 127


def repair(layout: Layout) -> int:
    """Point the wheels' exported CMake targets at this machine's Python and numpy headers.

    Returns:
        How many files were changed. Running it again changes none.
    """
    python = _cmake(sysconfig.get_path('include'))
    numpy = _cmake(str(layout.site_packages / 'numpy' / '_core' / 'include'))
    changed = 0
    for file in sorted((layout.venv / 'share').glob('*/cmake/*.cmake')):
        before = file.read_text(encoding='utf-8')
        after = _NUMPY_INCLUDE.sub(lambda _: numpy, before)
        after = _PYTHON_INCLUDE.sub(lambda _: python, after)
        if after != before:
            file.write_text(after, encoding='utf-8')
            changed += 1
    return changed


def _cmake(path: str) -> str:
    return path.replace('\\', '\\\\').replace('"', '\\"').replace('$', '\\$')


def repair_scripts(layout: Layout) -> int:
    """Make the installed node executables start from a path with spaces or a very long one.

    A `#!` line cannot carry these; the first lines become a shell that starts Python.

    Returns:
        How many scripts were changed.
    """
    python = str(layout.venv_python)
    if ' ' not in python and len(python) + 2 <= _LONGEST_SHEBANG:
        return 0
    changed = 0
    for script in sorted((layout.install / 'lib').glob('*/*')):
        if script.is_symlink() or not script.is_file():
            continue
        first, newline, rest = script.read_bytes().partition(b'\n')
        if newline and first.startswith(b'#!') and python.encode() in first:
            script.write_bytes(trampoline(python) + rest)
            changed += 1
    return changed


def trampoline(python: str) -> bytes:
    """Return first lines that both a shell and Python read, the way pip writes them."""
    quoted = python.replace("'", "'\"'\"'")
    return f"#!/bin/sh\n'''exec' '{quoted}' \"$0\" \"$@\"\n' '''\n".encode()

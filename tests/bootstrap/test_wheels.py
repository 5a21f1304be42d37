# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys
import sysconfig
from pathlib import Path

from rho_bootstrap.layout import Layout
from rho_bootstrap.wheels import repair
from rho_bootstrap.wheels import repair_scripts
from rho_bootstrap.wheels import trampoline

EXPORTED = (
    'INTERFACE_INCLUDE_DIRECTORIES "${_IMPORT_PREFIX}/include/std_msgs;'
    '/opt/python/cp311-cp311/include/python3.11;'
    '/opt/python/cp311-cp311/lib/python3.11/site-packages/numpy/_core/include"\n'
)


def test_folders_of_the_building_machine_are_replaced(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path / 'my rho')
    file = layout.venv / 'share' / 'std_msgs' / 'cmake' / 'export.cmake'
    file.parent.mkdir(parents=True)
    file.write_text(EXPORTED)
    assert repair(layout) == 1
    numpy = layout.site_packages / 'numpy' / '_core' / 'include'
    python = sysconfig.get_path('include')
    assert file.read_text() == (
        f'INTERFACE_INCLUDE_DIRECTORIES "${{_IMPORT_PREFIX}}/include/std_msgs;{python};{numpy}"\n'
    )
    assert repair(layout) == 0


def _script(layout: Layout) -> Path:
    script = layout.install / 'lib' / 'rho_sim' / 'sim_node'
    script.parent.mkdir(parents=True)
    script.write_text(f'#!{layout.venv_python}\nimport sys\nprint(sys.argv[1:])\n')
    script.chmod(0o755)
    return script


def test_executables_start_from_a_path_with_spaces(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path / "it's my rho")
    layout.venv_python.parent.mkdir(parents=True)
    layout.venv_python.symlink_to(sys.executable)
    script = _script(layout)
    assert repair_scripts(layout) == 1
    assert repair_scripts(layout) == 0
    run = subprocess.run([script, 'a b'], capture_output=True, text=True, timeout=30, check=True)
    assert run.stdout == "['a b']\n"


def test_executables_stay_as_they_are_on_a_plain_path() -> None:
    layout = Layout(root=Path('/opt/rho'))
    assert repair_scripts(layout) == 0
    assert trampoline('/opt/rho/python').startswith(b'#!/bin/sh\n')

# SPDX-License-Identifier: Apache-2.0
import re
from pathlib import Path

import pytest

from rho_bootstrap.errors import SetupError
from rho_bootstrap.layout import Layout
from rho_bootstrap.requirements import pins
from rho_bootstrap.requirements import replace_pins
from rho_bootstrap.requirements import requirements

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / 'requirements').glob('*.txt'))
GROUPS = [file.stem for file in FILES if file.stem != 'numpy1']


@pytest.mark.parametrize('file', FILES, ids=lambda file: file.stem)
def test_every_requirement_is_pinned_exactly(file: Path) -> None:
    for line in file.read_text(encoding='utf-8').splitlines():
        if line and not line.startswith(('#', '--')):
            assert re.match(r'^[A-Za-z0-9._-]+==[^ ]+( ; python_version < .*)?$', line), line


def test_a_name_has_the_same_version_in_every_group() -> None:
    found: dict[str, str] = {}
    for group in GROUPS:
        for name, line in pins(requirements(Layout(root=ROOT), group)).items():
            assert found.setdefault(name, line) == line


def test_only_the_learning_group_has_torch() -> None:
    having = [group for group in GROUPS if 'torch' in pins(requirements(Layout(root=ROOT), group))]
    assert having == ['learning']


def test_pins_are_replaced_by_name_whatever_its_spelling() -> None:
    text = '# why\nNumPy==2.2.6\nruamel_yaml==1.0\n'
    assert replace_pins(text, 'numpy==1.26.4\nruamel.yaml==2.0\nother==3\n') == (
        '# why\nnumpy==1.26.4\nruamel.yaml==2.0\n'
    )


def test_an_installed_jazzy_keeps_its_numpy() -> None:
    jazzy = pins(requirements(Layout(root=ROOT, distribution='jazzy'), 'runtime'))
    wheels = pins(requirements(Layout(root=ROOT), 'runtime'))
    assert jazzy['numpy'].startswith('numpy==1.')
    assert wheels['numpy'].startswith('numpy==2.')
    assert jazzy.keys() == wheels.keys()


def test_an_incomplete_clone_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r'build\.txt is missing; the clone is incomplete'):
        requirements(Layout(root=tmp_path), 'build')

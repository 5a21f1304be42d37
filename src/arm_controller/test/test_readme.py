# SPDX-License-Identifier: Apache-2.0
"""The table of back ends in the README is that of the registry."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any
from typing import get_args

import pytest

from arm_controller.backends.mock import FaultKind
from arm_controller.backends.registry import BackendOptions
from arm_controller.backends.registry import parse_backend

TEXT = (Path(__file__).parents[1] / 'README.md').read_text(encoding='utf-8')
ROWS = dict(re.findall(r'^\| `(\w+)` \| (.*) \|$', TEXT, re.MULTILINE))


@pytest.mark.parametrize('options', get_args(BackendOptions), ids=lambda one: one.__name__)
def test_every_back_end_and_option_is_described(options: Any) -> None:
    kind = options.__dataclass_fields__['kind'].default
    described = set(re.findall(r'`(\w+)`(?= \(|,|$)', ROWS[kind].split(' | ')[-1]))
    assert described == {field.name for field in fields(options)} - {'kind'}


@pytest.mark.parametrize('options', get_args(BackendOptions), ids=lambda one: one.__name__)
def test_the_defaults_are_those_of_the_code(options: Any) -> None:
    row = ROWS[options.__dataclass_fields__['kind'].default]
    for name, value in re.findall(r'`(\w+)` \(([\d.]+|true|false)\)', row):
        default = options.__dataclass_fields__[name].default
        assert str(default).lower() == value, name


def test_the_examples_are_read_as_they_stand() -> None:
    examples = re.findall(r"'(\{kind: .*?\})'", TEXT)
    assert len(examples) == 2
    for example in examples:
        parse_backend(example)


def test_every_fault_of_the_mock_is_described() -> None:
    section = TEXT.split('Faults: ')[1].split('\n\n')[0]
    assert set(get_args(FaultKind)) <= set(re.findall(r'`(\w+)`', section))

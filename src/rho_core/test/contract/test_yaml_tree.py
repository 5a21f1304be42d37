# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.contract.yaml_tree import load_yaml
from rho_core.errors import ConfigError


@pytest.mark.parametrize(
    ('text', 'value'),
    [
        ('1e-4', 1e-4),
        ('.5', 0.5),
        ('3.', 3.0),
        ('2E3', 2000.0),
        ('0' * 64, '0' * 64),
        ('-3', -3),
        ('010', 10),
        ('on', 'on'),
        ('no', 'no'),
        ('1:30', '1:30'),
        ('2024-01-01', '2024-01-01'),
        ('.inf', '.inf'),
        ('true', True),
        ('True', 'True'),
        ('~', None),
        ('null', None),
        ("'1'", '1'),
        ('"true"', 'true'),
        ('1_000', '1_000'),
        ('0x10', '0x10'),
    ],
)
def test_scalars_follow_the_core_schema(text: str, value: object) -> None:
    got = load_yaml(f'[{text}]')[0]
    assert (type(got), got) == (type(value), value)


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('a: 1\nb: {c: 1, c: 2}', 'b.c: duplicate key, repeated in line 2'),
        ('a: &x [1]', 'a: anchors and aliases are not allowed (line 1)'),
        ('a: *x', 'a: anchors and aliases are not allowed (line 1)'),
        ('a: !!int 3', 'a: tags are not allowed, got tag:yaml.org,2002:int in line 1'),
        (
            'a:\n  - !!python/object:os.system x',
            'a.0: tags are not allowed, got tag:yaml.org,2002:python/object:os.system in line 2',
        ),
        ('[1]: 2', 'expected a plain string as key in line 1'),
        ('a: 1e999', 'a: number 1e999 is out of range'),
        ('a: 1\n---\nb: 2', 'expected one document, a second one starts in line 2'),
        ('[' * 60, 'nested deeper than 40 levels in line 1'),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_yaml(text)
    assert str(caught.value) == message


def test_broken_yaml_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match='not valid YAML: while parsing'):
        load_yaml('a: [1')


def test_size_is_bounded() -> None:
    with pytest.raises(ConfigError, match='at most 1000000 characters'):
        load_yaml('#' * 1_000_001)


def test_a_file_is_read_and_a_missing_or_binary_one_refused(tmp_path: Path) -> None:
    path = tmp_path / 'a.yaml'
    path.write_text('a: ä', encoding='utf-8')
    assert load_yaml(path) == {'a': 'ä'}
    path.write_bytes(b'\xff\xfe\xff')
    with pytest.raises(ConfigError, match='cannot read'):
        load_yaml(path)
    with pytest.raises(ConfigError, match='cannot read'):
        load_yaml(tmp_path / 'none.yaml')


def test_an_empty_document_is_nothing() -> None:
    assert load_yaml('') is None
    assert load_yaml('# only a comment') is None


@given(st.text(max_size=200))
def test_any_text_gives_a_tree_or_a_config_error(text: str) -> None:
    try:
        tree = load_yaml(text)
    except ConfigError:
        return
    assert tree is None or isinstance(tree, dict | list | str | int | float | bool)

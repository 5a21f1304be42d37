# SPDX-License-Identifier: Apache-2.0
"""Reads YAML into plain Python values and refuses whatever could be read in two ways.

Scalars follow the core schema of YAML 1.2: `on`, `no` and `1:30` are strings, `1e-4` is a number.
Tags, anchors and duplicate keys are errors. No Python object other than dict, list, str, int,
float, bool and None is ever made.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from typing import TypeAlias

import yaml

from rho_core.contract.findings import join_path
from rho_core.errors import ConfigError

Tree: TypeAlias = Any  # dict[str, Tree] | list[Tree] | str | int | float | bool | None

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 40

_NULL = re.compile(r'(?:null|~|)\Z')
_INT = re.compile(r'[-+]?[0-9]{1,18}\Z')
_FLOAT = re.compile(
    r'[-+]?(?:(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?|[0-9]+[eE][-+]?[0-9]{1,3})\Z'
)


def load_yaml(source: str | Path) -> Tree:
    """Reads one YAML document.

    Args:
        source: The text itself, or the path of a UTF-8 file.

    Returns:
        A tree of dict, list, str, int, float, bool and None.

    Raises:
        ConfigError: If the document cannot be read, is not valid YAML or is ambiguous.
    """
    text = _read(source) if isinstance(source, Path) else source
    if len(text) > MAX_CHARACTERS:
        raise ConfigError(f'expected at most {MAX_CHARACTERS} characters of YAML, got {len(text)}')
    try:
        return _document(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ConfigError(f'not valid YAML: {" ".join(str(error).split())}') from error


def _read(path: Path) -> str:
    try:
        with path.open(encoding='utf-8') as file:
            return file.read(MAX_CHARACTERS + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f'cannot read {path}: {error}') from error


def _document(events: Iterator[yaml.Event]) -> Tree:
    tree: Tree = None
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                line = event.start_mark.line + 1
                raise ConfigError(f'expected one document, a second one starts in line {line}')
            tree = _value(next(events), events, '', 0)
    return tree


def _value(event: yaml.Event, events: Iterator[yaml.Event], path: str, depth: int) -> Tree:
    line = event.start_mark.line + 1
    if depth > MAX_DEPTH:
        raise ConfigError(f'nested deeper than {MAX_DEPTH} levels in line {line}')
    if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) or event.anchor:
        raise ConfigError(f'anchors and aliases are not allowed (line {line})', path)
    if event.tag is not None:
        raise ConfigError(f'tags are not allowed, got {event.tag} in line {line}', path)
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events, path, depth)
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event, path)
    return _sequence(events, path, depth)


def _mapping(events: Iterator[yaml.Event], path: str, depth: int) -> dict[str, Tree]:
    tree: dict[str, Tree] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        line = event.start_mark.line + 1
        if not isinstance(event, yaml.ScalarEvent) or event.tag or event.anchor:
            raise ConfigError(f'expected a plain string as key in line {line}', path)
        key: str = event.value
        if key in tree:
            raise ConfigError(f'duplicate key, repeated in line {line}', join_path(path, key))
        tree[key] = _value(next(events), events, join_path(path, key), depth + 1)
    return tree


def _sequence(events: Iterator[yaml.Event], path: str, depth: int) -> list[Tree]:
    tree: list[Tree] = []
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        tree.append(_value(event, events, join_path(path, len(tree)), depth + 1))
    return tree


def _scalar(event: yaml.ScalarEvent, path: str) -> Tree:
    text: str = event.value
    if event.style is not None:
        return text
    if _NULL.match(text):
        return None
    if text in ('true', 'false'):
        return text == 'true'
    if _INT.match(text):
        return int(text)
    if _FLOAT.match(text):
        number = float(text)
        if not math.isfinite(number):
            raise ConfigError(f'number {text} is out of range', path)
        return number
    return text

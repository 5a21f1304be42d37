# SPDX-License-Identifier: Apache-2.0
"""Builds dataclasses from a plain tree and refuses everything that does not fit exactly.

Supported types: bool, int, float (an int is taken for a float), str, Path-free nested dataclasses,
`tuple[X, ...]`, fixed tuples, `dict[str, X]`, Optional, Literal, Enum (by value) and unions of
Literals and dataclasses, the latter told apart by a Literal field `kind`. A dataclass may refuse
its values by raising ConfigError in `__post_init__`; its path is taken as relative to it.
"""

from __future__ import annotations

import dataclasses
import difflib
import enum
import types
from collections.abc import Iterable
from functools import cache
from typing import Any
from typing import Literal
from typing import TypeVar
from typing import Union
from typing import get_args
from typing import get_origin
from typing import get_type_hints

from rho_core.contract.findings import Findings
from rho_core.contract.findings import join_path
from rho_core.contract.yaml_tree import Tree
from rho_core.contract.yaml_tree import load_yaml
from rho_core.errors import ConfigError

__all__ = ['build', 'listing', 'load_yaml', 'suggestion']

T = TypeVar('T')

_SCALARS = {bool: 'true or false', int: 'an integer', float: 'a number', str: 'a string'}
_MISSING = object()  # stands for a value that could not be built


def build(cls: type[T], tree: Tree, path: str = '') -> T:
    """Builds a dataclass from a tree as `load_yaml` returns it.

    Args:
        cls: The dataclass to build.
        tree: What the file says.
        path: Dotted path of the tree within its file, for messages.

    Raises:
        ConfigError: If anything does not fit; the first problem, carrying all others.
    """
    findings = Findings()
    value = _build(cls, tree, path, findings)
    findings.raise_if_any()
    return value  # type: ignore[no-any-return]


def listing(names: Iterable[object]) -> str:
    """Returns names as they appear in messages: sorted, comma separated."""
    return ', '.join(sorted(str(name) for name in names)) or 'none'


def suggestion(name: object, allowed: Iterable[object]) -> str:
    """Returns `; did you mean 'x'?` when a name is close to an allowed one, else nothing."""
    close = difflib.get_close_matches(str(name), [str(one) for one in allowed], n=1)
    return f"; did you mean '{close[0]}'?" if close else ''


def _build(kind: Any, tree: Tree, path: str, findings: Findings) -> Any:
    origin = get_origin(kind)
    if kind in _SCALARS:
        return _scalar(kind, tree, path, findings)
    if origin is Literal:
        return _choice({value: value for value in get_args(kind)}, tree, path, findings)
    if origin is Union or origin is types.UnionType:
        return _union(get_args(kind), tree, path, findings)
    if origin is tuple:
        return _tuple(get_args(kind), tree, path, findings)
    if origin is dict:
        return _dict(get_args(kind)[1], tree, path, findings)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _choice({member.value: member for member in kind}, tree, path, findings)
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, tree, path, findings)
    raise TypeError(f'{path}: rho_core.contract.strict does not support {kind!r}')


def _wrong(expected: str, tree: Tree, path: str, findings: Findings) -> Any:
    findings.add(path, f'expected {expected}, got {_describe(tree)}')
    return _MISSING


def _describe(tree: Tree) -> str:
    if tree is None:
        return 'nothing'
    if isinstance(tree, dict):
        return 'a mapping'
    if isinstance(tree, list):
        return 'a list'
    text = f"'{tree}'" if isinstance(tree, str) else str(tree).lower()
    return text if len(text) <= 80 else text[:77] + '...'


def _scalar(kind: type, tree: Tree, path: str, findings: Findings) -> Any:
    if kind is float and type(tree) is int:
        return float(tree)
    if type(tree) is kind:
        return tree
    hint = ', quote it' if kind is str and isinstance(tree, bool | int | float) else ''
    return _wrong(_SCALARS[kind] + hint, tree, path, findings)


def _choice(
    choices: dict[Any, Any], tree: Tree, path: str, findings: Findings, more: str = ''
) -> Any:
    for value, result in choices.items():
        if type(value) is type(tree) and value == tree:
            return result
    hint = suggestion(tree, choices) if isinstance(tree, str) else ''
    allowed = ', '.join(str(value) for value in choices)
    findings.add(path, f'expected one of: {allowed}{more}; got {_describe(tree)}{hint}')
    return _MISSING


def _union(kinds: tuple[Any, ...], tree: Tree, path: str, findings: Findings) -> Any:
    real = [kind for kind in kinds if kind is not type(None)]
    if len(real) < len(kinds) and tree is None:
        return None
    if len(real) == 1:
        return _build(real[0], tree, path, findings)
    words = [word for kind in real if get_origin(kind) is Literal for word in get_args(kind)]
    if not isinstance(tree, dict):
        if not words:
            return _wrong('a mapping', tree, path, findings)
        return _choice({word: word for word in words}, tree, path, findings, ' or a mapping')
    by_kind = {
        get_args(_hints(cls)['kind'])[0]: cls for cls in real if get_origin(cls) is not Literal
    }
    if 'kind' not in tree:
        findings.add(join_path(path, 'kind'), f'missing, expected one of: {listing(by_kind)}')
        return _MISSING
    name = _choice({one: one for one in by_kind}, tree['kind'], join_path(path, 'kind'), findings)
    return name if name is _MISSING else _dataclass(by_kind[name], tree, path, findings)


def _tuple(kinds: tuple[Any, ...], tree: Tree, path: str, findings: Findings) -> Any:
    if not isinstance(tree, list):
        return _wrong('a list', tree, path, findings)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = (kinds[0],) * len(tree)
    if len(kinds) != len(tree):
        findings.add(path, f'expected a list of {len(kinds)}, got {len(tree)}')
        return _MISSING
    items = [
        _build(kind, item, join_path(path, i), findings)
        for i, (kind, item) in enumerate(zip(kinds, tree, strict=True))
    ]
    return _MISSING if any(item is _MISSING for item in items) else tuple(items)


def _dict(kind: Any, tree: Tree, path: str, findings: Findings) -> Any:
    if not isinstance(tree, dict):
        return _wrong('a mapping', tree, path, findings)
    items = {key: _build(kind, item, join_path(path, key), findings) for key, item in tree.items()}
    return _MISSING if any(item is _MISSING for item in items.values()) else items


def _dataclass(cls: Any, tree: Tree, path: str, findings: Findings) -> Any:
    if not isinstance(tree, dict):
        return _wrong('a mapping', tree, path, findings)
    fields = {field.name: field for field in dataclasses.fields(cls) if field.init}
    known = len(findings.errors)
    for key in tree:
        if key not in fields:
            hint = suggestion(key, fields)
            findings.add(join_path(path, key), f'unknown key; allowed: {", ".join(fields)}{hint}')
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name in tree:
            values[name] = _build(_hints(cls)[name], tree[name], join_path(path, name), findings)
        elif field.default is field.default_factory is dataclasses.MISSING:
            findings.add(join_path(path, name), 'missing')
    if len(findings.errors) > known:
        return _MISSING
    try:
        return cls(**values)
    except ConfigError as error:
        findings.include(path, error)
        return _MISSING


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)

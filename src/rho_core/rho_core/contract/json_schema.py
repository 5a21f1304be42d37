# SPDX-License-Identifier: Apache-2.0
"""JSON Schema of what `strict.build` accepts, for editors and for those who write manifests.

The dataclasses stay the truth: they check more than a schema can say (references, hashes, shapes
that must agree).
"""

from __future__ import annotations

import dataclasses
import enum
import types
from typing import Any
from typing import Literal
from typing import Union
from typing import get_args
from typing import get_origin
from typing import get_type_hints

_DIALECT = 'https://json-schema.org/draft/2020-12/schema'
_SCALARS: dict[Any, dict[str, Any]] = {
    bool: {'type': 'boolean'},
    int: {'type': 'integer'},
    float: {'type': 'number'},
    str: {'type': 'string'},
    type(None): {'type': 'null'},
}

Schema = dict[str, Any]


def json_schema(cls: type, title: str) -> Schema:
    """Returns the schema of a dataclass.

    Args:
        cls: A dataclass of the types that `strict.build` supports.
        title: Title of the schema.
    """
    definitions: dict[str, Schema] = {}
    reference = _schema(cls, definitions)
    return {'$schema': _DIALECT, 'title': title, **reference,
            '$defs': dict(sorted(definitions.items()))}


def _schema(kind: Any, definitions: dict[str, Schema]) -> Schema:
    origin = get_origin(kind)
    if kind in _SCALARS:
        return dict(_SCALARS[kind])
    if origin is Literal:
        return {'enum': list(get_args(kind))}
    if origin is Union or origin is types.UnionType:
        return {'anyOf': [_schema(one, definitions) for one in get_args(kind)]}
    if origin is tuple:
        return _tuple(get_args(kind), definitions)
    if origin is dict:
        return {'type': 'object', 'additionalProperties': _schema(get_args(kind)[1], definitions)}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return {'enum': [member.value for member in kind]}
    if dataclasses.is_dataclass(kind):
        return _reference(kind, definitions)
    raise TypeError(f'no JSON schema for {kind!r}')


def _tuple(kinds: tuple[Any, ...], definitions: dict[str, Schema]) -> Schema:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return {'type': 'array', 'items': _schema(kinds[0], definitions)}
    return {'type': 'array', 'prefixItems': [_schema(one, definitions) for one in kinds],
            'items': False, 'minItems': len(kinds)}


def _reference(cls: Any, definitions: dict[str, Schema]) -> Schema:
    name = cls.__name__
    if name not in definitions:
        definitions[name] = {}
        hints = get_type_hints(cls)
        fields = [one for one in dataclasses.fields(cls) if one.init]
        required = [one.name for one in fields
                    if one.default is one.default_factory is dataclasses.MISSING]
        definitions[name] = {
            'type': 'object',
            'description': (cls.__doc__ or '').split('\n')[0],
            'properties': {one.name: _schema(hints[one.name], definitions) for one in fields},
            'required': required,
            'additionalProperties': False,
        }
    return {'$ref': f'#/$defs/{name}'}

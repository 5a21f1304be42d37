# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Literal

import pytest

from rho_core.contract.bundle import BundleManifest
from rho_core.contract.json_schema import json_schema


class Colour(enum.Enum):
    RED = 'red'
    BLUE = 'blue'


@dataclass(frozen=True)
class Lamp:
    """Gives light.

    More about it.
    """

    kind: Literal['lamp']
    watts: float
    colour: Colour = Colour.RED
    size: tuple[int, str] = (1, 'm')
    names: tuple[str, ...] = ()
    rooms: dict[str, int] | None = None


def test_a_dataclass_becomes_an_object_that_allows_nothing_else() -> None:
    lamp = json_schema(Lamp, 'lamp')['$defs']['Lamp']
    assert lamp['description'] == 'Gives light.'
    assert lamp['required'] == ['kind', 'watts']
    assert lamp['additionalProperties'] is False
    assert lamp['properties'] == {
        'kind': {'enum': ['lamp']},
        'watts': {'type': 'number'},
        'colour': {'enum': ['red', 'blue']},
        'size': {'type': 'array', 'prefixItems': [{'type': 'integer'}, {'type': 'string'}],
                 'items': False, 'minItems': 2},
        'names': {'type': 'array', 'items': {'type': 'string'}},
        'rooms': {'anyOf': [{'type': 'object', 'additionalProperties': {'type': 'integer'}},
                            {'type': 'null'}]},
    }


def test_the_manifest_has_a_schema_in_which_every_reference_leads_somewhere() -> None:
    schema = json_schema(BundleManifest, 'Rho policy bundle')
    assert schema['$ref'] == '#/$defs/BundleManifest'
    text = str(schema)
    for name in ('ImageStream', 'TactileStream', 'RtcSpec', 'ZScore', 'TextGraph'):
        assert f"'#/$defs/{name}'" in text
        assert name in schema['$defs']


def test_a_type_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(TypeError, match='no JSON schema for'):
        json_schema(object, 'nothing')

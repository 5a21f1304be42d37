# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any
from typing import Literal

import pytest

from rho_core.contract.strict import build
from rho_core.errors import ConfigError


class Colour(enum.Enum):
    RED = 'red'
    BLUE = 'blue'


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    kind: Literal['lamp']
    watts: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan:
    kind: Literal['fan']
    speed: int = 1

    def __post_init__(self) -> None:
        if self.speed < 0:
            raise ConfigError(f'expected at least 0, got {self.speed}', 'speed')


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    name: str
    devices: tuple[Lamp | Fan, ...] = ()
    rooms: dict[str, int] | None = None
    size: tuple[int, float] = (1, 1.0)
    colour: Colour = Colour.RED
    lit: bool = False
    level: Literal[1, 2] = 1


def errors_of(tree: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        build(House, tree)
    return [str(error) for error in caught.value.all]


def test_a_fitting_tree_becomes_the_dataclass() -> None:
    house = build(
        House,
        {
            'name': 'a',
            'devices': [{'kind': 'lamp', 'watts': 5}, {'kind': 'fan'}],
            'rooms': {'hall': 2},
            'size': [1, 2],
            'colour': 'blue',
            'lit': True,
            'level': 2,
        },
    )
    assert house == House(
        name='a',
        devices=(Lamp(kind='lamp', watts=5.0), Fan(kind='fan', speed=1)),
        rooms={'hall': 2},
        size=(1, 2.0),
        colour=Colour.BLUE,
        lit=True,
        level=2,
    )
    assert isinstance(house.size[1], float)


def test_optional_values_may_be_null() -> None:
    assert build(House, {'name': 'a', 'rooms': None}).rooms is None


@pytest.mark.parametrize(
    ('tree', 'message'),
    [
        ([], 'expected a mapping, got a list'),
        (None, 'expected a mapping, got nothing'),
        ({}, 'name: missing'),
        ({'name': 3}, 'name: expected a string, quote it, got 3'),
        ({'name': 'a', 'lit': 1}, 'lit: expected true or false, got 1'),
        ({'name': 'a', 'level': True}, 'level: expected one of: 1, 2; got true'),
        ({'name': 'a', 'size': [True, 1.0]}, 'size.0: expected an integer, got true'),
        ({'name': 'a', 'size': [1]}, 'size: expected a list of 2, got 1'),
        ({'name': 'a', 'rooms': {'x': 'y'}}, "rooms.x: expected an integer, got 'y'"),
        ({'name': 'a', 'rooms': 3}, 'rooms: expected a mapping, got 3'),
        (
            {'name': 'a', 'colour': 'bleu'},
            "colour: expected one of: red, blue; got 'bleu'; did you mean 'blue'?",
        ),
        (
            {'name': 'a', 'device': []},
            'device: unknown key; allowed: name, devices, rooms, size, colour, lit, level; '
            "did you mean 'devices'?",
        ),
        ({'name': 'a', 'devices': ['x']}, "devices.0: expected a mapping, got 'x'"),
        ({'name': 'a', 'devices': [{}]}, 'devices.0.kind: missing, expected one of: fan, lamp'),
        (
            {'name': 'a', 'devices': [{'kind': 'lamb'}]},
            "devices.0.kind: expected one of: lamp, fan; got 'lamb'; did you mean 'lamp'?",
        ),
        (
            {'name': 'a', 'devices': [{'kind': 'fan', 'speed': -1}]},
            'devices.0.speed: expected at least 0, got -1',
        ),
    ],
)
def test_each_misfit_has_its_exact_message(tree: Any, message: str) -> None:
    assert errors_of(tree) == [message]


def test_all_problems_are_reported_in_one_pass() -> None:
    assert errors_of({'nam': 'a', 'size': [1], 'devices': [{'kind': 'fan', 'speed': -1}]}) == [
        'nam: unknown key; allowed: name, devices, rooms, size, colour, lit, level; '
        "did you mean 'name'?",
        'name: missing',
        'devices.0.speed: expected at least 0, got -1',
        'size: expected a list of 2, got 1',
    ]


def test_the_path_of_the_file_leads() -> None:
    with pytest.raises(ConfigError, match=r'^cell\.house\.name: missing$'):
        build(House, {}, 'cell.house')


def test_a_type_that_is_not_supported_is_a_bug_of_the_caller() -> None:
    @dataclass
    class Odd:
        x: complex

    with pytest.raises(TypeError, match='does not support'):
        build(Odd, {'x': 1})

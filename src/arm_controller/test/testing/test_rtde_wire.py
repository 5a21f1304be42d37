# SPDX-License-Identifier: Apache-2.0
import struct

import pytest

from arm_controller.testing.rtde_wire import PackageType
from arm_controller.testing.rtde_wire import Recipe
from arm_controller.testing.rtde_wire import pack
from arm_controller.testing.rtde_wire import take_package
from arm_controller.testing.rtde_wire import type_of


def test_a_package_is_size_type_and_payload_in_big_endian() -> None:
    assert pack(PackageType.REQUEST_PROTOCOL_VERSION, b'\x00\x02') == b'\x00\x05V\x00\x02'


def test_packages_are_cut_off_a_stream_as_they_complete() -> None:
    stream = pack(PackageType.START) + pack(PackageType.DATA, b'\x01abc')
    buffer = bytearray()
    taken = []
    for byte in stream:
        buffer.append(byte)
        package = take_package(buffer)
        if package is not None:
            taken.append(package)
    assert taken == [(PackageType.START, b''), (PackageType.DATA, b'\x01abc')]
    assert not buffer


def test_what_is_no_package_is_refused() -> None:
    with pytest.raises(ValueError, match='expected a size of at least 3, got 1'):
        take_package(bytearray(b'\x00\x01U'))


@pytest.mark.parametrize(('field', 'kind'), [
    ('timestamp', 'DOUBLE'), ('actual_q', 'VECTOR6D'), ('output_int_register_7', 'INT32'),
    ('input_double_register_23', 'DOUBLE'), ('input_bit_register_64', 'BOOL'),
    ('nonsense', 'NOT_FOUND'), ('input_double_register_', 'NOT_FOUND'),
])
def test_fields_have_the_types_of_the_guide(field: str, kind: str) -> None:
    assert type_of(field) == kind


def test_a_recipe_packs_its_fields_in_order_after_its_number() -> None:
    recipe = Recipe.parse(3, b'timestamp,actual_q,robot_mode')
    assert recipe.answer() == b'\x03DOUBLE,VECTOR6D,INT32'
    values = {'robot_mode': 7, 'timestamp': 1.5, 'actual_q': (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)}
    payload = recipe.pack(values)
    assert payload == b'\x03' + struct.pack('>d6di', 1.5, 1, 2, 3, 4, 5, 6, 7)
    assert recipe.unpack(payload) == values


def test_a_field_without_a_value_is_zero() -> None:
    recipe = Recipe(1, ['actual_qd', 'runtime_state'])
    assert recipe.unpack(recipe.pack({})) == {'actual_qd': (0.0,) * 6, 'runtime_state': 0}

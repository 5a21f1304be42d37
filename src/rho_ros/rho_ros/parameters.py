# SPDX-License-Identifier: Apache-2.0
"""ROS parameters declared once, from a frozen dataclass.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Parameters:
        rate_hz: float = field(default=50.0, metadata=param('tick rate [Hz]', minimum=1.0))

A field without a default is a parameter that must be given.
"""

import math
from collections.abc import Mapping
from dataclasses import MISSING
from dataclasses import Field
from dataclasses import dataclass
from dataclasses import fields
from typing import Any
from typing import TypeVar
from typing import get_type_hints

from rcl_interfaces.msg import FloatingPointRange
from rcl_interfaces.msg import IntegerRange
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.exceptions import InvalidParameterTypeException
from rclpy.exceptions import InvalidParameterValueException
from rclpy.exceptions import ParameterUninitializedException
from rclpy.node import Node
from rclpy.parameter import Parameter

from rho_core.errors import ConfigError

ParametersT = TypeVar('ParametersT')

_METADATA_KEY = 'rho_ros.parameter'
_INT64_MAX = 2**63 - 1

_TYPES: Mapping[Any, tuple[Parameter.Type, str]] = {
    bool: (Parameter.Type.BOOL, 'true or false'),
    int: (Parameter.Type.INTEGER, 'a whole number'),
    float: (Parameter.Type.DOUBLE, 'a number with a decimal point, like 1.0'),
    str: (Parameter.Type.STRING, 'a string'),
    tuple[str, ...]: (Parameter.Type.STRING_ARRAY, 'a list of strings'),
    tuple[int, ...]: (Parameter.Type.INTEGER_ARRAY, 'a list of whole numbers'),
    tuple[float, ...]: (Parameter.Type.DOUBLE_ARRAY, 'a list of numbers with decimal points'),
    tuple[bool, ...]: (Parameter.Type.BOOL_ARRAY, 'a list of true and false'),
}


class ParameterError(ConfigError):
    """A parameter of a node has a value that it cannot have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """What is allowed for one parameter."""

    text: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    read_only: bool = False


def param(
    text: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    read_only: bool = False,
) -> dict[str, Any]:
    """Makes the metadata of a field that is a parameter.

    Args:
        text: description for people, with the unit.
        minimum: smallest value allowed, for each element of a list.
        maximum: largest value allowed, for each element of a list.
        choices: strings allowed, empty for any.
        read_only: the value never changes after the node has started.
    """
    rule = _Rule(
        text=text, minimum=minimum, maximum=maximum, choices=choices, read_only=read_only
    )
    return {_METADATA_KEY: rule}


def declare(node: Node, parameters_type: type[ParametersT]) -> ParametersT:
    """Declares the fields of a dataclass as parameters of the node and reads them.

    Args:
        node: node that gets the parameters.
        parameters_type: dataclass whose fields are made with `param`.

    Returns:
        An instance with the values given at start or set since.

    Raises:
        ParameterError: a value has the wrong type, lies outside its range or is missing.
    """
    hints = get_type_hints(parameters_type)
    for item in _fields(parameters_type):
        if node.has_parameter(item.name):
            continue
        declared_type, expected = _type_of(item, hints[item.name])
        default = declared_type if _has_no_value(item.default) else _plain(item.default)
        try:
            node.declare_parameter(item.name, default, _descriptor(item, hints[item.name]))
        except (InvalidParameterTypeException, InvalidParameterValueException) as error:
            rule = _rule_of(item)
            raise ParameterError(
                f"parameter '{item.name}' of {node.get_name()} ({rule.text}): "
                f'expected {expected}{_range_text(rule)}; {error}'
            ) from error
    return read(node, parameters_type)


def read(node: Node, parameters_type: type[ParametersT]) -> ParametersT:
    """Reads parameters that have been declared.

    Raises:
        ParameterError: a value lies outside its range or is missing.
    """
    values: dict[str, Any] = {}
    for item in _fields(parameters_type):
        try:
            value = node.get_parameter(item.name).value
        except ParameterUninitializedException:
            value = None
        if value is None:
            if item.default is MISSING:
                raise ParameterError(
                    f"parameter '{item.name}' of {node.get_name()} ({_rule_of(item).text}): "
                    f'it has no default, start the node with -p {item.name}:=VALUE'
                )
            value = item.default
        if not isinstance(value, (bool, int, float, str)):
            value = tuple(value)
        _check(node.get_name(), item, value)
        values[item.name] = value
    return parameters_type(**values)


def _check(node_name: str, item: 'Field[Any]', value: Any) -> None:
    rule = _rule_of(item)
    for element in value if isinstance(value, tuple) else (value,):
        if isinstance(element, float) and not math.isfinite(element):
            problem = 'expected a finite number'
        elif rule.minimum is not None and element < rule.minimum:
            problem = f'expected at least {rule.minimum}'
        elif rule.maximum is not None and element > rule.maximum:
            problem = f'expected at most {rule.maximum}'
        elif rule.choices and element not in rule.choices:
            problem = f'expected one of {", ".join(rule.choices)}'
        else:
            continue
        raise ParameterError(
            f"parameter '{item.name}' of {node_name} ({rule.text}): {problem}, got {element!r}"
        )


def _fields(parameters_type: type[Any]) -> 'tuple[Field[Any], ...]':
    return fields(parameters_type)


def _rule_of(item: 'Field[Any]') -> _Rule:
    rule = item.metadata.get(_METADATA_KEY)
    if not isinstance(rule, _Rule):
        raise TypeError(f"field '{item.name}': expected metadata=param('description', ...)")
    return rule


def _type_of(item: 'Field[Any]', hint: Any) -> tuple[Parameter.Type, str]:
    if hint not in _TYPES:
        raise TypeError(
            f"field '{item.name}': expected one of {', '.join(map(str, _TYPES))}, got {hint}"
        )
    return _TYPES[hint]


def _has_no_value(default: Any) -> bool:
    # rclpy takes an empty list for a list of bytes, so it is declared by its type alone.
    return default is MISSING or default == ()


def _plain(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) else default


def _range_text(rule: _Rule) -> str:
    parts = []
    if rule.minimum is not None:
        parts.append(f'at least {rule.minimum}')
    if rule.maximum is not None:
        parts.append(f'at most {rule.maximum}')
    if rule.choices:
        parts.append(f'one of {", ".join(rule.choices)}')
    return ', ' + ', '.join(parts) if parts else ''


def _descriptor(item: 'Field[Any]', hint: Any) -> ParameterDescriptor:
    rule = _rule_of(item)
    descriptor = ParameterDescriptor(
        name=item.name,
        description=rule.text,
        additional_constraints=_range_text(rule).lstrip(', '),
        read_only=rule.read_only,
    )
    if rule.minimum is None and rule.maximum is None:
        return descriptor
    if hint is int:
        descriptor.integer_range = [
            IntegerRange(
                from_value=-_INT64_MAX if rule.minimum is None else math.ceil(rule.minimum),
                to_value=_INT64_MAX if rule.maximum is None else math.floor(rule.maximum),
                step=0,
            )
        ]
    elif hint is float:
        descriptor.floating_point_range = [
            FloatingPointRange(
                from_value=-math.inf if rule.minimum is None else float(rule.minimum),
                to_value=math.inf if rule.maximum is None else float(rule.maximum),
                step=0.0,
            )
        ]
    return descriptor

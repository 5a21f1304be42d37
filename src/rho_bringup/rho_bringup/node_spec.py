# SPDX-License-Identifier: Apache-2.0
"""One node to start, as data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from types import MappingProxyType

from rho_core.errors import ConfigError

Scalar = bool | int | float | str
ParameterValue = Scalar | tuple[Scalar, ...]

_NAME = re.compile(r'[A-Za-z][A-Za-z0-9_]*')
_NAMESPACE = re.compile(r'(/?[A-Za-z][A-Za-z0-9_]*)(/[A-Za-z][A-Za-z0-9_]*)*|')


def _checked_value(owner: str, key: str, value: ParameterValue) -> ParameterValue:
    if isinstance(value, Scalar):
        return value
    if not isinstance(value, tuple):
        raise ConfigError(f'{owner}: parameter {key!r} has type {type(value).__name__}, '
                          'expected bool, int, float, str or a tuple of one of them')
    if not value:
        raise ConfigError(f'{owner}: parameter {key!r} is empty; ROS cannot tell the type of an '
                          'empty list, leave the parameter out')
    if len({type(item) for item in value}) != 1 or not isinstance(value[0], Scalar):
        raise ConfigError(f'{owner}: parameter {key!r} mixes types in one list: {value!r}')
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSpec:
    """One node to start: which program, under which name, with which parameters.

    Attributes:
        package: Package that installs the program.
        executable: Name of the program in the package's `lib` folder.
        name: Node name.
        namespace: Namespace of the node, empty for the root.
        parameters: Values by parameter name.
        remappings: Pairs (name in the node, name in the graph).
        lifecycle: Whether the node has managed states.
        shares_memory: Whether messages may go through memory that it shares with other processes;
            there its writes wait for locks that the other ones hold.
    """

    package: str
    executable: str
    name: str
    namespace: str = ''
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    remappings: tuple[tuple[str, str], ...] = ()
    lifecycle: bool = True
    shares_memory: bool = True

    def __post_init__(self) -> None:
        for what in ('package', 'executable', 'name'):
            value = getattr(self, what)
            if not _NAME.fullmatch(value):
                raise ConfigError(f'node {what} {value!r}: expected letters, digits and "_", '
                                  'starting with a letter')
        if not _NAMESPACE.fullmatch(self.namespace):
            raise ConfigError(f'{self.name}: namespace {self.namespace!r} is not a ROS namespace '
                              'such as "cell_a"')
        checked = {key: _checked_value(self.name, key, value)
                   for key, value in self.parameters.items()}
        object.__setattr__(self, 'parameters', MappingProxyType(checked))

    @property
    def full_name(self) -> str:
        """Absolute node name."""
        namespace = self.namespace.strip('/')
        return f'/{namespace}/{self.name}' if namespace else f'/{self.name}'

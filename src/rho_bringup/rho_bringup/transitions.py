# SPDX-License-Identifier: Apache-2.0
"""The steps of bring-up and shutdown, as data."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from rho_core.errors import ConfigError


class Transition(enum.Enum):
    """A lifecycle transition: (label of the transition, state before, state after)."""

    CONFIGURE = ('configure', 'unconfigured', 'inactive')
    ACTIVATE = ('activate', 'inactive', 'active')
    DEACTIVATE = ('deactivate', 'active', 'inactive')

    @property
    def label(self) -> str:
        """Name of the transition in the graph."""
        return self.value[0]

    @property
    def before(self) -> str:
        """State in which the transition is possible."""
        return self.value[1]

    @property
    def after(self) -> str:
        """State that the transition leads to."""
        return self.value[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One transition of one node."""

    node: str
    transition: Transition


def bring_up_steps(nodes: Sequence[str]) -> tuple[Step, ...]:
    """Return the steps that bring nodes up: configure all in order, then activate all."""
    _check(nodes)
    return tuple(
        Step(node=node, transition=transition)
        for transition in (Transition.CONFIGURE, Transition.ACTIVATE)
        for node in nodes
    )


def shut_down_steps(nodes: Sequence[str]) -> tuple[Step, ...]:
    """Return the steps that stop nodes, given the order in which they stop."""
    _check(nodes)
    return tuple(Step(node=node, transition=Transition.DEACTIVATE) for node in nodes)


def _check(nodes: Sequence[str]) -> None:
    repeated = sorted({node for node in nodes if nodes.count(node) > 1})
    if not nodes or repeated:
        raise ConfigError(f'expected a list of different nodes, repeated: {repeated or "none"}',
                          'nodes')

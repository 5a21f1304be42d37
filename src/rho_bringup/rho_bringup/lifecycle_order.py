# SPDX-License-Identifier: Apache-2.0
"""In which order nodes come up and go down, as data."""

from collections.abc import Iterable

from rho_bringup.node_spec import NodeSpec

BRING_UP = (
    'watchdog_node',
    'geometry_guard_node',
    'sim_node',
    'tactile_driver_node',
    'policy_node',
    'arm_controller_node',
)
"""Executables in bring-up order: who watches, who senses, who plans, who moves."""

STOPPED_FIRST = 'arm_controller_node'
"""Executable whose nodes go down before all others: arms come to rest while all is still alive."""


def bring_up_order(specs: Iterable[NodeSpec]) -> tuple[str, ...]:
    """Return the names of the managed nodes, the one that comes up first leads.

    Nodes of an executable that the order does not name come up last.
    """
    managed = [spec for spec in specs if spec.lifecycle]
    rank = {executable: index for index, executable in enumerate(BRING_UP)}
    ranked = sorted(managed, key=lambda spec: rank.get(spec.executable, len(rank)))
    return tuple(spec.name for spec in ranked)


def shut_down_order(specs: Iterable[NodeSpec]) -> tuple[str, ...]:
    """Return the names of the managed nodes, the one that goes down first leads."""
    managed = [spec for spec in specs if spec.lifecycle]
    movers = tuple(spec.name for spec in managed if spec.executable == STOPPED_FIRST)
    others = tuple(name for name in reversed(bring_up_order(managed)) if name not in movers)
    return movers + others

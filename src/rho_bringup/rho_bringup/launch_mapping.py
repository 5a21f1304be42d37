# SPDX-License-Identifier: Apache-2.0
"""Turns node specs into launch actions. Knows launch_ros only through the classes it is given."""

from collections.abc import Callable
from collections.abc import Iterable
from typing import Any

from rho_bringup.node_spec import NodeSpec

ActionClass = Callable[..., Any]


def node_actions(
    specs: Iterable[NodeSpec],
    *,
    node_class: ActionClass,
    lifecycle_node_class: ActionClass,
    **common: Any,
) -> list[Any]:
    """Return one launch action per spec.

    Args:
        specs: What to start.
        node_class: `launch_ros.actions.Node` or a stand-in.
        lifecycle_node_class: `launch_ros.actions.LifecycleNode` or a stand-in.
        common: Further arguments of every action.
    """
    return [
        (lifecycle_node_class if spec.lifecycle else node_class)(**node_arguments(spec), **common)
        for spec in specs
    ]


def node_arguments(spec: NodeSpec) -> dict[str, Any]:
    """Return the arguments with which launch_ros starts a spec."""
    parameters = {key: list(value) if isinstance(value, tuple) else value
                  for key, value in spec.parameters.items()}
    return {
        'package': spec.package,
        'executable': spec.executable,
        'name': spec.name,
        'namespace': f'/{spec.namespace.strip("/")}',
        'parameters': [parameters] if parameters else [],
        'remappings': list(spec.remappings),
        'output': 'both',
    }

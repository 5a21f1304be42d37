# SPDX-License-Identifier: Apache-2.0
"""Writes the parameters of one node as the YAML file that ROS programs read."""

from pathlib import Path
from typing import Any

import yaml

from rho_bringup.node_spec import NodeSpec


def params_tree(spec: NodeSpec) -> dict[str, Any]:
    """Return the tree of a parameter file for one node."""
    values = {key: list(value) if isinstance(value, tuple) else value
              for key, value in spec.parameters.items()}
    return {spec.full_name: {'ros__parameters': values}}


def write_params_file(spec: NodeSpec, folder: Path) -> Path | None:
    """Write the parameters of a node and return the file, or None without parameters."""
    if not spec.parameters:
        return None
    path = folder / f'{spec.full_name.strip("/").replace("/", ".")}.yaml'
    path.write_text(yaml.safe_dump(params_tree(spec), sort_keys=False), encoding='utf-8')
    return path

# SPDX-License-Identifier: Apache-2.0
"""A small cell for tests: two planar arms on a table that can reach each other.

Each arm has a shoulder and an elbow that turn about the vertical, two links of 0.3 m, and stands
0.5 m from the other one on the y axis. At zero both point along x, side by side.
"""

from __future__ import annotations

from rho_core.geometry.cell import CellGeometry
from rho_core.geometry.cell import parse_cell_geometry

SHOULDER_Y_M = 0.25
LINK_M = 0.3
RADIUS_M = 0.04
HEIGHT_M = 0.1


def _arm(name: str, y: float) -> str:
    identity = '[[1, 0, 0], [0, 1, 0], [0, 0, 1]]'
    shape = f'{{start: [0, 0, 0], end: [{LINK_M}, 0, 0], radius_m: {RADIUS_M}}}'
    return f"""
  {name}:
    joints: [{name}_shoulder, {name}_elbow]
    links:
      - {{name: {name}_base, parent: '', position: [0, {y}, 0], rotation: {identity}}}
      - {{name: {name}_upper_arm, parent: {name}_base, position: [0, 0, {HEIGHT_M}],
         rotation: {identity}, motion: turn, joint: {name}_shoulder, capsules: [{shape}]}}
      - {{name: {name}_forearm, parent: {name}_upper_arm, position: [{LINK_M}, 0, 0],
         rotation: {identity}, motion: turn, joint: {name}_elbow, capsules: [{shape}]}}
    tip_link: {name}_forearm
    tip: [{LINK_M}, 0, 0]
"""


GEOMETRY = f"""
arms:{_arm('left', SHOULDER_Y_M)}{_arm('right', -SHOULDER_Y_M)}
arm_to_arm_m: 0.02
arm_to_self_m: 0.01
half_spaces:
  - {{name: table, normal: [0, 0, 1], offset_m: 0.0, distance_m: 0.01}}
keep_out_boxes:
  - {{name: post, center: [-0.5, 0, 0.2], half: [0.05, 0.3, 0.2]}}
workspace: {{lower: [-1, -1, -0.1], upper: [1, 1, 1]}}
"""


def small_cell() -> CellGeometry:
    """Return the cell as a value."""
    return parse_cell_geometry(GEOMETRY)

# SPDX-License-Identifier: Apache-2.0
"""The cell as the geometry guard sees it: links with capsules and the distances to keep."""

import math
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

from rho_description.cell import Arm
from rho_description.cell import CellDescription
from rho_description.cell import Shape
from rho_description.load import cell
from rho_description.transforms import Array
from rho_description.transforms import pose
from rho_description.transforms import rotation_z


def safety_geometry(
    description: CellDescription | None = None, arms: Sequence[str] | None = None
) -> dict[str, Any]:
    """Return what the guard needs to know, as a plain tree.

    Shapes become capsules that contain them; names get the prefix of their arm. What `safety.yaml`
    says is passed on: the guard's own reader refuses what does not fit.

    Args:
        description: the cell, by default the default cell.
        arms: names of the arms that are there, by default all.
    """
    description = description or cell()
    names = tuple(description.arms) if arms is None else tuple(arms)
    rules = _rules()
    touching = _prefixed(rules['touching']['links'], names)
    return {
        'arms': {name: _arm(description.arm(name), description, rules) for name in names},
        'arm_to_arm_m': rules['arm_to_arm_m'],
        'arm_to_self_m': rules['arm_to_self_m'],
        'touching': {'links': touching, 'depth_m': rules['touching']['depth_m']},
        'half_spaces': [
            {'name': name, **one, 'ignored': _prefixed(one['ignored'], names)}
            for name, one in rules['half_spaces'].items()
        ],
        'keep_out_boxes': [
            {'name': name, **one} for name, one in rules['keep_out_boxes'].items()
        ],
        'workspace': rules['workspace'],
    }


def safety_geometry_text(
    description: CellDescription | None = None, arms: Sequence[str] | None = None
) -> str:
    """Return the same as YAML text of one line, for a parameter of a node."""
    tree = safety_geometry(description, arms)
    text: str = yaml.safe_dump(tree, default_flow_style=True, sort_keys=False, width=1_000_000)
    return text.strip()


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    text = files('rho_description').joinpath('data/safety.yaml').read_text()
    rules: dict[str, Any] = yaml.safe_load(text)
    return rules


def _prefixed(links: list[str], arms: Sequence[str]) -> list[str]:
    return [f'{arm}_{link}' for arm in arms for link in links]


def _arm(arm: Arm, description: CellDescription, rules: dict[str, Any]) -> dict[str, Any]:
    base, inertia = arm.base_frame, f'{arm.name}_base_link_inertia'
    links = [
        _link(base, '', arm.base_pose),
        _link(inertia, base, pose(rotation_z(np.pi), np.zeros(3)), description.base_shapes),
    ]
    parent = inertia
    for joint, name in zip(description.joints, arm.joint_names[:-1], strict=True):
        link = f'{arm.name}_{joint.link}'
        links.append(_link(link, parent, joint.origin, joint.shapes, motion='turn', joint=name))
        parent = link
    gripper = description.gripper
    tool = f'{arm.name}_tool0'
    links.append(_link(tool, parent, np.eye(4), gripper.hand_shapes))
    for side, sign in (('a', 1.0), ('b', -1.0)):
        shapes = (*gripper.finger_shapes, gripper.skin)
        if sign < 0.0:
            shapes = tuple(shape.mirrored() for shape in shapes)
        links.append(_link(
            f'{arm.name}_finger_{side}', tool, pose(np.eye(3), gripper.finger_origin), shapes,
            motion='slide', joint=arm.joint_names[-1], axis=[sign, 0.0, 0.0]))
    return {
        'joints': list(arm.joint_names),
        'links': links,
        'tip_link': tool,
        'tip': list(gripper.tip),
        'self_pairs': [[f'{arm.name}_{a}', f'{arm.name}_{b}'] for a, b in rules['self_pairs']],
    }


def _link(
    name: str, parent: str, transform: Array, shapes: tuple[Shape, ...] = (), **motion: Any
) -> dict[str, Any]:
    return {
        'name': name,
        'parent': parent,
        'position': _rounded(transform[:3, 3]),
        'rotation': [_rounded(row) for row in transform[:3, :3]],
        **motion,
        'capsules': [_capsule(shape) for shape in shapes],
    }


def _capsule(shape: Shape) -> dict[str, Any]:
    """Return a capsule that contains a shape.

    A box gets one along its longest edge. Its ends are drawn in by half the half diagonal w of the
    other two edges, which makes the radius hypot(w, w / 2): the corners lie on it.
    """
    if shape.kind == 'capsule':
        return {'start': list(shape.first), 'end': list(shape.second),
                'radius_m': shape.radius_m}
    half = np.array(shape.second)
    longest = int(np.argmax(half))
    width = math.sqrt(float(half @ half - half[longest] ** 2))
    drawn_in = min(0.5 * width, float(half[longest]))
    along = np.zeros(3)
    along[longest] = half[longest] - drawn_in
    radius_m = math.hypot(width, drawn_in) + 1e-9
    center = np.array(shape.first)
    return {'start': (center - along).tolist(), 'end': (center + along).tolist(),
            'radius_m': radius_m}


def _rounded(values: Array) -> list[float]:
    return [round(float(value), 12) + 0.0 for value in values]

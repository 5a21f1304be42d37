# SPDX-License-Identifier: Apache-2.0
"""Read the cell description; unknown, missing or mistyped keys are errors."""

from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

from rho_description.cell import Arm
from rho_description.cell import Camera
from rho_description.cell import CellDescription
from rho_description.cell import Gripper
from rho_description.cell import Inertial
from rho_description.cell import Joint
from rho_description.cell import Limits
from rho_description.cell import Servo
from rho_description.cell import Shape
from rho_description.errors import DescriptionError
from rho_description.transforms import Array
from rho_description.transforms import optical_rotation
from rho_description.transforms import pose
from rho_description.transforms import rotation_x
from rho_description.transforms import rotation_z

_LIMITS = ('lower', 'upper', 'velocity', 'acceleration', 'jerk', 'effort')


@lru_cache(maxsize=1)
def cell() -> CellDescription:
    """Return the default cell."""
    return load_cell(files('rho_description').joinpath('data/cell.yaml').read_text())


def load_cell(text: str) -> CellDescription:
    """Build a cell description from YAML text.

    Raises:
        DescriptionError: with the dotted path of what is wrong.
    """
    top = _keys(yaml.load(text, _StrictLoader), '', 'name arm gripper fingertip arms cameras')
    arm = _keys(top['arm'], 'arm', 'base_shape joints')
    gripper = _keys(top['gripper'], 'gripper', 'limit servo hand finger tip_z_m')
    rows = [
        _keys(row, f'arm.joints[{i}]', 'name link dh limit inertial servo shape')
        for i, row in enumerate(arm['joints'])
    ]
    limits = _limits([(r['limit'], f'arm.joints.{r["name"]}') for r in rows], gripper['limit'])
    names = [row['name'] for row in rows] + ['gripper_joint']
    return CellDescription(
        name=str(top['name']),
        base_shapes=_shapes(arm['base_shape'], 'arm.base_shape'),
        joints=_joints(rows),
        gripper=_gripper(gripper, top['fingertip']),
        arms={name: _arm(name, tree, names, limits) for name, tree in top['arms'].items()},
        cameras={name: _camera(name, tree) for name, tree in top['cameras'].items()},
    )


class _StrictLoader(yaml.SafeLoader):
    """YAML without doubled keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value]
        for name in names:
            if names.count(name) > 1:
                raise DescriptionError(f'{name}: given twice {node.start_mark}')
        return super().construct_mapping(node, deep)


def _keys(tree: Any, path: str, expected: str) -> dict[str, Any]:
    wanted = expected.split()
    if not isinstance(tree, dict):
        raise DescriptionError(f'{path}: expected a mapping with {wanted}, got {tree!r}')
    wrong = sorted(set(tree) ^ set(wanted))
    if wrong:
        raise DescriptionError(f'{path}.{wrong[0]}: unknown or missing key; expected {wanted}')
    return tree


def _numbers(value: Any, path: str, size: int) -> tuple[float, ...]:
    if not isinstance(value, list) or len(value) != size:
        raise DescriptionError(f'{path}: expected {size} numbers, got {value!r}')
    return tuple(_number(item, path) for item in value)


def _number(value: Any, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise DescriptionError(f'{path}: expected a finite number, got {value!r}')
    return float(value)


def _vector(value: Any, path: str) -> tuple[float, float, float]:
    x, y, z = _numbers(value, path, 3)
    return x, y, z


def _frozen(array: Any) -> Array:
    out = np.array(array, dtype=np.float64)
    out.flags.writeable = False
    return out


def _shape(tree: Any, path: str) -> Shape:
    if isinstance(tree, dict) and 'box' in tree:
        box = _keys(_keys(tree, path, 'box color')['box'], f'{path}.box', 'center half')
        kind, radius_m = 'box', 0.0
        first, second = _vector(box['center'], path), _vector(box['half'], path)
    else:
        capsule = _keys(tree, path, 'capsule color')['capsule']
        _keys(capsule, f'{path}.capsule', 'from to radius_m')
        kind, radius_m = 'capsule', _number(capsule['radius_m'], path)
        first, second = _vector(capsule['from'], path), _vector(capsule['to'], path)
    return Shape(kind=kind, first=first, second=second, radius_m=radius_m, color=tree['color'])


def _shapes(tree: Any, path: str) -> tuple[Shape, ...]:
    return tuple(_shape(item, f'{path}[{i}]') for i, item in enumerate(tree))


def _inertial(tree: Any, path: str) -> Inertial:
    _keys(tree, path, 'mass_kg com diagonal')
    return Inertial(
        mass_kg=_number(tree['mass_kg'], path),
        com=_vector(tree['com'], path),
        diagonal=_vector(tree['diagonal'], path),
    )


def _servo(tree: Any, path: str) -> Servo:
    return Servo(**{k: _number(v, path) for k, v in _keys(
        tree, path, 'stiffness damping armature').items()})


def _limits(rows: list[tuple[Any, str]], gripper: Any) -> Limits:
    trees = [_keys(tree, f'{path}.limit', ' '.join(_LIMITS)) for tree, path in rows]
    trees.append(_keys(gripper, 'gripper.limit', ' '.join(_LIMITS)))
    return Limits(**{
        name: _frozen([_number(tree[name], f'limit.{name}') for tree in trees])
        for name in _LIMITS
    })


def _joints(rows: list[dict[str, Any]]) -> tuple[Joint, ...]:
    joints = []
    before = np.eye(4)
    for row in rows:
        path = f'arm.joints.{row["name"]}'
        dh = {k: _number(v, f'{path}.dh.{k}')
              for k, v in _keys(row['dh'], f'{path}.dh', 'a d alpha').items()}
        # Rz(q) commutes with Tz(d): the joint may sit after d, as in the vendor's URDF.
        joints.append(Joint(
            name=row['name'],
            link=row['link'],
            origin=_frozen(before @ pose(np.eye(3), (0.0, 0.0, dh['d']))),
            inertial=_inertial(row['inertial'], f'{path}.inertial'),
            servo=_servo(row['servo'], f'{path}.servo'),
            shapes=_shapes(row['shape'], f'{path}.shape'),
        ))
        before = pose(rotation_x(dh['alpha']), (dh['a'], 0.0, 0.0))
    return tuple(joints)


def _gripper(tree: dict[str, Any], tip: Any) -> Gripper:
    hand = _keys(tree['hand'], 'gripper.hand', 'inertial shape')
    finger = _keys(tree['finger'], 'gripper.finger', 'origin_z_m inertial shape skin')
    _keys(tip, 'fingertip', 'origin taxel_positions')
    taxels = [_vector(row, 'fingertip.taxel_positions') for row in tip['taxel_positions']]
    return Gripper(
        servo=_servo(tree['servo'], 'gripper.servo'),
        hand_inertial=_inertial(hand['inertial'], 'gripper.hand.inertial'),
        hand_shapes=_shapes(hand['shape'], 'gripper.hand.shape'),
        finger_origin=(0.0, 0.0, _number(finger['origin_z_m'], 'gripper.finger.origin_z_m')),
        finger_inertial=_inertial(finger['inertial'], 'gripper.finger.inertial'),
        finger_shapes=_shapes(finger['shape'], 'gripper.finger.shape'),
        skin=_shape(finger['skin'], 'gripper.finger.skin'),
        fingertip_origin=_vector(tip['origin'], 'fingertip.origin'),
        taxel_positions=_frozen(taxels),
        tip=(0.0, 0.0, _number(tree['tip_z_m'], 'gripper.tip_z_m')),
    )


def _arm(name: str, tree: Any, joints: list[str], limits: Limits) -> Arm:
    path = f'arms.{name}'
    _keys(tree, path, 'base_xyz base_yaw home')
    yaw = _number(tree['base_yaw'], f'{path}.base_yaw')
    return Arm(
        name=name,
        joint_names=tuple(f'{name}_{joint}' for joint in joints),
        limits=limits,
        home=_frozen(_numbers(tree['home'], f'{path}.home', len(joints))),
        base_pose=_frozen(pose(rotation_z(yaw), _vector(tree['base_xyz'], f'{path}.base_xyz'))),
        base_frame=f'{name}_base_link',
        tip_frame=f'{name}_tip',
        fingertips=(f'{name}_fingertip_a', f'{name}_fingertip_b'),
    )


def _camera(name: str, tree: Any) -> Camera:
    path = f'cameras.{name}'
    _keys(tree, path, 'parent position target up width height fovy_deg rate_hz')
    position = _vector(tree['position'], f'{path}.position')
    rotation = optical_rotation(
        position, _vector(tree['target'], f'{path}.target'), _vector(tree['up'], f'{path}.up'))
    return Camera(
        name=name,
        parent=str(tree['parent']),
        parent_from_optical=_frozen(pose(rotation, position)),
        width=int(_number(tree['width'], f'{path}.width')),
        height=int(_number(tree['height'], f'{path}.height')),
        fovy_deg=_number(tree['fovy_deg'], f'{path}.fovy_deg'),
        rate_hz=_number(tree['rate_hz'], f'{path}.rate_hz'),
    )

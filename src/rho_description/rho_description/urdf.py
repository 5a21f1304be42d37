# SPDX-License-Identifier: Apache-2.0
"""URDF of the whole cell with the same joint and frame names as the MJCF."""

from xml.etree import ElementTree as Xml

import numpy as np

from rho_description.cell import Arm
from rho_description.cell import CellDescription
from rho_description.cell import Inertial
from rho_description.cell import Shape
from rho_description.load import cell
from rho_description.mjcf import PALETTE
from rho_description.transforms import Array
from rho_description.transforms import optical_rotation
from rho_description.transforms import pose
from rho_description.transforms import rotation_z
from rho_description.transforms import rpy_from_matrix


def urdf(description: CellDescription | None = None) -> str:
    """Return the URDF text of the cell; its root link is `world`."""
    description = description or cell()
    robot = Xml.Element('robot', name=description.name)
    for color, rgba in PALETTE.items():
        Xml.SubElement(Xml.SubElement(robot, 'material', name=color), 'color', rgba=rgba)
    _link(robot, 'world')
    for arm in description.arms.values():
        _add_arm(robot, arm, description)
    for camera in description.cameras.values():
        _link(robot, camera.optical_frame)
        _fix(robot, camera.parent, camera.optical_frame, camera.parent_from_optical)
    Xml.indent(robot)
    return Xml.tostring(robot, encoding='unicode', xml_declaration=True)


def _add_arm(robot: Xml.Element, arm: Arm, description: CellDescription) -> None:
    parent = f'{arm.name}_base_link_inertia'
    _link(robot, arm.base_frame)
    _fix(robot, 'world', arm.base_frame, arm.base_pose)
    _link(robot, parent, description.base_shapes)
    _fix(robot, arm.base_frame, parent, pose(rotation_z(np.pi), np.zeros(3)))
    for i, joint in enumerate(description.joints):
        child = f'{arm.name}_{joint.link}'
        _link(robot, child, joint.shapes, joint.inertial)
        _move(robot, arm, i, (parent, child), joint.origin)
        parent = child
    _add_gripper(robot, arm, description, parent)


def _add_gripper(
    robot: Xml.Element, arm: Arm, description: CellDescription, wrist: str
) -> None:
    gripper = description.gripper
    tool = f'{arm.name}_tool0'
    _link(robot, tool, gripper.hand_shapes, gripper.hand_inertial)
    _fix(robot, wrist, tool, np.eye(4))
    _link(robot, arm.tip_frame)
    _fix(robot, tool, arm.tip_frame, description.tool_from_tip())
    origin = pose(np.eye(3), gripper.finger_origin)
    for side, sign, sensor in zip('ab', (1, -1), arm.fingertips, strict=True):
        finger = f'{arm.name}_finger_{side}'
        shapes = (*gripper.finger_shapes, gripper.skin)
        if sign < 0:
            shapes = tuple(shape.mirrored() for shape in shapes)
        _link(robot, finger, shapes, gripper.finger_inertial)
        joint = _move(robot, arm, 6, (tool, finger), origin, (sign, 0, 0))
        if sign < 0:
            joint.set('name', f'{arm.name}_gripper_mirror_joint')
            Xml.SubElement(joint, 'mimic', joint=arm.joint_names[6], multiplier='1', offset='0')
        x, y, z = gripper.fingertip_origin
        _link(robot, sensor)
        _fix(robot, finger, sensor, pose(np.eye(3), (sign * x, y, z)))


def _link(
    robot: Xml.Element,
    name: str,
    shapes: tuple[Shape, ...] = (),
    inertial: Inertial | None = None,
) -> None:
    link = Xml.SubElement(robot, 'link', name=name)
    if inertial is not None:
        tree = Xml.SubElement(link, 'inertial')
        Xml.SubElement(tree, 'origin', xyz=_text(inertial.com), rpy='0 0 0')
        Xml.SubElement(tree, 'mass', value=_text([inertial.mass_kg]))
        ixx, iyy, izz = (_text([value]) for value in inertial.diagonal)
        Xml.SubElement(
            tree, 'inertia', ixx=ixx, iyy=iyy, izz=izz, ixy='0', ixz='0', iyz='0')
    for shape in shapes:
        for role in ('visual', 'collision'):
            tree = Xml.SubElement(link, role)
            _add_shape(tree, shape)
            if role == 'visual':
                Xml.SubElement(tree, 'material', name=shape.color)


def _add_shape(tree: Xml.Element, shape: Shape) -> None:
    if shape.kind == 'box':
        _origin(tree, pose(np.eye(3), shape.first))
        geometry = Xml.SubElement(tree, 'geometry')
        Xml.SubElement(geometry, 'box', size=_text(2.0 * np.array(shape.second)))
        return
    first, second = np.array(shape.first), np.array(shape.second)
    along = second - first
    # URDF has no capsule: a cylinder with the capsule's whole length stands in.
    up = np.eye(3)[int(np.argmin(np.abs(along)))]
    _origin(tree, pose(optical_rotation(first, second, up), (first + second) / 2.0))
    length = float(np.linalg.norm(along)) + 2.0 * shape.radius_m
    geometry = Xml.SubElement(tree, 'geometry')
    Xml.SubElement(geometry, 'cylinder', radius=_text([shape.radius_m]), length=_text([length]))


def _fix(robot: Xml.Element, parent: str, child: str, transform: Array) -> None:
    joint = Xml.SubElement(robot, 'joint', name=f'{child}_fixed', type='fixed')
    Xml.SubElement(joint, 'parent', link=parent)
    Xml.SubElement(joint, 'child', link=child)
    _origin(joint, transform)


def _move(
    robot: Xml.Element,
    arm: Arm,
    index: int,
    links: tuple[str, str],
    transform: Array,
    axis: tuple[int, int, int] = (0, 0, 1),
) -> Xml.Element:
    kind = 'revolute' if index < 6 else 'prismatic'
    joint = Xml.SubElement(robot, 'joint', name=arm.joint_names[index], type=kind)
    Xml.SubElement(joint, 'parent', link=links[0])
    Xml.SubElement(joint, 'child', link=links[1])
    _origin(joint, transform)
    Xml.SubElement(joint, 'axis', xyz=_text(axis))
    limits = arm.limits
    Xml.SubElement(
        joint,
        'limit',
        lower=_text([limits.lower[index]]),
        upper=_text([limits.upper[index]]),
        velocity=_text([limits.velocity[index]]),
        effort=_text([limits.effort[index]]),
    )
    return joint


def _origin(parent: Xml.Element, transform: Array) -> None:
    Xml.SubElement(
        parent,
        'origin',
        xyz=_text(transform[:3, 3]),
        rpy=_text(rpy_from_matrix(transform[:3, :3])),
    )


def _text(values: object) -> str:
    return ' '.join(f'{v:.12g}' for v in np.asarray(values, dtype=np.float64))

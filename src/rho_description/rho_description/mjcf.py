# SPDX-License-Identifier: Apache-2.0
"""MJCF of the arms: links, grippers, skins, cameras and position servos."""

from xml.etree import ElementTree as Xml

import numpy as np

from rho_description.cell import Arm
from rho_description.cell import Camera
from rho_description.cell import CellDescription
from rho_description.cell import Inertial
from rho_description.cell import Servo
from rho_description.cell import Shape
from rho_description.load import cell
from rho_description.transforms import Array
from rho_description.transforms import pose
from rho_description.transforms import quaternion_from_matrix
from rho_description.transforms import rotation_z

PALETTE = {
    'light': '0.78 0.80 0.82 1',
    'blue': '0.35 0.48 0.62 1',
    'dark': '0.16 0.17 0.19 1',
    'skin': '0.10 0.10 0.11 1',
}
# Bits of contype: an arm meets the other arm and the world, never itself.
WORLD_BIT = 1 << 15


def mjcf_arms(description: CellDescription | None = None) -> str:
    """Return an MJCF model that holds the arms and the cameras alone."""
    return Xml.tostring(mjcf_tree(description), encoding='unicode')


def mjcf_tree(description: CellDescription | None = None) -> Xml.Element:
    """Return the MJCF model of the arms as a tree to which a scene may be added."""
    description = description or cell()
    root = Xml.Element('mujoco', model=description.name)
    Xml.SubElement(root, 'compiler', angle='radian', autolimits='true')
    world = Xml.SubElement(root, 'worldbody')
    actuators = Xml.SubElement(root, 'actuator')
    equalities = Xml.SubElement(root, 'equality')
    for index, arm in enumerate(description.arms.values()):
        _add_arm(world, arm, description, bit=1 << index)
        _add_servos(actuators, arm, description)
        Xml.SubElement(
            equalities,
            'joint',
            name=f'{arm.name}_gripper_mirror',
            joint1=f'{arm.name}_gripper_mirror_joint',
            joint2=f'{arm.name}_gripper_joint',
            polycoef='0 1 0 0 0',
        )
    frames = {body.get('name'): body for body in root.iter('body')}
    for camera in description.cameras.values():
        _add_camera(frames.get(camera.parent, world), camera)
    return root


def _add_arm(world: Xml.Element, arm: Arm, description: CellDescription, bit: int) -> None:
    body = _body(world, arm.base_frame, arm.base_pose)
    body = _body(body, f'{arm.name}_base_link_inertia', pose(rotation_z(np.pi), np.zeros(3)))
    _add_shapes(body, description.base_shapes, bit)
    for joint, name, i in zip(description.joints, arm.joint_names[:6], range(6), strict=True):
        body = _body(body, f'{arm.name}_{joint.link}', joint.origin, joint.inertial)
        _add_joint(body, name, (0, 0, 1), arm, i, joint.servo)
        _add_shapes(body, joint.shapes, bit)
    _add_gripper(body, arm, description, bit)


def _add_gripper(wrist: Xml.Element, arm: Arm, description: CellDescription, bit: int) -> None:
    gripper = description.gripper
    tool = _body(wrist, f'{arm.name}_tool0', np.eye(4), gripper.hand_inertial)
    _add_shapes(tool, gripper.hand_shapes, bit)
    Xml.SubElement(
        tool, 'site', name=arm.tip_frame, pos=_text(gripper.tip), size='0.002', group='4')
    origin = pose(np.eye(3), gripper.finger_origin)
    for side, sign, sensor in zip('ab', (1, -1), arm.fingertips, strict=True):
        finger = _body(tool, f'{arm.name}_finger_{side}', origin, gripper.finger_inertial)
        name = arm.joint_names[6] if sign > 0 else f'{arm.name}_gripper_mirror_joint'
        _add_joint(finger, name, (sign, 0, 0), arm, 6, gripper.servo)
        shapes = gripper.finger_shapes if sign > 0 else tuple(
            s.mirrored() for s in gripper.finger_shapes)
        _add_shapes(finger, shapes, bit)
        skin = gripper.skin if sign > 0 else gripper.skin.mirrored()
        _add_shapes(finger, (skin,), bit, name=f'{sensor}_skin')
        x, y, z = gripper.fingertip_origin
        Xml.SubElement(
            finger, 'site', name=sensor, pos=_text((sign * x, y, z)), size='0.001', group='4')


def _add_servos(actuators: Xml.Element, arm: Arm, description: CellDescription) -> None:
    servos = [joint.servo for joint in description.joints] + [description.gripper.servo]
    for i, (name, servo) in enumerate(zip(arm.joint_names, servos, strict=True)):
        effort = arm.limits.effort[i]
        Xml.SubElement(
            actuators,
            'position',
            name=name,
            joint=name,
            kp=_text([servo.stiffness]),
            kv=_text([servo.damping]),
            forcerange=_text([-effort, effort]),
            ctrlrange=_text([arm.limits.lower[i], arm.limits.upper[i]]),
        )


def _body(
    parent: Xml.Element,
    name: str,
    transform: Array,
    inertial: Inertial | None = None,
) -> Xml.Element:
    body = Xml.SubElement(
        parent,
        'body',
        name=name,
        pos=_text(transform[:3, 3]),
        quat=_text(quaternion_from_matrix(transform[:3, :3])),
        gravcomp='1',
    )
    if inertial is not None:
        Xml.SubElement(
            body,
            'inertial',
            mass=_text([inertial.mass_kg]),
            pos=_text(inertial.com),
            diaginertia=_text(inertial.diagonal),
        )
    return body


def _add_joint(
    body: Xml.Element,
    name: str,
    axis: tuple[int, int, int],
    arm: Arm,
    index: int,
    servo: Servo,
) -> None:
    Xml.SubElement(
        body,
        'joint',
        name=name,
        type='hinge' if index < 6 else 'slide',
        axis=_text(axis),
        range=_text([arm.limits.lower[index], arm.limits.upper[index]]),
        armature=_text([servo.armature]),
    )


def _add_shapes(body: Xml.Element, shapes: tuple[Shape, ...], bit: int, name: str = '') -> None:
    for shape in shapes:
        geom = Xml.SubElement(
            body,
            'geom',
            type=shape.kind,
            rgba=PALETTE[shape.color],
            contype=str(bit),
            conaffinity=str(0xFFFF & ~bit),
        )
        if name:
            geom.set('name', name)
        if shape.kind == 'capsule':
            geom.set('fromto', _text((*shape.first, *shape.second)))
            geom.set('size', _text([shape.radius_m]))
        else:
            geom.set('pos', _text(shape.first))
            geom.set('size', _text(shape.second))


def _add_camera(parent: Xml.Element, camera: Camera) -> None:
    rotation = camera.parent_from_optical[:3, :3] @ np.diag([1.0, -1.0, -1.0])
    Xml.SubElement(
        parent,
        'camera',
        name=camera.name,
        pos=_text(camera.parent_from_optical[:3, 3]),
        quat=_text(quaternion_from_matrix(rotation)),
        fovy=_text([camera.fovy_deg]),
    )


def _text(values: object) -> str:
    return ' '.join(f'{v:.12g}' for v in np.asarray(values, dtype=np.float64))

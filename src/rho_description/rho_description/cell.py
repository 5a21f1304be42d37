# SPDX-License-Identifier: Apache-2.0
"""The cell as validated value types."""

from dataclasses import dataclass
from dataclasses import field

import numpy as np

from rho_description.errors import DescriptionError
from rho_description.transforms import Array
from rho_description.transforms import pose


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A primitive in a link frame: a capsule (start, end, radius) or a box (center, half)."""

    kind: str  # 'capsule' or 'box'
    first: tuple[float, float, float]  # capsule: start; box: center [m]
    second: tuple[float, float, float]  # capsule: end; box: half extents [m]
    radius_m: float
    color: str

    def mirrored(self) -> 'Shape':
        """Return the mirror image in the plane x = 0."""
        (ax, ay, az), (bx, by, bz) = self.first, self.second
        second = (-bx, by, bz) if self.kind == 'capsule' else self.second
        return Shape(
            kind=self.kind,
            first=(-ax, ay, az),
            second=second,
            radius_m=self.radius_m,
            color=self.color,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Inertial:
    """Mass properties of a link in its frame."""

    mass_kg: float
    com: tuple[float, float, float]  # [m]
    diagonal: tuple[float, float, float]  # about the centre of mass [kg m^2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Servo:
    """Simulated position servo of a joint; damping / stiffness is its lag [s]."""

    stiffness: float  # [Nm/rad] or [N/m]
    damping: float  # [Nm s/rad] or [N s/m]
    armature: float  # reflected inertia [kg m^2] or [kg]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of joints, arrays of shape (J,), read-only. Units: rad, or m for the gripper."""

    lower: Array
    upper: Array
    velocity: Array
    acceleration: Array
    jerk: Array
    effort: Array  # [Nm] or [N]

    def __post_init__(self) -> None:
        """Refuse what no joint can have."""
        if not np.all(self.lower < self.upper):
            raise DescriptionError('limit.lower: expected every lower < upper')
        for name in ('velocity', 'acceleration', 'jerk', 'effort'):
            if not np.all(getattr(self, name) > 0.0):
                raise DescriptionError(f'limit.{name}: expected values > 0')


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """One revolute joint of the arm model with the link it moves. Names carry no arm prefix."""

    name: str
    link: str
    origin: Array  # parent link from joint frame at zero, (4, 4)
    inertial: Inertial
    servo: Servo
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gripper:
    """Parallel gripper: finger a moves along +x of tool0, its mirror finger b along -x."""

    servo: Servo
    hand_inertial: Inertial
    hand_shapes: tuple[Shape, ...]
    finger_origin: tuple[float, float, float]  # in tool0 [m]
    finger_inertial: Inertial
    finger_shapes: tuple[Shape, ...]
    skin: Shape
    fingertip_origin: tuple[float, float, float]  # of frame <sensor>, in the finger [m]
    taxel_positions: Array  # in frame <sensor> of finger a [m], (5, 3)
    tip: tuple[float, float, float]  # of the tip frame in tool0 [m]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One arm of the cell."""

    name: str
    joint_names: tuple[str, ...]  # six arm joints, then the gripper joint
    limits: Limits  # (7,)
    home: Array  # (7,)
    base_pose: Array  # world from <arm>_base_link, (4, 4)
    base_frame: str
    tip_frame: str
    fingertips: tuple[str, str]  # sensors of finger a and of the mirror finger b


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """One camera of the cell; its frame is <name>_optical_frame."""

    name: str
    parent: str  # frame it is fixed to
    parent_from_optical: Array  # (4, 4)
    width: int
    height: int
    fovy_deg: float
    rate_hz: float

    @property
    def optical_frame(self) -> str:
        """Frame with x right, y down, z forward."""
        return f'{self.name}_optical_frame'

    @property
    def focal_px(self) -> float:
        """Focal length, the same in x and y [px]."""
        return float(0.5 * self.height / np.tan(np.deg2rad(self.fovy_deg) / 2.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class CellDescription:
    """Everything that is fixed in the cell."""

    name: str
    base_shapes: tuple[Shape, ...]
    joints: tuple[Joint, ...]  # of the arm model, without prefix
    gripper: Gripper
    arms: dict[str, Arm]
    cameras: dict[str, Camera]
    joint_names: tuple[str, ...] = field(init=False)  # left arm first, (14,)
    fingertips: tuple[str, ...] = field(init=False)
    home: Array = field(init=False)  # (14,)
    limits: Limits = field(init=False)  # (14,)

    def __post_init__(self) -> None:
        """Derive what concerns all arms."""
        arms = tuple(self.arms.values())
        stacked = {
            name: np.concatenate([getattr(arm.limits, name) for arm in arms])
            for name in ('lower', 'upper', 'velocity', 'acceleration', 'jerk', 'effort')
        }
        home = np.concatenate([arm.home for arm in arms])
        for array in (*stacked.values(), home):
            array.flags.writeable = False
        if np.any(home < stacked['lower']) or np.any(home > stacked['upper']):
            raise DescriptionError('arms.<arm>.home: expected positions within the limits')
        set_field = object.__setattr__
        set_field(self, 'joint_names', tuple(n for arm in arms for n in arm.joint_names))
        set_field(self, 'fingertips', tuple(n for arm in arms for n in arm.fingertips))
        set_field(self, 'home', home)
        set_field(self, 'limits', Limits(**stacked))

    def arm(self, name: str) -> Arm:
        """Return an arm by name."""
        if name not in self.arms:
            raise DescriptionError(f'arm {name!r}: this cell has {", ".join(self.arms)}')
        return self.arms[name]

    def camera(self, name: str) -> Camera:
        """Return a camera by name."""
        if name not in self.cameras:
            raise DescriptionError(f'camera {name!r}: this cell has {", ".join(self.cameras)}')
        return self.cameras[name]

    def tool_from_tip(self) -> Array:
        """Return the pose of the tip frame in tool0, (4, 4)."""
        return pose(np.eye(3), self.gripper.tip)

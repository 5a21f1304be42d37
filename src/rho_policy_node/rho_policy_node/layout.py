# SPDX-License-Identifier: Apache-2.0
"""Which joints belong to which arm."""

from __future__ import annotations

from collections.abc import Sequence

from rho_core.errors import ConfigError

ArmLayout = dict[str, tuple[str, ...]]


def arm_layout(
    arms: Sequence[str], joints: Sequence[str], joints_per_arm: Sequence[int]
) -> ArmLayout:
    """Splits the joints of the cell into those of its arms.

    Args:
        arms: Names of the arms.
        joints: Joints of all arms, arm by arm.
        joints_per_arm: How many belong to each arm.

    Raises:
        ConfigError: If names repeat or the numbers do not add up.
    """
    for name, values in (('arms', arms), ('joints', joints)):
        if not values or len(set(values)) != len(values):
            raise ConfigError(f'expected different names, got {list(values)}', name)
    if len(joints_per_arm) != len(arms) or any(count < 1 for count in joints_per_arm):
        raise ConfigError(
            'expected a positive number for each of '
            f'{", ".join(arms)}, got {list(joints_per_arm)}',
            'joints_per_arm',
        )
    if sum(joints_per_arm) != len(joints):
        raise ConfigError(
            f'expected numbers that add up to {len(joints)} joints, got {list(joints_per_arm)}',
            'joints_per_arm',
        )
    layout: ArmLayout = {}
    start = 0
    for arm, count in zip(arms, joints_per_arm, strict=True):
        layout[arm] = tuple(joints[start : start + count])
        start += count
    return layout

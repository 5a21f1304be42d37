# SPDX-License-Identifier: Apache-2.0
"""What a cell offers to a policy, by name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CellNames:
    """Names and sizes that inputs of a graph are compared with.

    Attributes:
        embodiment: Name of the cell.
        joints: All joints, arm by arm.
        cameras: Names of the cameras.
        sensors: Names of the touch sensors.
        taxels: Taxels and channels of each touch sensor.
    """

    embodiment: str
    joints: tuple[str, ...]
    cameras: tuple[str, ...]
    sensors: tuple[str, ...]
    taxels: tuple[int, int] = (5, 3)

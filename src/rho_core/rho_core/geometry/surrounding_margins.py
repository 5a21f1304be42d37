# SPDX-License-Identifier: Apache-2.0
"""By how much links keep their distances to what stands around them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rho_core.geometry.cell import CellGeometry
from rho_core.geometry.distances import segments_to_box
from rho_core.geometry.distances import segments_to_half_space
from rho_core.geometry.link_tree import LinkTree
from rho_core.geometry.surroundings import HalfSpace
from rho_core.geometry.surroundings import KeepOutBox

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


class SurroundingMargins:
    """Margins between links and what stands around them, and of tips in the workspace.

    Attributes:
        links: name of the link that each margin is about.
    """

    def __init__(self, tree: LinkTree, cell: CellGeometry, arms: Sequence[str]) -> None:
        """Set what is checked against what.

        Args:
            tree: links of the arms; its further points are their tips, in order.
            cell: what stands around them.
            arms: names of the arms.
        """
        self._tree = tree
        self._names: list[str] = []
        self.links: list[str] = []
        self._planes = [self._plane(one, cell) for one in cell.half_spaces]
        self._boxes = [self._box(one, cell) for one in cell.keep_out_boxes]
        self._lower = np.array(cell.workspace.lower)[:, None, None]
        self._upper = np.array(cell.workspace.upper)[:, None, None]
        self._names += [f'{arm} tip - workspace' for arm in arms]
        self.links += [cell.arm(arm).tip_link for arm in arms]

    def name(self, index: int) -> str:
        """Return what meets."""
        return self._names[index]

    def margins(self, points: Array) -> Array:
        """Return the margins for points as `LinkTree.points` returns them, shape (N, M) [m]."""
        starts, ends = self._tree.segments(points)
        parts = []
        for rows, normal, offset_m, keep in self._planes:
            heights = segments_to_half_space(starts[..., rows], ends[..., rows], normal, offset_m)
            parts.append(heights - keep)
        for rows, turn, center, half, keep in self._boxes:
            first, second = (
                np.asarray(np.tensordot(turn, one[..., rows] - center, 1), dtype=np.float64)
                for one in (starts, ends))
            parts.append(segments_to_box(first, second, half) - keep)
        tips = self._tree.tips(points)
        parts.append(np.minimum(tips - self._lower, self._upper - tips).min(axis=0))
        return np.concatenate(parts, axis=1)

    def _plane(self, one: HalfSpace, cell: CellGeometry) -> tuple[Indices, Array, float, Array]:
        touching = cell.touching
        names = self._tree.link_names
        rows = [i for i, name in enumerate(names) if name not in one.ignored]
        keep = [self._tree.radii_m[i] + (
            -touching.depth_m if names[i] in touching.links else one.distance_m) for i in rows]
        self._names += [f'{names[i]} - {one.name}' for i in rows]
        self.links += [names[i] for i in rows]
        return np.array(rows, dtype=np.intp), np.array(one.normal), one.offset_m, np.array(keep)

    def _box(
        self, one: KeepOutBox, cell: CellGeometry
    ) -> tuple[Indices, Array, Array, Array, Array]:
        names = self._tree.link_names
        rows = [i for i, name in enumerate(names) if name not in cell.touching.links]
        self._names += [f'{names[i]} - {one.name}' for i in rows]
        self.links += [names[i] for i in rows]
        cosine, sine = np.cos(one.yaw_rad), np.sin(one.yaw_rad)
        turn = np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
        keep = self._tree.radii_m[rows] + one.distance_m
        center = np.array(one.center)[:, None, None]
        return np.array(rows, dtype=np.intp), turn, center, np.array(one.half), keep

# SPDX-License-Identifier: Apache-2.0
"""By how much pairs of capsules keep their distances."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rho_core.geometry.arm import ArmGeometry
from rho_core.geometry.cell import CellGeometry
from rho_core.geometry.distances import segments_apart
from rho_core.geometry.link_tree import LinkTree

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


class PairMargins:
    """Margins between capsules: distance of the surfaces minus the distance to keep.

    Attributes:
        first: capsule of each pair.
        second: the other capsule.
        links: name of the first capsule's link.
    """

    def __init__(self, tree: LinkTree, pairs: Sequence[tuple[int, int, float]]) -> None:
        """Set the pairs.

        Args:
            tree: whose capsules are meant.
            pairs: two capsules each and the distance that they keep [m].
        """
        self._tree = tree
        self.first: Indices = np.array([pair[0] for pair in pairs], dtype=np.intp)
        self.second: Indices = np.array([pair[1] for pair in pairs], dtype=np.intp)
        self.links = [tree.link_names[pair[0]] for pair in pairs]
        self._keep = np.array([
            tree.radii_m[first] + tree.radii_m[second] + distance_m
            for first, second, distance_m in pairs])

    def __len__(self) -> int:
        return len(self._keep)

    def name(self, index: int) -> str:
        """Return what meets in a pair."""
        names = self._tree.link_names
        return f'{names[self.first[index]]} - {names[self.second[index]]}'

    def margins(self, points: Array) -> Array:
        """Return the margins for points as `LinkTree.points` returns them, shape (N, P) [m]."""
        starts, ends = self._tree.segments(points)
        distances = segments_apart(
            starts[..., self.first], ends[..., self.first],
            starts[..., self.second], ends[..., self.second])
        return np.asarray(distances - self._keep)


def link_tree(arms: Sequence[ArmGeometry]) -> LinkTree:
    """Return the tree of some arms; its further points are their tips."""
    return LinkTree(
        [joint for arm in arms for joint in arm.joints],
        [link for arm in arms for link in arm.links],
        [(arm.tip_link, np.array(arm.tip)) for arm in arms],
    )


def self_pairs(tree: LinkTree, cell: CellGeometry, arms: Sequence[str]) -> PairMargins:
    """Return the margins of arms to themselves."""
    of_link: dict[str, list[int]] = {}
    for i, name in enumerate(tree.link_names):
        of_link.setdefault(name, []).append(i)
    pairs = [
        (first, second, cell.arm_to_self_m)
        for arm in arms
        for one, other in cell.arm(arm).self_pairs
        for first in of_link.get(one, [])
        for second in of_link.get(other, [])
    ]
    return PairMargins(tree, pairs)


def arm_pairs(tree: LinkTree, cell: CellGeometry, arms: Sequence[str]) -> PairMargins:
    """Return the margins of arms to each other; two links that may touch keep less than 0."""
    owner = {link.name: arm for arm in arms for link in cell.arm(arm).links}
    touching = cell.touching
    names = tree.link_names
    pairs = []
    for first, one in enumerate(names):
        for second in range(first + 1, len(names)):
            other = names[second]
            if owner[one] == owner[other]:
                continue
            is_wanted = one in touching.links and other in touching.links
            pairs.append((first, second,
                          -touching.depth_m if is_wanted else cell.arm_to_arm_m))
    return PairMargins(tree, pairs)

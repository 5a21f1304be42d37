# SPDX-License-Identifier: Apache-2.0
"""Where links and capsules are, for many joint positions at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rho_core.geometry.link import Link

Array = NDArray[np.float64]


class LinkTree:
    """Forward kinematics of one or several arms, vectorised over samples.

    Fixed links are merged into what carries them. The frame of a moving link is that of its parent
    times M(q) = O R(axis, q), with Rodrigues' formula M = A0 + sin(q) A1 + cos(q) A2, A0 = O (I +
    K^2), A1 = O K, A2 = -O K^2 and K the cross product matrix of the axis. Links of the same depth
    are computed together.

    Attributes:
        link_names: name of the link of each capsule, shape (C,).
        radii_m: radius of each capsule, shape (C,).
    """

    def __init__(
        self, joints: Sequence[str], links: Sequence[Link], points: Sequence[tuple[str, Array]]
    ) -> None:
        """Precompute what does not depend on the joints.

        Args:
            joints: names, order of the positions.
            links: each after its parent.
            points: further points, e.g. tips: link and position in it [m].
        """
        index = {name: i for i, name in enumerate(joints)}
        # Per merged frame: index 0 is the world.
        parents, rotations, offsets, turns, slides, columns = [], [], [], [], [], []
        frames: dict[str, tuple[int, Array, Array]] = {'': (0, np.eye(3), np.zeros(3))}
        for link in links:
            frame, rotation, position = frames[link.parent]
            position = position + rotation @ np.array(link.position)
            rotation = rotation @ np.array(link.rotation)
            if link.motion != 'fixed':
                parents.append(frame)
                rotations.append(rotation)
                offsets.append(position)
                axis = np.array(link.axis)
                turns.append(axis if link.motion == 'turn' else np.zeros(3))
                slides.append(rotation @ axis if link.motion == 'slide' else np.zeros(3))
                columns.append(index[link.joint])
                frame, rotation, position = len(parents), np.eye(3), np.zeros(3)
            frames[link.name] = (frame, rotation, position)
        self._columns = np.array(columns, dtype=np.intp)
        self._offsets = np.array(offsets).reshape(-1, 3)
        self._slides = np.array(slides).reshape(-1, 3)
        cross = np.array([_cross_matrix(axis) for axis in turns]).reshape(-1, 3, 3)
        square = cross @ cross
        turned = np.array(rotations).reshape(-1, 3, 3)
        self._constant = turned @ (np.eye(3) + square)
        self._sine = turned @ cross
        self._cosine = -turned @ square
        self._levels = _levels(parents)
        self._frames = len(parents) + 1
        self._place(links, points, frames)

    def _place(
        self,
        links: Sequence[Link],
        points: Sequence[tuple[str, Array]],
        frames: dict[str, tuple[int, Array, Array]],
    ) -> None:
        """Attach capsule ends and points to the merged frames."""
        shapes = [(link.name, capsule) for link in links for capsule in link.capsules]
        self.link_names = tuple(name for name, _ in shapes)
        self.radii_m: Array = np.array([capsule.radius_m for _, capsule in shapes])
        placed = [(name, np.array(capsule.start)) for name, capsule in shapes]
        placed += [(name, np.array(capsule.end)) for name, capsule in shapes]
        placed += [(name, np.array(point)) for name, point in points]
        self._point_frames = np.array([frames[name][0] for name, _ in placed], dtype=np.intp)
        self._points: Array = np.array(
            [frames[name][2] + frames[name][1] @ point for name, point in placed])[..., None]

    @property
    def capsules(self) -> int:
        """Number of capsules C."""
        return len(self.link_names)

    def segments(self, points: Array) -> tuple[Array, Array]:
        """Return starts and ends of the capsules out of points, shape (3, N, C) each [m]."""
        count = self.capsules
        return points[..., :count], points[..., count:2 * count]

    def tips(self, points: Array) -> Array:
        """Return the further points out of points, shape (3, N, P) [m]."""
        return points[..., 2 * self.capsules:]

    def points(self, positions: Array) -> Array:
        """Return the capsules' starts, their ends, and the further points, in the world.

        Args:
            positions: of the joints, shape (N, J) [rad, m].

        Returns:
            Shape (3, N, 2 C + P) [m].
        """
        samples = positions.shape[0]
        values = positions[:, self._columns]
        local = (
            self._constant
            + np.sin(values)[..., None, None] * self._sine
            + np.cos(values)[..., None, None] * self._cosine
        )
        offsets = self._offsets + values[..., None] * self._slides
        turned = np.empty((samples, self._frames, 3, 3))
        moved = np.empty((samples, self._frames, 3))
        turned[:, 0] = np.eye(3)
        moved[:, 0] = 0.0
        for rows, parents in self._levels:
            carrier = turned[:, parents]
            turned[:, rows + 1] = carrier @ local[:, rows]
            moved[:, rows + 1] = moved[:, parents] + (
                carrier @ offsets[:, rows, :, None])[..., 0]
        out = (turned[:, self._point_frames] @ self._points)[..., 0]
        out += moved[:, self._point_frames]
        return np.ascontiguousarray(np.moveaxis(out, -1, 0))


def _levels(parents: Sequence[int]) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Return rows and parents of the frames at each depth; frame 0 is the world."""
    depths = [0]
    for parent in parents:
        depths.append(depths[parent] + 1)
    levels = []
    for depth in range(1, max(depths) + 1):
        rows = [i for i in range(len(parents)) if depths[i + 1] == depth]
        levels.append((np.array(rows, dtype=np.intp),
                       np.array([parents[i] for i in rows], dtype=np.intp)))
    return levels


def _cross_matrix(axis: Array) -> Array:
    x, y, z = axis
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])

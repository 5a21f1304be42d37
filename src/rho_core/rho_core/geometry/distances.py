# SPDX-License-Identifier: Apache-2.0
"""Closed forms for distances of segments, vectorised. Arrays have the coordinate first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Segments shorter than 0.1 um count as points, [m^2].
_POINT = 1e-14


def segments_apart(start_a: Array, end_a: Array, start_b: Array, end_b: Array) -> Array:
    """Return the distances of segments to segments.

    The closest points of two lines, clamped to the segments one after the other (Ericson,
    Real-Time Collision Detection, 5.1.9): with d1, d2 along the segments, r between their starts,
    a = d1 d1, b = d1 d2, c = d1 r, e = d2 d2, f = d2 r, the point on the first segment is at
    s = (b f - c e) / (a e - b^2), that on the second at t = (b s + f) / e, clamped to [0, 1], and
    then that on the first at s = (b t - c) / a.

    Args:
        start_a: shape (3, ...) [m].
        end_a: shape (3, ...) [m].
        start_b: shape (3, ...) [m].
        end_b: shape (3, ...) [m].

    Returns:
        Shape (...) [m].
    """
    along_a = end_a - start_a
    along_b = end_b - start_b
    between = start_a - start_b
    a = np.maximum(_dot(along_a, along_a), _POINT)
    b = _dot(along_a, along_b)
    c = _dot(along_a, between)
    e = np.maximum(_dot(along_b, along_b), _POINT)
    f = _dot(along_b, between)
    square = np.maximum(a * e - b * b, _POINT * _POINT)
    s = _unit((b * f - c * e) / square)
    t = _unit((b * s + f) / e)
    s = _unit((b * t - c) / a)
    gap = between
    gap += s * along_a
    gap -= t * along_b
    return np.sqrt(_dot(gap, gap))


def segments_to_half_space(start: Array, end: Array, normal: Array, offset_m: float) -> Array:
    """Return how far segments are from a plane, negative behind it.

    Args:
        start: shape (3, ...) [m].
        end: shape (3, ...) [m].
        normal: shape (3,), of length 1.
        offset_m: of the plane from the origin.

    Returns:
        Shape (...) [m].
    """
    heights = np.minimum(np.tensordot(normal, start, 1), np.tensordot(normal, end, 1))
    return np.asarray(heights - offset_m)


def segments_to_box(start: Array, end: Array, half: Array) -> Array:
    """Return the distances of segments to a box around the origin, 0 inside.

    The square of the distance is convex along the segment and quadratic between the (at most six)
    places where a coordinate passes a face. Its derivative therefore grows and is linear between
    them: the place of its zero follows from the two places around it.

    Args:
        start: in the frame of the box, shape (3, ...) [m].
        end: in the frame of the box, shape (3, ...) [m].
        half: half extents of the box, shape (3,) [m].

    Returns:
        Shape (...) [m].
    """
    shape = start.shape[1:]
    start, along = start.reshape(3, -1), (end - start).reshape(3, -1)
    bounds = half[:, None]
    slope = np.where(np.abs(along) < 1e-12, 1e-12, along)
    places = np.empty((8, start.shape[1]))
    places[0] = 0.0
    places[1] = 1.0
    places[2:5] = _unit((-bounds - start) / slope)
    places[5:8] = _unit((bounds - start) / slope)
    places.sort(axis=0)
    derivative = _derivative(places, start, along, bounds)
    after = np.clip((derivative < 0.0).sum(axis=0), 1, 7)
    columns = np.arange(start.shape[1])
    low, high = derivative[after - 1, columns], derivative[after, columns]
    share = np.where(high > low, -low / np.where(high > low, high - low, 1.0), 0.0)
    left, right = places[after - 1, columns], places[after, columns]
    place = left + _unit(share) * (right - left)
    point = start + place * along
    gap = point - np.clip(point, -bounds, bounds)
    return np.asarray(np.sqrt(_dot(gap, gap)).reshape(shape))


def _derivative(places: Array, start: Array, along: Array, bounds: Array) -> Array:
    """Return half the derivative of the squared distance at places on segments, shape (8, M)."""
    points = start[:, None] + places * along[:, None]
    outside = points - np.clip(points, -bounds[:, None], bounds[:, None])
    return np.asarray(np.einsum('ikm,im->km', outside, along))


def _dot(a: Array, b: Array) -> Array:
    return np.asarray(np.einsum('i...,i...->...', a, b))


def _unit(values: Array) -> Array:
    """Clip to [0, 1], without the overhead of np.clip."""
    return np.asarray(np.minimum(np.maximum(values, 0.0), 1.0))

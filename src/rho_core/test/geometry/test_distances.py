# SPDX-License-Identifier: Apache-2.0
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rho_core.geometry.distances import segments_apart
from rho_core.geometry.distances import segments_to_box
from rho_core.geometry.distances import segments_to_half_space

Array = NDArray[np.float64]
coordinates = st.floats(-2.0, 2.0, allow_nan=False).map(lambda x: round(x, 3))
points = st.tuples(coordinates, coordinates, coordinates).map(np.array)
SHARES = np.linspace(0.0, 1.0, 201)[:, None]


def column(point: Array) -> Array:
    return np.array(point, dtype=np.float64)[:, None]


def along(start: Array, end: Array) -> Array:
    return start + SHARES * (end - start)


@given(points, points, points, points)
def test_segments_are_as_far_apart_as_their_closest_points(
    a: Array, b: Array, c: Array, d: Array
) -> None:
    got = segments_apart(*(column(point) for point in (a, b, c, d)))[0]
    apart = along(a, b)[:, None] - along(c, d)[None]
    sampled = np.sqrt((apart**2).sum(axis=-1)).min()
    step = (np.linalg.norm(b - a) + np.linalg.norm(d - c)) / 400.0
    assert got <= sampled + 1e-9
    assert got >= sampled - step - 1e-9


@given(points, points, points, points)
def test_the_order_of_segments_and_ends_does_not_matter(
    a: Array, b: Array, c: Array, d: Array
) -> None:
    first = segments_apart(*(column(point) for point in (a, b, c, d)))[0]
    second = segments_apart(*(column(point) for point in (d, c, b, a)))[0]
    assert abs(first - second) < 1e-6


def test_parallel_and_single_point_segments_have_distances_too() -> None:
    origin, x, y = np.zeros(3), np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    starts = np.stack((origin, origin, origin), axis=1)
    ends = np.stack((x, x, origin), axis=1)
    other = np.stack((y, y + 3.0 * x, 2.0 * y), axis=1)
    other_end = np.stack((y + x, y + 4.0 * x, 2.0 * y), axis=1)
    assert np.allclose(segments_apart(starts, ends, other, other_end), (1.0, 5.0**0.5, 2.0))


@given(points, points)
def test_a_box_is_as_far_as_its_closest_point(a: Array, b: Array) -> None:
    half = np.array([0.3, 0.5, 0.9])
    got = segments_to_box(column(a), column(b), half)[0]
    on_segment = along(a, b)
    gaps = on_segment - np.clip(on_segment, -half, half)
    sampled = np.sqrt((gaps**2).sum(axis=1)).min()
    assert got <= sampled + 1e-9
    assert got >= sampled - np.linalg.norm(b - a) / 400.0 - 1e-9


def test_a_segment_through_a_box_has_no_distance() -> None:
    half = np.array([0.1, 0.1, 0.1])
    start, end = column(np.array([-1.0, 0.0, 0.0])), column(np.array([1.0, 0.05, 0.0]))
    assert segments_to_box(start, end, half)[0] == 0.0


def test_distances_keep_the_shape_of_their_input() -> None:
    one = np.random.default_rng(0).normal(size=(3, 4, 5))
    assert segments_apart(one, one + 1.0, one + 3.0, one + 4.0).shape == (4, 5)
    assert segments_to_box(one, one + 1.0, np.ones(3)).shape == (4, 5)
    assert segments_to_half_space(one, one + 1.0, np.array([0.0, 0.0, 1.0]), 0.1).shape == (4, 5)


def test_behind_a_plane_the_distance_is_negative() -> None:
    up = np.array([0.0, 0.0, 1.0])
    start, end = column(np.array([0.0, 0.0, 0.5])), column(np.array([5.0, 0.0, -0.2]))
    assert np.isclose(segments_to_half_space(start, end, up, 0.1)[0], -0.3)

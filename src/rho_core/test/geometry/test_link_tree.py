# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np

from rho_core.geometry.link import Link
from rho_core.geometry.link_tree import LinkTree
from rho_core.geometry.pair_margins import link_tree
from rho_core.geometry.testing import HEIGHT_M
from rho_core.geometry.testing import LINK_M
from rho_core.geometry.testing import SHOULDER_Y_M
from rho_core.geometry.testing import small_cell

IDENTITY = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def test_a_planar_arm_is_where_trigonometry_says() -> None:
    tree = link_tree([small_cell().arm('left')])
    shoulder, elbow = 0.4, -1.1
    points = tree.points(np.array([[shoulder, elbow], [0.0, 0.0]]))
    x = LINK_M * (math.cos(shoulder) + math.cos(shoulder + elbow))
    y = SHOULDER_Y_M + LINK_M * (math.sin(shoulder) + math.sin(shoulder + elbow))
    assert np.allclose(tree.tips(points)[:, 0, 0], (x, y, HEIGHT_M))
    assert np.allclose(tree.tips(points)[:, 1, 0], (2 * LINK_M, SHOULDER_Y_M, HEIGHT_M))
    starts, ends = tree.segments(points)
    assert starts.shape == ends.shape == (3, 2, 2)
    assert np.allclose(ends[:, :, 0], starts[:, :, 1])


def test_several_arms_move_independently() -> None:
    cell = small_cell()
    tree = link_tree([cell.arm('left'), cell.arm('right')])
    moved = tree.tips(tree.points(np.array([[0.3, 0.2, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])))
    assert not np.allclose(moved[:, 0, 0], moved[:, 1, 0])
    assert np.allclose(moved[:, 0, 1], moved[:, 1, 1])


def test_slides_and_fixed_links_carry_what_hangs_on_them() -> None:
    quarter = ((0.0, -1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0))  # x becomes y
    links = [
        Link(name='base', parent='', position=(1.0, 0.0, 0.0), rotation=quarter),
        Link(name='rail', parent='base', position=(0.0, 0.0, 0.5), rotation=IDENTITY,
             motion='slide', joint='x', axis=(1.0, 0.0, 0.0)),
        Link(name='mirror', parent='base', position=(0.0, 0.0, 0.5), rotation=IDENTITY,
             motion='slide', joint='x', axis=(-1.0, 0.0, 0.0)),
        Link(name='plate', parent='rail', position=(0.0, 0.0, 0.1), rotation=quarter),
    ]
    origin = np.zeros(3)
    tree = LinkTree(['x'], links, [('plate', np.array([0.2, 0.0, 0.0])), ('mirror', origin)])
    points = tree.tips(tree.points(np.array([[0.3]])))
    assert np.allclose(points[:, 0, 0], (0.8, 0.3, 0.6))
    assert np.allclose(points[:, 0, 1], (1.0, -0.3, 0.5))


def test_an_oblique_axis_turns_as_its_rotation_vector_says() -> None:
    axis = np.array([1.0, 2.0, -2.0]) / 3.0
    link = Link(name='a', parent='', position=(0.0, 0.0, 0.0), rotation=IDENTITY, motion='turn',
                joint='q', axis=(axis[0], axis[1], axis[2]))
    point = np.array([0.3, -0.1, 0.7])
    tree = LinkTree(['q'], [link], [('a', point)])
    angle = 0.9
    turned = (point * math.cos(angle) + np.cross(axis, point) * math.sin(angle)
              + axis * (axis @ point) * (1.0 - math.cos(angle)))
    assert np.allclose(tree.tips(tree.points(np.array([[angle]])))[:, 0, 0], turned)

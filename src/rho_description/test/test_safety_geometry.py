# SPDX-License-Identifier: Apache-2.0
import math
from typing import Any

import mujoco
import numpy as np
import pytest
import yaml

from rho_description import cell
from rho_description import mjcf_arms
from rho_description import safety_geometry
from rho_description import safety_geometry_text

TREE = safety_geometry()
MODEL = mujoco.MjModel.from_xml_string(mjcf_arms())


def links(arm: str = 'left') -> dict[str, dict[str, Any]]:
    return {link['name']: link for link in TREE['arms'][arm]['links']}


def distance(point: np.ndarray, capsule: dict[str, Any]) -> float:
    start, end = np.array(capsule['start']), np.array(capsule['end'])
    along = end - start
    share = np.clip((point - start) @ along / max(along @ along, 1e-12), 0.0, 1.0)
    return float(np.linalg.norm(point - start - share * along)) - capsule['radius_m']


def test_the_text_says_the_same_on_one_line() -> None:
    text = safety_geometry_text()
    assert yaml.safe_load(text) == TREE
    assert '\n' not in text


def test_all_joints_and_links_are_there() -> None:
    for name, arm in cell().arms.items():
        tree = TREE['arms'][name]
        assert tree['joints'] == list(arm.joint_names)
        moving = {link['joint'] for link in tree['links'] if 'joint' in link}
        assert moving == set(arm.joint_names)
        assert tree['tip_link'] == f'{name}_tool0'


@pytest.mark.parametrize('arm', ['left', 'right'])
def test_capsules_contain_the_shapes_of_the_simulated_links(arm: str) -> None:
    for name, link in links(arm).items():
        body = MODEL.body(name).id
        geoms = [i for i in range(MODEL.ngeom) if MODEL.geom_bodyid[i] == body]
        assert len(geoms) == len(link['capsules'])
        for geom, capsule in zip(geoms, link['capsules'], strict=True):
            rotation = np.empty(9)
            mujoco.mju_quat2Mat(rotation, MODEL.geom_quat[geom])
            rotation = rotation.reshape(3, 3)
            size = MODEL.geom_size[geom]
            if MODEL.geom_type[geom] == mujoco.mjtGeom.mjGEOM_BOX:
                corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
                outermost = corners * size
            else:
                outermost = np.array([[0, 0, size[1]], [0, 0, -size[1]]])
                assert size[0] <= capsule['radius_m'] + 1e-9
                capsule = {**capsule, 'radius_m': 1e-6}
            for point in outermost:
                at = MODEL.geom_pos[geom] + rotation @ point
                assert distance(at, capsule) <= 1e-6, (name, geom)


def test_a_capsule_around_a_box_is_not_much_larger() -> None:
    for link in ('left_tool0', 'left_finger_a'):
        for capsule in links()[link]['capsules']:
            assert capsule['radius_m'] < 0.062


def test_pairs_of_an_arm_name_links_of_that_arm_that_are_not_neighbours() -> None:
    for name, tree in TREE['arms'].items():
        parents = {link['name']: link['parent'] for link in tree['links']}
        for first, second in tree['self_pairs']:
            assert first.startswith(name)
            assert {first, second} <= set(parents)
            assert parents[first] != second
            assert parents[second] != first


def test_only_the_arms_that_are_there_are_described() -> None:
    tree = safety_geometry(arms=('right',))
    assert list(tree['arms']) == ['right']
    assert all(link.startswith('right_') for link in tree['touching']['links'])
    assert all(link.startswith('right_')
               for plane in tree['half_spaces'] for link in plane['ignored'])


def test_the_box_of_the_busybox_contains_every_place_it_may_have() -> None:
    box = next(one for one in TREE['keep_out_boxes'] if one['name'] == 'busybox')
    half_x, half_y, shift, yaw = 0.10, 0.15, 0.06, math.radians(30.0)
    # The extents of a turned rectangle, largest at one end of the range of angles or inside it.
    angles = np.linspace(0.0, yaw, 100)
    x = (half_x * np.cos(angles) + half_y * np.sin(angles)).max() + shift
    y = (half_x * np.sin(angles) + half_y * np.cos(angles)).max() + shift
    assert box['half'][0] >= x
    assert box['half'][1] >= y

# SPDX-License-Identifier: Apache-2.0
import pytest

from rho_core.errors import ConfigError
from rho_core.geometry.cell import parse_cell_geometry
from rho_core.geometry.testing import GEOMETRY


def test_the_text_of_a_cell_becomes_its_geometry() -> None:
    cell = parse_cell_geometry(GEOMETRY)
    assert list(cell.arms) == ['left', 'right']
    assert cell.arm('left').joints == ('left_shoulder', 'left_elbow')
    assert cell.keep_out_boxes[0].name == 'post'


@pytest.mark.parametrize(
    ('old', 'new', 'message'),
    [
        ('arm_to_arm_m: 0.02', 'arm_to_arm: 0.02', r'arm_to_arm: unknown key.*arm_to_arm_m'),
        ('arm_to_arm_m: 0.02', 'arm_to_arm_m: -0.02', r'arm_to_arm_m: expected >= 0'),
        ('radius_m: 0.04', 'radius_m: 0', r'radius_m: expected > 0'),
        ('parent: left_upper_arm', 'parent: left_uper_arm',
         r"links\.2\.parent: .*did you mean 'left_upper_arm'"),
        ('joint: left_elbow', 'joint: left_knee', r"links\.2\.joint: expected one of"),
        ('joint: left_elbow', "joint: ''", r'expected a name exactly when the link moves'),
        ('tip_link: left_forearm', 'tip_link: left_hand', r"tip_link: expected a link"),
        ('name: left_forearm', 'name: left_base', r"links\.2\.name: expected a name of its own"),
        ('name: right_forearm', 'name: left_forearm', r'arms'),
        ('normal: [0, 0, 1]', 'normal: [0, 0, 2]', r'normal: expected a normal of length 1'),
        ('half: [0.05, 0.3, 0.2]', 'half: [0.05, -0.3, 0.2]', r'half: expected positive'),
        ('lower: [-1, -1, -0.1]', 'lower: [2, -1, -0.1]', r'workspace.lower: expected lower'),
        ('distance_m: 0.01', 'distance_m: 0.01, ignored: [lamp]', r"ignored: expected a link"),
    ],
)
def test_a_wrong_text_is_refused_with_the_path(old: str, new: str, message: str) -> None:
    assert old in GEOMETRY
    with pytest.raises(ConfigError, match=message):
        parse_cell_geometry(GEOMETRY.replace(old, new, 1))


def test_a_rotation_that_is_none_is_refused() -> None:
    text = GEOMETRY.replace('[[1, 0, 0], [0, 1, 0], [0, 0, 1]]',
                            '[[1, 0, 0], [0, 1, 0], [0, 0, -1]]', 1)
    with pytest.raises(ConfigError, match='expected a rotation'):
        parse_cell_geometry(text)


def test_an_unknown_arm_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match='left, right'):
        parse_cell_geometry(GEOMETRY).arm('middle')

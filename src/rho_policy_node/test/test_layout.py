# SPDX-License-Identifier: Apache-2.0
import pytest

from rho_core.errors import ConfigError
from rho_policy_node.layout import arm_layout


def test_joints_are_split_in_order() -> None:
    assert arm_layout(('l', 'r'), ('a', 'b', 'c'), (1, 2)) == {'l': ('a',), 'r': ('b', 'c')}


@pytest.mark.parametrize(
    ('arms', 'joints', 'counts', 'message'),
    [
        ((), ('a',), (1,), r'arms: expected different names, got \[\]'),
        (('l', 'l'), ('a', 'b'), (1, 1), r"arms: expected different names, got \['l', 'l'\]"),
        (('l',), ('a', 'a'), (2,), r"joints: expected different names, got \['a', 'a'\]"),
        (('l', 'r'), ('a', 'b'), (2,), 'joints_per_arm: expected a positive number for each of'),
        (('l', 'r'), ('a', 'b'), (2, 0), 'joints_per_arm: expected a positive number for each of'),
        (('l', 'r'), ('a', 'b'), (1, 2), 'joints_per_arm: expected numbers that add up to 2'),
    ],
)
def test_layouts_that_do_not_add_up_are_refused(
    arms: tuple[str, ...], joints: tuple[str, ...], counts: tuple[int, ...], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        arm_layout(arms, joints, counts)

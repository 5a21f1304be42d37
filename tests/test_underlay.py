# SPDX-License-Identifier: Apache-2.0
"""The underlay stands for packages of ROS 2 Kilted: what it puts on the wire is the same."""

import json
import os
from pathlib import Path

import pytest

# Type hashes of control_msgs 6.8.0, the one of Kilted.
EXPECTED = {
    'action/FollowJointTrajectory':
        'RIHS01_ff29901b2693f5deb847e96084a1c2cdb26e70b7c847be21859b70a55fb29cf0',
}


@pytest.mark.skipif('ROS_DISTRO' in os.environ, reason='an installed ROS 2 has its own packages')
@pytest.mark.parametrize('name', EXPECTED)
def test_types_of_the_underlay_have_the_hash_of_the_original(name: str) -> None:
    ament_index = pytest.importorskip('ament_index_python')
    share = Path(ament_index.get_package_share_directory('control_msgs'))
    hashes = json.loads((share / f'{name}.json').read_text(encoding='utf-8'))['type_hashes']
    found = {item['type_name']: item['hash_string'] for item in hashes}
    assert found[f'control_msgs/{name}'] == EXPECTED[name]

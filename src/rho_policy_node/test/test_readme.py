# SPDX-License-Identifier: Apache-2.0
"""The bundle that the README shows is one that the loader takes."""

import re
from pathlib import Path

from rho_core.contract.bundle import parse_manifest

README = Path(__file__).parents[1] / 'README.md'
JOINTS = [
    f'{arm}_{joint}_joint'
    for arm in ('left', 'right')
    for joint in (
        'shoulder_pan',
        'shoulder_lift',
        'elbow',
        'wrist_1',
        'wrist_2',
        'wrist_3',
        'gripper',
    )
]


def test_the_example_is_a_valid_manifest() -> None:
    (example,) = re.findall(r'```yaml\n(.*?)```', README.read_text(encoding='utf-8'), re.DOTALL)
    text = example.replace('<64 digits>', '0' * 64)
    text = text.replace('[left_shoulder_pan_joint, ...]', f'[{", ".join(JOINTS)}]')
    manifest = parse_manifest(text)
    assert manifest.bundle_id == 'buttons 0.1.0'
    assert manifest.action.joints == tuple(JOINTS)

# SPDX-License-Identifier: Apache-2.0
"""What the page about bundles shows is what the loader takes."""

import re
from pathlib import Path

from rho_core.contract.bundle import parse_manifest
from rho_core.contract.execution import ExecutionSpec
from rho_core.contract.execution import RtcSpec
from rho_core.contract.strict import build
from rho_core.contract.strict import load_yaml

PAGE = Path(__file__).parents[3] / 'docs' / 'bundle.md'
EXAMPLES = re.findall(r'```yaml\n(.*?)```', PAGE.read_text(encoding='utf-8'), re.DOTALL)
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
    example, *_ = EXAMPLES
    text = example.replace('<64 digits>', '0' * 64)
    text = text.replace('[left_shoulder_pan_joint, ...]', f'[{", ".join(JOINTS)}]')
    manifest = parse_manifest(text)
    assert manifest.bundle_id == 'buttons 0.1.0'
    assert manifest.action.joints == tuple(JOINTS)


def test_the_section_on_execution_is_valid() -> None:
    (text,) = [one for one in EXAMPLES if one.startswith('execution:')]
    execution = build(ExecutionSpec, load_yaml(text)['execution'])
    assert isinstance(execution.merge, RtcSpec)

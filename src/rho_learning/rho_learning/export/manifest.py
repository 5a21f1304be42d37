# SPDX-License-Identifier: Apache-2.0
"""The ``bundle.yaml`` of an exported policy."""

import hashlib
from pathlib import Path
from typing import Any

import yaml

from rho_description import cell
from rho_learning.export.graphs import ActionGraph
from rho_learning.export.graphs import ContextGraph
from rho_learning.export.sample import GOLDEN_INSTRUCTION
from rho_learning.model.layout import CAMERA_SIZES
from rho_learning.model.layout import CELL_JOINTS
from rho_learning.model.layout import CONTEXT
from rho_learning.model.layout import EMBEDDING
from rho_learning.model.layout import HORIZON
from rho_learning.model.layout import ROW_S
from rho_learning.model.layout import SENSORS
from rho_learning.model.layout import TAXEL_AXES
from rho_learning.model.layout import TAXELS
from rho_learning.sentences import TEXT_ENCODER
from rho_learning.sentences import TOKENIZER
from rho_learning.sentences import PackagedFile

FILE = 'bundle.yaml'
GOLDEN_FILE = 'golden.npz'


def write_manifest(folder: Path) -> None:
    """Write the manifest of the files that are already in the folder."""
    text = yaml.dump(_tree(folder), Dumper=_Dumper, sort_keys=False, width=99)
    (folder / FILE).write_text(text)


def _tree(folder: Path) -> dict[str, Any]:
    description = cell()
    joints = list(description.joint_names)
    return {
        'schema': 'rho-bundle/1',
        'name': 'buttons',
        'version': '0.1.0',
        'description': 'Pushes the named button, with the named gripper or with the nearer one.',
        'license': 'Apache-2.0',
        'embodiment': description.name,
        'files': {
            'context': _file(folder, ContextGraph.FILE),
            'action': _file(folder, ActionGraph.FILE),
            'golden': _file(folder, GOLDEN_FILE),
            'text_encoder': _packaged(TEXT_ENCODER),
            'tokenizer': _packaged(TOKENIZER),
        },
        'streams': _streams(joints),
        'graphs': _graphs(),
        'action': {
            'output': f'action.{ActionGraph.OUTPUT}',
            'joints': joints,
            'space': 'joint_absolute',
            'decode': 'continuous',
            'unit': 'si',
            'normalisation': 'none',
            'horizon': HORIZON,
            'dt_s': ROW_S,
        },
        'golden': {
            'file': 'golden',
            'instruction': GOLDEN_INSTRUCTION,
            'tolerance': {'instruction': 0.02, 'context': 0.001, 'action': 0.001},
        },
    }


def _streams(joints: list[str]) -> list[dict[str, Any]]:
    images = [
        {
            'name': camera,
            'kind': 'image',
            'camera': camera,
            'shape': [1, size, size, 3],
            'unit': 'rgb8',
            'normalisation': 'none',
            'deadline_ms': 200,
            'max_skew_ms': 50,
        }
        for camera, size in CAMERA_SIZES.items()
    ]
    proprioception = {
        'name': 'proprioception',
        'kind': 'joint',
        'joints': joints,
        'fields': ['position'],
        'shape': [1, CELL_JOINTS],
        'unit': 'si',
        'normalisation': 'none',
        'deadline_ms': 100,
        'max_skew_ms': 20,
    }
    touch = {
        'name': 'touch',
        'kind': 'tactile',
        'sensors': list(SENSORS),
        'shape': [1, len(SENSORS), TAXELS, TAXEL_AXES],
        'unit': 'uT',
        'normalisation': 'none',
        'deadline_ms': 150,
        'max_skew_ms': 40,
    }
    return [{'name': 'instruction', 'kind': 'instruction'}, *images, proprioception, touch]


def _graphs() -> dict[str, Any]:
    context_inputs = {name: name for name in ContextGraph.INPUTS}
    action_inputs = {name: name for name in ActionGraph.INPUTS}
    return {
        'instruction': {
            'file': 'text_encoder',
            'tokenizer': 'tokenizer',
            'stream': 'instruction',
            'max_tokens': 128,
            'inputs': {'input_ids': 'ids', 'attention_mask': 'mask', 'token_type_ids': 'types'},
            'hidden': 'last_hidden_state',
            'pooling': 'mean',
            'normalisation': 'l2',
            'size': EMBEDDING,
        },
        'context': {
            'file': 'context',
            'inputs': context_inputs | {'embedding': 'instruction.embedding'},
            'outputs': {ContextGraph.OUTPUT: [1, CONTEXT]},
            'max_age_ms': 400,
        },
        'action': {
            'file': 'action',
            'inputs': action_inputs | {'context': f'context.{ContextGraph.OUTPUT}'},
            'outputs': {ActionGraph.OUTPUT: [1, HORIZON, CELL_JOINTS]},
        },
    }


def _file(folder: Path, name: str) -> dict[str, str]:
    return {'path': name, 'sha256': hashlib.sha256((folder / name).read_bytes()).hexdigest()}


def _packaged(file: PackagedFile) -> dict[str, str]:
    return {'package': file.package, 'path': file.path, 'sha256': file.sha256()}


class _Dumper(yaml.SafeDumper):
    """Writes short lists on one line and never an alias, which the loader refuses."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_list(dumper: yaml.SafeDumper, data: list[Any]) -> yaml.SequenceNode:
    flat = all(not isinstance(item, dict) for item in data)
    return dumper.represent_sequence('tag:yaml.org,2002:seq', data, flow_style=flat)


_Dumper.add_representer(list, _represent_list)

# SPDX-License-Identifier: Apache-2.0
"""A tiny but complete policy bundle for tests; needs the `onnx` package, only when called.

Its text encoder is a table look-up, its context the mean colour of each image beside the
embedding, its chunk: measured positions plus a step that depends on context and touch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from rho_policy_node.runtime.session import OnnxSession
from rho_policy_node.runtime.text_encoder import TextEncoder

Tree = dict[str, Any]

SENTENCE = 'Push the red button with the right gripper.'
WORDS = ('push', 'the', 'red', 'blue', 'button', 'with', 'left', 'right', 'gripper', '.')

_SIZE = 8  # of the embedding
_HORIZON = 10
_OPSET = 17
_IR_VERSION = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class TinyCell:
    """What the tiny bundle sees and moves."""

    joints: tuple[str, ...]  # model order
    cameras: Mapping[str, tuple[int, int]]  # height, width [px]
    sensors: tuple[str, ...]
    embodiment: str = 'dual_ur5e'


def default_cell() -> TinyCell:
    """Returns two arms of two joints, two cameras, two sensors."""
    return TinyCell(
        joints=('left_a', 'left_b', 'right_a', 'right_b'),
        cameras={'front': (8, 16), 'wrist': (8, 8)},
        sensors=('finger_l', 'finger_r'),
    )


def make_bundle(folder: Path, cell: TinyCell | None = None) -> Path:
    """Writes a sound bundle into a new folder and returns that."""
    cell = default_cell() if cell is None else cell
    folder.mkdir(parents=True)
    (folder / 'text.onnx').write_bytes(_text_model())
    (folder / 'tokenizer.json').write_text(_tokenizer(), encoding='utf-8')
    (folder / 'context.onnx').write_bytes(_context_model(cell))
    (folder / 'action.onnx').write_bytes(_action_model(cell))
    tree = manifest_tree(cell)
    write_golden(folder, cell)
    write_manifest(folder, tree)
    return folder


def manifest_tree(cell: TinyCell) -> Tree:
    """Returns the manifest of the tiny bundle as a plain tree, hashes left empty."""
    timing: Tree = {'normalisation': 'none', 'deadline_ms': 300.0, 'max_skew_ms': 80.0}
    images: list[Tree] = [
        {'name': name, 'kind': 'image', 'camera': name, 'shape': [1, *size, 3], 'unit': 'rgb8'}
        for name, size in cell.cameras.items()
    ]
    joint: Tree = {
        'name': 'proprioception',
        'kind': 'joint',
        'joints': list(cell.joints),
        'fields': ['position'],
        'shape': [1, len(cell.joints)],
        'unit': 'si',
    }
    touch: Tree = {
        'name': 'touch',
        'kind': 'tactile',
        'sensors': list(cell.sensors),
        'shape': [1, len(cell.sensors), 5, 3],
        'unit': 'uT',
    }
    return {
        'schema': 'rho-bundle/1',
        'name': 'tiny',
        'version': '0.1.0',
        'description': 'A bundle for tests',
        'license': 'Apache-2.0',
        'embodiment': cell.embodiment,
        'files': {
            'text': {'path': 'text.onnx', 'sha256': ''},
            'tokenizer': {'path': 'tokenizer.json', 'sha256': ''},
            'context': {'path': 'context.onnx', 'sha256': ''},
            'action': {'path': 'action.onnx', 'sha256': ''},
            'golden': {'path': 'golden.npz', 'sha256': ''},
        },
        'streams': [
            {'name': 'instruction', 'kind': 'instruction'},
            *[stream | timing for stream in (*images, joint, touch)],
        ],
        'graphs': {
            'instruction': {
                'file': 'text',
                'tokenizer': 'tokenizer',
                'stream': 'instruction',
                'max_tokens': 16,
                'inputs': {'input_ids': 'ids', 'attention_mask': 'mask'},
                'hidden': 'last_hidden_state',
                'pooling': 'mean',
                'normalisation': 'l2',
                'size': _SIZE,
            },
            'context': {
                'file': 'context',
                'inputs': {**{name: name for name in cell.cameras}, 'text': _EMBEDDING},
                'outputs': {'context': [1, _context_size(cell)]},
                'max_age_ms': 400.0,
            },
            'action': {
                'file': 'action',
                'inputs': {
                    'context': 'context.context',
                    'proprioception': 'proprioception',
                    'touch': 'touch',
                },
                'outputs': {'chunk': [1, _HORIZON, len(cell.joints)]},
            },
        },
        'action': {
            'output': 'action.chunk',
            'joints': list(cell.joints),
            'space': 'joint_absolute',
            'decode': 'continuous',
            'unit': 'si',
            'normalisation': 'none',
            'horizon': _HORIZON,
            'dt_s': 0.1,
        },
        'golden': {
            'file': 'golden',
            'instruction': SENTENCE,
            'tolerance': {'instruction': 1e-4, 'context': 1e-4, 'action': 1e-4},
        },
    }


def write_manifest(folder: Path, tree: Tree) -> None:
    """Fills empty hashes of files that exist and writes bundle.yaml."""
    for entry in tree['files'].values():
        path = folder / entry['path']
        if entry.get('sha256') == '' and path.is_file():
            entry['sha256'] = hashlib.sha256(path.read_bytes()).hexdigest()
    text = yaml.dump(tree, Dumper=_NoAliases, sort_keys=False)
    (folder / 'bundle.yaml').write_text(text, encoding='utf-8')


def golden_arrays(folder: Path, cell: TinyCell) -> dict[str, NDArray[Any]]:
    """Runs the graphs of a folder on random inputs and returns inputs and outputs."""
    rng = np.random.default_rng(0)
    tree = manifest_tree(cell)
    sessions = {
        role: OnnxSession((folder / f'{role}.onnx').read_bytes(), role)
        for role in ('text', 'context', 'action')
    }
    embedding = _encoder(tree, folder, sessions['text']).embed(SENTENCE)
    images: dict[str, NDArray[Any]] = {
        name: rng.integers(0, 256, (1, *size, 3), dtype=np.uint8)
        for name, size in cell.cameras.items()
    }
    slow: dict[str, NDArray[Any]] = {**images, 'text': embedding}
    context = sessions['context'].run(slow)['context']
    fast = {
        'context': context,
        'proprioception': rng.normal(size=(1, len(cell.joints))).astype(np.float32),
        'touch': rng.normal(size=(1, len(cell.sensors), 5, 3)).astype(np.float32),
    }
    return {
        _EMBEDDING: embedding,
        **{f'context.input.{name}': array for name, array in slow.items()},
        'context.output.context': context,
        **{f'action.input.{name}': array for name, array in fast.items()},
        'action.output.chunk': sessions['action'].run(fast)['chunk'],
    }


def write_golden(folder: Path, cell: TinyCell) -> None:
    """Writes golden.npz of the graphs in a folder."""
    arrays: dict[str, Any] = golden_arrays(folder, cell)
    np.savez(folder / 'golden.npz', **arrays)


def model_bytes(
    nodes: Sequence[Any],
    inputs: Mapping[str, tuple[str, Sequence[int | str]]],
    outputs: Mapping[str, tuple[str, Sequence[int | str]]],
    constants: Mapping[str, NDArray[Any]],
) -> bytes:
    """Serialises an ONNX model.

    Args:
        nodes: What `onnx.helper.make_node` gives.
        inputs: Element type (name of an ONNX type, `FLOAT`) and shape of each input.
        outputs: The same for each output.
        constants: Initialisers.
    """
    import onnx
    from onnx import helper
    from onnx import numpy_helper

    def infos(tensors: Mapping[str, tuple[str, Sequence[int | str]]]) -> list[Any]:
        return [
            helper.make_tensor_value_info(name, onnx.TensorProto.DataType.Value(kind), shape)
            for name, (kind, shape) in tensors.items()
        ]

    graph = helper.make_graph(
        list(nodes),
        'tiny',
        infos(inputs),
        infos(outputs),
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', _OPSET)])
    model.ir_version = _IR_VERSION
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


_EMBEDDING = 'instruction.embedding'


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def _context_size(cell: TinyCell) -> int:
    return _SIZE + 3 * len(cell.cameras)


def _encoder(tree: Tree, folder: Path, session: OnnxSession) -> TextEncoder:
    from rho_core.contract.graphs import TextGraph
    from rho_core.contract.strict import build

    graph = build(TextGraph, tree['graphs']['instruction'])
    return TextEncoder(graph, (folder / 'tokenizer.json').read_bytes(), session)


def _tokenizer() -> str:
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.normalizers import Lowercase
    from tokenizers.pre_tokenizers import Whitespace

    words = {word: index for index, word in enumerate(('[UNK]', *WORDS))}
    tokenizer = Tokenizer(WordLevel(words, unk_token='[UNK]'))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = Whitespace()
    return str(tokenizer.to_str())


def _text_model() -> bytes:
    from onnx import helper

    table = np.random.default_rng(1).normal(size=(len(WORDS) + 1, _SIZE)).astype(np.float32)
    nodes = [
        helper.make_node('Gather', ['table', 'input_ids'], ['rows']),
        helper.make_node('Cast', ['attention_mask'], ['mask'], to=1),
        helper.make_node('Unsqueeze', ['mask', 'last'], ['mask_3d']),
        helper.make_node('Mul', ['rows', 'mask_3d'], ['last_hidden_state']),
    ]
    tokens = ('INT64', ('batch', 'tokens'))
    return model_bytes(
        nodes,
        {'input_ids': tokens, 'attention_mask': tokens},
        {'last_hidden_state': ('FLOAT', ('batch', 'tokens', _SIZE))},
        {'table': table, 'last': np.array([2], dtype=np.int64)},
    )


def _context_model(cell: TinyCell) -> bytes:
    from onnx import helper

    nodes = []
    for name in cell.cameras:
        nodes += [
            helper.make_node('Cast', [name], [f'{name}_float'], to=1),
            helper.make_node(
                'ReduceMean', [f'{name}_float'], [f'{name}_mean'], axes=[1, 2], keepdims=0
            ),
            helper.make_node('Div', [f'{name}_mean', 'scale'], [f'{name}_colour']),
        ]
    colours = [f'{name}_colour' for name in cell.cameras]
    nodes.append(helper.make_node('Concat', ['text', *colours], ['context'], axis=1))
    return model_bytes(
        nodes,
        {
            **{name: ('UINT8', (1, *size, 3)) for name, size in cell.cameras.items()},
            'text': ('FLOAT', (1, _SIZE)),
        },
        {'context': ('FLOAT', (1, _context_size(cell)))},
        {'scale': np.array(255.0, dtype=np.float32)},
    )


def _action_model(cell: TinyCell) -> bytes:
    from onnx import helper

    count, size = len(cell.joints), _context_size(cell)
    weights = np.random.default_rng(2).normal(size=(size, count)).astype(np.float32) * 0.02
    ramp = np.linspace(0.1, 1.0, _HORIZON, dtype=np.float32).reshape(1, _HORIZON, 1)
    nodes = [
        helper.make_node('MatMul', ['context', 'weights'], ['wish']),
        helper.make_node('ReduceMean', ['touch'], ['pressure'], axes=[1, 2, 3], keepdims=0),
        helper.make_node('Mul', ['pressure', 'gain'], ['push']),
        helper.make_node('Add', ['wish', 'push'], ['step']),
        helper.make_node('Unsqueeze', ['step', 'one'], ['step_3d']),
        helper.make_node('Mul', ['step_3d', 'ramp'], ['steps']),
        helper.make_node('Unsqueeze', ['proprioception', 'one'], ['start']),
        helper.make_node('Add', ['start', 'steps'], ['chunk']),
    ]
    return model_bytes(
        nodes,
        {
            'context': ('FLOAT', (1, size)),
            'proprioception': ('FLOAT', (1, count)),
            'touch': ('FLOAT', (1, len(cell.sensors), 5, 3)),
        },
        {'chunk': ('FLOAT', (1, _HORIZON, count))},
        {
            'weights': weights,
            'ramp': ramp,
            'gain': np.array(0.001, dtype=np.float32),
            'one': np.array([1], dtype=np.int64),
        },
    )

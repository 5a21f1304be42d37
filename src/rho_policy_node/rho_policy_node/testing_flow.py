# SPDX-License-Identifier: Apache-2.0
"""A policy of one graph that samples from two answers, for tests and benchmarks of chunking.

Two joints run around a circle, on an inner or an outer track; which one, the noise decides. Both
are right, so a policy that is asked again and again changes its mind. The graph takes all feeds of
real-time chunking and follows the chunk in execution as `rho_core.chunks.guidance` does.

Needs the `onnx` package.

    python -m rho_policy_node.testing_flow FOLDER
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rho_policy_node.runtime.session import OnnxSession
from rho_policy_node.testing import model_bytes
from rho_policy_node.testing import write_manifest

JOINTS = ('x', 'y')
TRACKS = (0.4, 0.6)
"""Radii of the tracks [rad]."""
ANGULAR_SPEED = 1.5
"""Around the circle [rad/s]."""
HORIZON = 16
DT_S = 0.05
_STEPS = 10


def make_flow_bundle(folder: Path, execution: dict[str, Any] | None = None) -> Path:
    """Write the bundle into a new folder and return that.

    Args:
        folder: Where to.
        execution: Its section `execution`, None: none.
    """
    folder.mkdir(parents=True)
    (folder / 'action.onnx').write_bytes(_model())
    _write_golden(folder)
    tree = _manifest()
    if execution is not None:
        tree['execution'] = execution
    write_manifest(folder, tree)
    return folder


def _manifest() -> dict[str, Any]:
    return {
        'schema': 'rho-bundle/1',
        'name': 'flow',
        'version': '0.1.0',
        'description': 'Two joints on one of two circles, for tests and benchmarks of chunking',
        'license': 'Apache-2.0',
        'embodiment': 'two_joints',
        'files': {
            'action': {'path': 'action.onnx', 'sha256': ''},
            'golden': {'path': 'golden.npz', 'sha256': ''},
        },
        'streams': [{
            'name': 'body', 'kind': 'joint', 'joints': list(JOINTS), 'fields': ['position'],
            'shape': [1, 2], 'unit': 'si', 'normalisation': 'none', 'deadline_ms': 100.0,
            'max_skew_ms': 20.0,
        }],
        'graphs': {'action': {
            'file': 'action',
            'inputs': {
                'body': 'body', 'noise': 'action.noise', 'previous': 'action.previous',
                'weights': 'action.weights', 'guidance': 'action.guidance',
            },
            'outputs': {'chunk': [1, HORIZON, 2]},
        }},
        'action': {
            'output': 'action.chunk', 'joints': list(JOINTS), 'space': 'joint_absolute',
            'decode': 'continuous', 'unit': 'si', 'normalisation': 'none', 'horizon': HORIZON,
            'dt_s': DT_S, 'sampler': {'direction': 'noise_to_action', 'steps': _STEPS},
        },
        'golden': {'file': 'golden', 'tolerance': {'action': 1e-4}},
    }


def _write_golden(folder: Path) -> None:
    rng = np.random.default_rng(0)
    inputs = {
        'body': np.array([[0.5, 0.1]], np.float32),
        'noise': rng.standard_normal((1, HORIZON, 2), np.float32),
        'previous': rng.standard_normal((1, HORIZON, 2), np.float32),
        'weights': np.linspace(1.0, 0.0, HORIZON, dtype=np.float32)[None],
        'guidance': np.array([5.0], np.float32),
    }
    outputs = OnnxSession((folder / 'action.onnx').read_bytes(), 'action').run(inputs)
    arrays: dict[str, Any] = {f'action.input.{name}': array for name, array in inputs.items()}
    arrays |= {f'action.output.{name}': array for name, array in outputs.items()}
    np.savez(folder / 'golden.npz', **arrays)


def _model() -> bytes:
    constants: dict[str, Any] = {
        'turns': _turns(),
        'chunk_shape': np.array([1, HORIZON, 2], np.int64),
        'column': np.array([2], np.int64),
        'middle': np.array(sum(TRACKS) / 2, np.float32),
        'half': np.array((TRACKS[1] - TRACKS[0]) / 2, np.float32),
        'least': np.array(1e-3, np.float32),
        'step': np.array(1.0 / _STEPS, np.float32),
    }
    return model_bytes(
        _target_nodes() + _flow_nodes(constants),
        {
            'body': ('FLOAT', (1, 2)),
            'noise': ('FLOAT', (1, HORIZON, 2)),
            'previous': ('FLOAT', (1, HORIZON, 2)),
            'weights': ('FLOAT', (1, HORIZON)),
            'guidance': ('FLOAT', (1,)),
        },
        {'chunk': ('FLOAT', (1, HORIZON, 2))},
        constants,
    )


def _turns() -> Any:
    """Return the matrix from a unit vector to the vectors of all rows, ahead on the circle."""
    angles = ANGULAR_SPEED * DT_S * np.arange(1, HORIZON + 1)
    blocks = [
        np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        for angle in angles
    ]
    return np.concatenate(blocks, axis=1).astype(np.float32)


def _target_nodes() -> list[Any]:
    from onnx import helper

    return [
        helper.make_node('ReduceL2', ['body'], ['length'], axes=[1], keepdims=1),
        helper.make_node('Max', ['length', 'least'], ['safe_length']),
        helper.make_node('Div', ['body', 'safe_length'], ['unit']),
        helper.make_node('MatMul', ['unit', 'turns'], ['flat_rows']),
        helper.make_node('Reshape', ['flat_rows', 'chunk_shape'], ['circle']),
        helper.make_node('ReduceMean', ['noise'], ['mean'], keepdims=1),
        helper.make_node('Sign', ['mean'], ['choice']),
        helper.make_node('Mul', ['choice', 'half'], ['offset']),
        helper.make_node('Add', ['offset', 'middle'], ['radius']),
        helper.make_node('Mul', ['circle', 'radius'], ['target']),
        helper.make_node('Unsqueeze', ['weights', 'column'], ['hold']),
    ]


def _flow_nodes(constants: dict[str, Any]) -> list[Any]:
    """Return the Euler steps, unrolled."""
    from onnx import helper

    nodes = []
    x = 'noise'
    for index in range(_STEPS):
        tau = index / _STEPS
        rest = 1.0 - tau
        bound = np.inf if tau == 0.0 else (tau * tau + rest * rest) / (tau * rest)
        constants[f'rest_{index}'] = np.array(rest, np.float32)
        constants[f'bound_{index}'] = np.array(min(bound, 1e6), np.float32)
        after = 'chunk' if index == _STEPS - 1 else f'x_{index + 1}'
        nodes += [
            helper.make_node('Sub', ['target', x], [f'way_{index}']),
            helper.make_node('Div', [f'way_{index}', f'rest_{index}'], [f'v_{index}']),
            # This flow is straight: x1 = x + (1 - tau) v is the target itself.
            helper.make_node('Sub', ['previous', 'target'], [f'gap_{index}']),
            helper.make_node('Min', ['guidance', f'bound_{index}'], [f'gain_{index}']),
            helper.make_node('Mul', [f'gap_{index}', 'hold'], [f'held_{index}']),
            helper.make_node('Mul', [f'held_{index}', f'gain_{index}'], [f'pull_{index}']),
            helper.make_node('Add', [f'v_{index}', f'pull_{index}'], [f'bent_{index}']),
            helper.make_node('Mul', [f'bent_{index}', 'step'], [f'move_{index}']),
            helper.make_node('Add', [x, f'move_{index}'], [after]),
        ]
        x = after
    return nodes


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the bundle into the folder that the command line names."""
    parser = argparse.ArgumentParser(description='Make the bundle flow.')
    parser.add_argument('folder', type=Path, help='new folder')
    made = make_flow_bundle(parser.parse_args(arguments).folder)
    sys.stdout.write(f'written: {made}\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())

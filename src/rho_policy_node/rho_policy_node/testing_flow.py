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
HORIZON = 32
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
        'inner_radius': np.array(TRACKS[0], np.float32),
        'outer_radius': np.array(TRACKS[1], np.float32),
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
        helper.make_node('Mul', ['circle', 'inner_radius'], ['inner']),
        helper.make_node('Mul', ['circle', 'outer_radius'], ['outer']),
        helper.make_node('Unsqueeze', ['weights', 'column'], ['hold']),
    ]


def _flow_nodes(constants: dict[str, Any]) -> list[Any]:
    """Return the Euler steps, unrolled.

    The exact flow from unit noise to two equally likely points a, b: x1 = E[end | x] is their mean
    weighted with N(x; tau a, (1 - tau)^2) and N(x; tau b, (1 - tau)^2), and v = (x1 - x) / (1 -
    tau) (Lipman et al., "Flow Matching for Generative Modeling", 2023).
    """
    from onnx import helper

    nodes = []
    x = 'noise'
    for index in range(_STEPS):
        tau = index / _STEPS
        rest = 1.0 - tau
        bound = np.inf if tau == 0.0 else (tau * tau + rest * rest) / (tau * rest)
        names = {
            name: f'{name}_{index}'
            for name in ('tau', 'rest', 'sharpness', 'bound', 'near_a', 'near_b', 'off_a', 'off_b',
                         'far_a', 'far_b', 'lead', 'logit', 'share', 'spread', 'part', 'end',
                         'way', 'v', 'gap', 'gain', 'held', 'pull', 'bent', 'move')
        }
        constants[names['tau']] = np.array(tau, np.float32)
        constants[names['rest']] = np.array(rest, np.float32)
        constants[names['sharpness']] = np.array(0.5 / rest**2, np.float32)
        constants[names['bound']] = np.array(min(bound, 1e6), np.float32)
        after = 'chunk' if index == _STEPS - 1 else f'x_{index + 1}'
        steps = [
            ('Mul', ('inner', 'tau'), 'near_a'),
            ('Mul', ('outer', 'tau'), 'near_b'),
            ('Sub', (x, 'near_a'), 'off_a'),
            ('Sub', (x, 'near_b'), 'off_b'),
            ('ReduceSumSquare', ('off_a',), 'far_a'),
            ('ReduceSumSquare', ('off_b',), 'far_b'),
            ('Sub', ('far_a', 'far_b'), 'lead'),
            ('Mul', ('lead', 'sharpness'), 'logit'),
            ('Sigmoid', ('logit',), 'share'),
            ('Sub', ('outer', 'inner'), 'spread'),
            ('Mul', ('spread', 'share'), 'part'),
            ('Add', ('inner', 'part'), 'end'),
            ('Sub', ('end', x), 'way'),
            ('Div', ('way', 'rest'), 'v'),
            ('Sub', ('previous', 'end'), 'gap'),
            ('Min', ('guidance', 'bound'), 'gain'),
            ('Mul', ('gap', 'hold'), 'held'),
            ('Mul', ('held', 'gain'), 'pull'),
            ('Add', ('v', 'pull'), 'bent'),
            ('Mul', ('bent', 'step'), 'move'),
            ('Add', (x, 'move'), after),
        ]
        nodes += [
            helper.make_node(kind, [names.get(one, one) for one in inputs],
                             [names.get(output, output)])
            for kind, inputs, output in steps
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

# SPDX-License-Identifier: Apache-2.0
"""Makes the bundle `swing`: a policy that keeps both arms in motion for ever.

Benchmarks and fault injection need motion that never ends, always looks the same and goes on from
wherever it was stopped. Each arm runs around a closed curve through its home position; where on
the curve it is, it reads from two of its joints, so the policy needs neither time nor memory.
Cameras and touch pass through its graphs like those of any other policy, with no weight.

    python -m rho_learning.export.swing FOLDER
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rho_description import CellDescription
from rho_description import cell as describe_cell
from rho_policy_node.testing import TinyCell
from rho_policy_node.testing import make_bundle
from rho_policy_node.testing import manifest_tree
from rho_policy_node.testing import model_bytes
from rho_policy_node.testing import write_golden
from rho_policy_node.testing import write_manifest

ANGULAR_SPEED = 1.5
"""Of the motion around the curve [rad/s]. The tips run at a third of a metre per second; to catch
up with the curve from rest an arm is faster for a moment."""

# Joint j of an arm is at centre + cosine * cos(phase) + sine * sin(phase) [rad, m]; phase 0 is
# home. The tips rise from there and swing outwards, away from the box and from each other.
_COSINE = {
    'left': (-0.12, 0.06, 0.10, 0.0, -0.25, 0.0, 0.0),
    'right': (0.12, 0.06, 0.10, 0.0, -0.25, 0.0, 0.0),
}
_SINE = (0.0, 0.08, 0.0, -0.25, 0.0, 0.4, 0.0)
_COSINE_JOINT = 4
_SINE_JOINT = 5

_HORIZON = 10
_DT_S = 0.1
# The measured arm lags behind what it is told; without this each chunk would hold it back.
_LEAD_S = 0.06
_LEAST_RADIUS = 1e-3


def curve(arm: str, phase: NDArray[np.float64], description: CellDescription) -> NDArray[Any]:
    """Return the positions of an arm at some phases [rad], shape (N, J) [rad, m]."""
    cosine, sine = np.array(_COSINE[arm]), np.array(_SINE)
    centre = np.asarray(description.arm(arm).home) - cosine
    return centre + np.cos(phase)[:, None] * cosine + np.sin(phase)[:, None] * sine


def make_swing(folder: Path, description: CellDescription | None = None) -> Path:
    """Write the bundle into a new folder and return that."""
    description = describe_cell() if description is None else description
    arms = tuple(_COSINE)
    cell = TinyCell(
        joints=tuple(name for arm in arms for name in description.arm(arm).joint_names),
        cameras={name: (camera.height, camera.width)
                 for name, camera in sorted(description.cameras.items())},
        sensors=tuple(sorted(description.fingertips)),
        embodiment=description.name,
    )
    make_bundle(folder, cell)
    (folder / 'action.onnx').write_bytes(_action_model(cell, arms, description))
    tree = manifest_tree(cell)
    tree |= {'name': 'swing', 'description': 'Keeps both arms in motion, for benchmarks'}
    write_golden(folder, cell)
    write_manifest(folder, tree)
    return folder


def _action_model(
    cell: TinyCell, arms: Sequence[str], description: CellDescription
) -> bytes:
    from onnx import helper

    reader, offset = _phase_reader(arms, description)
    writer, centre = _curve_writer(arms, description)
    context_size = 8 + 3 * len(cell.cameras)
    nodes = [
        helper.make_node('MatMul', ['proprioception', 'reader'], ['read']),
        helper.make_node('Add', ['read', 'offset'], ['shifted']),
        helper.make_node('Reshape', ['shifted', 'per_arm'], ['vectors']),
        helper.make_node('ReduceL2', ['vectors'], ['radius'], axes=[2], keepdims=1),
        helper.make_node('Max', ['radius', 'least_radius'], ['safe_radius']),
        helper.make_node('Div', ['vectors', 'safe_radius'], ['units']),
        helper.make_node('Reshape', ['units', 'flat'], ['phases']),
        helper.make_node('MatMul', ['phases', 'writer'], ['moved']),
        helper.make_node('Add', ['moved', 'centre'], ['wanted']),
        helper.make_node('ReduceMean', ['context'], ['seen'], keepdims=1),
        helper.make_node('ReduceMean', ['touch'], ['felt'], axes=[2, 3], keepdims=0),
        helper.make_node('ReduceMean', ['felt'], ['felt_mean'], keepdims=1),
        helper.make_node('Add', ['seen', 'felt_mean'], ['sensed']),
        helper.make_node('Mul', ['sensed', 'nothing'], ['ignored']),
        helper.make_node('Add', ['wanted', 'ignored'], ['rows']),
        helper.make_node('Reshape', ['rows', 'chunk_shape'], ['chunk']),
    ]
    count = len(cell.joints)
    return model_bytes(
        nodes,
        {
            'context': ('FLOAT', (1, context_size)),
            'proprioception': ('FLOAT', (1, count)),
            'touch': ('FLOAT', (1, len(cell.sensors), 5, 3)),
        },
        {'chunk': ('FLOAT', (1, _HORIZON, count))},
        {
            'reader': reader,
            'offset': offset,
            'per_arm': np.array([1, len(arms), 2], dtype=np.int64),
            'flat': np.array([1, 2 * len(arms)], dtype=np.int64),
            'least_radius': np.array(_LEAST_RADIUS, dtype=np.float32),
            'writer': writer,
            'centre': centre,
            'nothing': np.array(0.0, dtype=np.float32),
            'chunk_shape': np.array([1, _HORIZON, count], dtype=np.int64),
        },
    )


def _phase_reader(
    arms: Sequence[str], description: CellDescription
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return matrix and offset from positions to (cos, sin) of each arm's phase, unnormalised."""
    joints = len(_SINE)
    matrix = np.zeros((joints * len(arms), 2 * len(arms)), dtype=np.float32)
    offset = np.zeros(2 * len(arms), dtype=np.float32)
    for index, arm in enumerate(arms):
        centre = np.asarray(description.arm(arm).home) - np.array(_COSINE[arm])
        for column, joint, size in (
            (2 * index, _COSINE_JOINT, _COSINE[arm][_COSINE_JOINT]),
            (2 * index + 1, _SINE_JOINT, _SINE[_SINE_JOINT]),
        ):
            matrix[joints * index + joint, column] = 1.0 / size
            offset[column] = -centre[joint] / size
    return matrix, offset


def _curve_writer(
    arms: Sequence[str], description: CellDescription
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return matrix and offset from the phases to the rows of the chunk, row after row.

    Row i is due at (i + 1) dt after the observation: cos(p + a) = cos p cos a - sin p sin a, and
    sin(p + a) = sin p cos a + cos p sin a.
    """
    sine = np.array(_SINE)
    rows, offsets = [], []
    for row in range(_HORIZON):
        angle = ANGULAR_SPEED * ((row + 1) * _DT_S + _LEAD_S)
        block = np.zeros((2 * len(arms), len(sine) * len(arms)))
        for index, arm in enumerate(arms):
            cosine = np.array(_COSINE[arm])
            joints = slice(len(sine) * index, len(sine) * (index + 1))
            block[2 * index, joints] = cosine * np.cos(angle) + sine * np.sin(angle)
            block[2 * index + 1, joints] = -cosine * np.sin(angle) + sine * np.cos(angle)
        rows.append(block)
        offsets += [np.asarray(description.arm(arm).home) - np.array(_COSINE[arm])
                    for arm in arms]
    return (np.concatenate(rows, axis=1).astype(np.float32),
            np.concatenate(offsets)[None].astype(np.float32))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the bundle into the folder that the command line names."""
    parser = argparse.ArgumentParser(description='Make the bundle swing.')
    parser.add_argument('folder', type=Path, help='new folder')
    print(f'written: {make_swing(parser.parse_args(arguments).folder)}')
    return 0


if __name__ == '__main__':
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Writes a complete bundle and proves that its graphs do what the torch policy does."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from rho_learning.export.graphs import ActionGraph
from rho_learning.export.graphs import ContextGraph
from rho_learning.export.graphs import export_graphs
from rho_learning.export.manifest import GOLDEN_FILE
from rho_learning.export.manifest import write_manifest
from rho_learning.export.sample import Sample
from rho_learning.export.sample import draw_samples
from rho_learning.model.policy import Policy
from rho_learning.onnx_policy import OnnxPolicy

PARITY = 1e-4
PARITY_SAMPLES = 8


def export_bundle(policy: Policy, folder: Path) -> dict[str, float]:
    """Write graphs, golden sample and manifest.

    Returns:
        Largest absolute difference between torch and onnxruntime per output.

    Raises:
        ValueError: The exported graphs differ from the policy.
    """
    folder.mkdir(parents=True, exist_ok=True)
    export_graphs(policy, folder)
    samples = draw_samples(PARITY_SAMPLES)
    parity = measure_parity(policy, folder, samples)
    if max(parity.values()) > PARITY:
        raise ValueError(f'torch and onnxruntime: expected at most {PARITY} apart, got {parity}')
    _write_golden(policy, samples[0], folder / GOLDEN_FILE)
    write_manifest(folder)
    return parity


def measure_parity(policy: Policy, folder: Path, samples: list[Sample]) -> dict[str, float]:
    """Return the largest absolute differences over the samples, per output."""
    exported = OnnxPolicy(folder)
    worst = {ContextGraph.OUTPUT: 0.0, ActionGraph.OUTPUT: 0.0}
    for sample in samples:
        context, chunk = run_torch(policy, sample)
        ours = exported.context(sample.images, sample.joints, sample.embedding)
        moved = exported.chunk(context, sample.joints, sample.touch)
        for name, difference in ((ContextGraph.OUTPUT, ours - context), ('chunk', moved - chunk)):
            worst[name] = max(worst[name], float(np.abs(difference).max()))
    return worst


def run_torch(policy: Policy, sample: Sample) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return context (1, C) and chunk (10, 14) of the torch policy."""
    images = [torch.from_numpy(image[None]) for image in sample.images.values()]
    joints = torch.from_numpy(sample.joints[None])
    with torch.no_grad():
        context = ContextGraph(policy)(*images, joints, torch.from_numpy(sample.embedding[None]))
        chunk = ActionGraph(policy)(context, joints, torch.from_numpy(sample.touch[None]))
    return context.numpy(), chunk[0].numpy()


def _write_golden(policy: Policy, sample: Sample, path: Path) -> None:
    context, chunk = run_torch(policy, sample)
    joints = sample.joints[None]
    embedding = sample.embedding[None]
    arrays: dict[str, NDArray[Any]] = {
        f'context.input.{name}': image[None] for name, image in sample.images.items()
    }
    arrays |= {
        'instruction.embedding': embedding,
        'context.input.proprioception': joints,
        'context.input.embedding': embedding,
        'context.output.context': context,
        'action.input.context': context,
        'action.input.proprioception': joints,
        'action.input.touch': sample.touch[None],
        'action.output.chunk': chunk[None],
    }
    np.savez_compressed(path, allow_pickle=False, **arrays)

# SPDX-License-Identifier: Apache-2.0
"""The two graphs of the bundle with raw inputs, and their export to ONNX."""

import warnings
from pathlib import Path

import torch
from torch import Tensor
from torch import nn

from rho_learning.model.context import Context
from rho_learning.model.layout import CAMERA_SIZES
from rho_learning.model.layout import CELL_JOINTS
from rho_learning.model.layout import CONTEXT
from rho_learning.model.layout import EMBEDDING
from rho_learning.model.layout import SENSORS
from rho_learning.model.layout import TAXEL_AXES
from rho_learning.model.layout import TAXELS
from rho_learning.model.policy import Policy
from rho_learning.model.policy import to_float

OPSET = 17


class ContextGraph(nn.Module):
    """uint8 images, joint positions and embedding to the flat context."""

    FILE = 'context.onnx'
    INPUTS = (*CAMERA_SIZES, 'proprioception', 'embedding')
    OUTPUT = 'context'

    def __init__(self, policy: Policy) -> None:
        """Wrap a trained policy."""
        super().__init__()
        self.policy = policy

    def forward(
        self, front: Tensor, left: Tensor, right: Tensor, proprioception: Tensor, embedding: Tensor
    ) -> Tensor:
        """Run on one sample, each input with its batch dimension."""
        wrists = (to_float(left), to_float(right))
        context, _ = self.policy.see(to_float(front), wrists, proprioception, embedding)
        return context.flat()


class ActionGraph(nn.Module):
    """Flat context, newest joint positions and touch to the chunk."""

    FILE = 'action.onnx'
    INPUTS = ('context', 'proprioception', 'touch')
    OUTPUT = 'chunk'

    def __init__(self, policy: Policy) -> None:
        """Wrap a trained policy."""
        super().__init__()
        self.policy = policy

    def forward(self, context: Tensor, proprioception: Tensor, touch: Tensor) -> Tensor:
        """Run on one sample, each input with its batch dimension."""
        return self.policy.act(Context.from_flat(context), proprioception, touch).chunk


def example_context_inputs() -> tuple[Tensor, ...]:
    """Return zeros in the shapes of :class:`ContextGraph`."""
    images = [torch.zeros(1, n, n, 3, dtype=torch.uint8) for n in CAMERA_SIZES.values()]
    return (*images, torch.zeros(1, CELL_JOINTS), torch.zeros(1, EMBEDDING))


def example_action_inputs() -> tuple[Tensor, ...]:
    """Return zeros in the shapes of :class:`ActionGraph`."""
    touch = torch.zeros(1, len(SENSORS), TAXELS, TAXEL_AXES)
    return torch.zeros(1, CONTEXT), torch.zeros(1, CELL_JOINTS), touch


def export_graphs(policy: Policy, folder: Path) -> None:
    """Write ``context.onnx`` and ``action.onnx`` with fixed shapes."""
    policy.eval()
    for graph, example in (
        (ContextGraph(policy), example_context_inputs()),
        (ActionGraph(policy), example_action_inputs()),
    ):
        with warnings.catch_warnings():
            # The tracing exporter needs no further package; its successor does.
            warnings.simplefilter('ignore')
            torch.onnx.export(
                graph.eval(),
                example,
                str(folder / graph.FILE),
                input_names=list(graph.INPUTS),
                output_names=[graph.OUTPUT],
                opset_version=OPSET,
                dynamo=False,
            )

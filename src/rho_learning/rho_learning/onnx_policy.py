# SPDX-License-Identifier: Apache-2.0
"""An exported bundle's two graphs on onnxruntime, the way inference runs live."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

Float32 = NDArray[np.float32]


class OnnxPolicy:
    """Context and action sessions on one thread."""

    def __init__(self, folder: Path) -> None:
        """Load ``context.onnx`` and ``action.onnx`` of a bundle folder."""
        self._context = _session(folder / 'context.onnx')
        self._action = _session(folder / 'action.onnx')

    def context(
        self, images: dict[str, NDArray[np.uint8]], joints: Float32, embedding: Float32
    ) -> Float32:
        """Return the context (1, C) for images (H, W, 3), joints (14,), embedding (384,)."""
        feed: dict[str, NDArray[Any]] = {name: image[None] for name, image in images.items()}
        feed |= {'proprioception': joints[None], 'embedding': embedding[None]}
        out: Float32 = self._context.run(None, feed)[0]
        return out

    def chunk(self, context: Float32, joints: Float32, touch: Float32) -> Float32:
        """Return the chunk (10, 14) for a context (1, C), joints (14,) and touch (4, 5, 3)."""
        feed = {'context': context, 'proprioception': joints[None], 'touch': touch[None]}
        out: Float32 = self._action.run(None, feed)[0][0]
        return out


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=['CPUExecutionProvider'])

# SPDX-License-Identifier: Apache-2.0
"""One ONNX graph, ready to run."""

from __future__ import annotations

import time
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_policy_node.runtime.providers import CPU
from rho_policy_node.runtime.providers import plan_providers
from rho_policy_node.runtime.providers import verify_providers

_FATAL_ONLY = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorInfo:
    """Element type and shape of a graph input or output; None is a symbolic dimension."""

    dtype: str  # numpy name, or onnxruntime's where numpy has none
    shape: tuple[int | None, ...]


class OnnxSession:
    """Runs a graph and measures how long it takes."""

    def __init__(
        self, model: bytes, name: str, providers: Sequence[str] = (CPU,), threads: int = 1
    ) -> None:
        """Create the session.

        Args:
            model: Content of the ONNX file.
            name: For messages.
            providers: Execution providers demanded, best first.
            threads: Threads that one run may use.

        Raises:
            ConfigError: If the model cannot be loaded or a provider is not active.
        """
        self.name = name
        self.last_ms = float('nan')
        planned = plan_providers(providers, onnxruntime.get_available_providers())
        try:
            self._session = onnxruntime.InferenceSession(
                model, sess_options=_options(threads), providers=planned
            )
        except Exception as error:  # onnxruntime's own types share no other base
            text = ' '.join(str(error).split())
            raise ConfigError(f'onnxruntime cannot load the {name} graph: {text}') from error
        verify_providers(planned, self._session.get_providers())
        self.inputs = _describe(self._session.get_inputs())
        self.outputs = _describe(self._session.get_outputs())
        self._output_names = list(self.outputs)

    def run(self, feeds: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Runs the graph.

        Args:
            feeds: Array of each input.

        Returns:
            Array of each output.

        Raises:
            Refused: If onnxruntime refuses the inputs or fails.
        """
        start_ns = time.perf_counter_ns()
        try:
            results = self._session.run(self._output_names, dict(feeds))
        except Exception as error:  # onnxruntime's own types share no other base
            raise Refused(f'{self.name} graph failed: {" ".join(str(error).split())}') from error
        self.last_ms = (time.perf_counter_ns() - start_ns) * 1e-6
        return {
            name: np.asarray(result)
            for name, result in zip(self._output_names, results, strict=True)
        }


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Spinning threads would take the cores from the control loops of other processes.
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    options.log_severity_level = _FATAL_ONLY
    return options


def _describe(arguments: Sequence[Any]) -> dict[str, TensorInfo]:
    return {
        argument.name: TensorInfo(
            dtype=_DTYPES.get(argument.type, argument.type),
            shape=tuple(size if isinstance(size, int) else None for size in argument.shape),
        )
        for argument in arguments
    }


_DTYPES = {
    'tensor(float)': 'float32',
    'tensor(double)': 'float64',
    'tensor(float16)': 'float16',
    'tensor(uint8)': 'uint8',
    'tensor(int8)': 'int8',
    'tensor(int32)': 'int32',
    'tensor(int64)': 'int64',
    'tensor(bool)': 'bool',
    'tensor(string)': 'string',
}

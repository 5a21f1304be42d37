# SPDX-License-Identifier: Apache-2.0
"""A verified policy: instruction, context and action graph behind three calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.contract.bundle import BundleManifest
from rho_core.contract.streams import JointStream
from rho_core.errors import Refused
from rho_core.streams.frame import AlignedFrame
from rho_policy_node.runtime.preprocess import tensor_of
from rho_policy_node.runtime.session import OnnxSession
from rho_policy_node.runtime.sources import sources_of
from rho_policy_node.runtime.text_encoder import TextEncoder

_EMBEDDING = 'instruction.embedding'


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the slow graph made of the images.

    Attributes:
        stamp_ns: Time of its observation [ns, ROS time].
        instruction: The sentence it was made for.
        tensors: What the action graph may read, by reference (`context.<output>`).
    """

    stamp_ns: int
    instruction: str
    tensors: dict[str, NDArray[Any]]


class Policy:
    """Turns observations into chunks.

    `set_instruction` and `update_context` belong to one thread, `act` may run in another at the
    same time: it reads the context once, and contexts are replaced, never changed.
    """

    def __init__(
        self,
        manifest: BundleManifest,
        sha256: str,
        text: TextEncoder,
        sessions: dict[str, OnnxSession],
    ) -> None:
        """Create a policy from verified parts; `open_policy` does so for a bundle.

        Args:
            manifest: The bundle's manifest.
            sha256: Hash of the manifest.
            text: Encoder of instructions.
            sessions: Graphs by role: instruction, context, action.
        """
        self.manifest = manifest
        self.sha256 = sha256
        self._text = text
        self._sessions = sessions
        self._instruction = ''
        self._embedding: NDArray[np.float32] | None = None
        self._context: Context | None = None

    @property
    def instruction(self) -> str:
        """The sentence that the next context will be made for, empty if none."""
        return self._instruction

    @property
    def context(self) -> Context | None:
        """The newest context, None before the first."""
        return self._context

    def last_ms(self, role: Literal['instruction', 'context', 'action']) -> float:
        """Duration of the last run of a graph [ms], NaN before the first."""
        return self._sessions[role].last_ms

    def set_instruction(self, text: str) -> None:
        """Embeds a sentence; the context of the sentence before stays until the next update.

        Raises:
            Refused: If the sentence is empty or too long; the one before stays in force.
        """
        if not text.strip():
            raise Refused('instruction: expected a sentence, got an empty one')
        self._embedding = self._text.embed(text)
        self._instruction = text

    def update_context(self, frame: AlignedFrame) -> Context:
        """Runs the context graph on a frame of its streams.

        Raises:
            Refused: If there is no instruction or the frame does not fit; the context stays.
        """
        if self._embedding is None:
            raise Refused('context: no instruction has been set')
        outputs = self._run('context', frame, {_EMBEDDING: self._embedding})
        self._context = Context(
            stamp_ns=frame.stamp_ns,
            instruction=self._instruction,
            tensors={
                **{f'context.{name}': tensor for name, tensor in outputs.items()},
                _EMBEDDING: self._embedding,
            },
        )
        return self._context

    def act(self, frame: AlignedFrame) -> ActionChunk:
        """Runs the action graph on a frame of its streams and the newest context.

        Returns:
            Absolute joint targets; row 0 is due one step after the observation.

        Raises:
            Refused: If there is no context, it is too old for this frame, the frame does not fit,
                or the result is not finite.
        """
        context = self._context
        if context is None:
            raise Refused('action: no context yet')
        age_ms = (frame.stamp_ns - context.stamp_ns) * 1e-6
        limit_ms = self.manifest.graphs.context.max_age_ms
        if age_ms > limit_ms:
            raise Refused(f'action: context is {age_ms:.0f} ms old, limit {limit_ms:.0f} ms')
        outputs = self._run('action', frame, context.tensors)
        return self._decode(outputs[self.manifest.action.output.removeprefix('action.')], frame)

    def _run(
        self,
        role: Literal['context', 'action'],
        frame: AlignedFrame,
        given: dict[str, NDArray[Any]],
    ) -> dict[str, NDArray[Any]]:
        sources = dict(given)
        for stream in self.manifest.inputs_of(role):
            sources[stream.name] = tensor_of(stream, frame.samples)
        graph = getattr(self.manifest.graphs, role)
        feeds = {name: sources[source] for name, source in graph.inputs.items()}
        return self._sessions[role].run(feeds)

    def _decode(self, output: NDArray[Any], frame: AlignedFrame) -> ActionChunk:
        action = self.manifest.action
        if output.shape != (1, action.horizon, len(action.joints)):
            raise Refused(f'action: graph gave shape {output.shape}')
        positions = output[0].astype(np.float64)
        if action.space == 'joint_delta':
            positions = positions + self.measured_positions(frame)
        return ActionChunk(
            stamp_ns=frame.stamp_ns + round(action.dt_s * 1e9),
            dt_s=action.dt_s,
            joint_names=action.joints,
            positions=positions,
        )

    def measured_positions(self, frame: AlignedFrame) -> NDArray[np.float64]:
        """Returns the measured positions of the action's joints, in the order of the chunk."""
        measured: dict[str, float] = {}
        for stream in self.manifest.inputs_of('action'):
            if isinstance(stream, JointStream):
                reading = frame.samples[sources_of(stream)[0]].value
                measured.update(zip(reading.names, reading.positions, strict=True))
        return np.array([measured[joint] for joint in self.manifest.action.joints])

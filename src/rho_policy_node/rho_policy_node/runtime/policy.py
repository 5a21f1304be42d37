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
from rho_core.contract.bundle import Role
from rho_core.contract.streams import JointStream
from rho_core.errors import Refused
from rho_core.streams.frame import AlignedFrame
from rho_policy_node.runtime.continuation import Continuation
from rho_policy_node.runtime.decoder import ActionDecoder
from rho_policy_node.runtime.preprocess import mask_of
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
        text: TextEncoder | None,
        sessions: dict[str, OnnxSession],
    ) -> None:
        """Create a policy from verified parts; `open_policy` does so for a bundle.

        Args:
            manifest: The bundle's manifest.
            sha256: Hash of the manifest.
            text: Encoder of instructions, None: the policy knows one task.
            sessions: Graphs by role.
        """
        self.manifest = manifest
        self.sha256 = sha256
        self._text = text
        self._sessions = sessions
        self._instruction = ''
        self._embedding: NDArray[np.float32] | None = None
        self._context: Context | None = None
        merge = manifest.execution.merge
        rtc = merge if merge != 'replace' and merge.kind == 'rtc' else None
        self._decoder = ActionDecoder(manifest.action)
        self._continuation = Continuation(manifest.action, self._decoder, rtc)
        # Only what is used is made: most graphs take neither noise nor a previous chunk.
        self._continues = any(
            source.startswith('action.') for source in manifest.graphs.action.inputs.values()
        )

    @property
    def instruction(self) -> str:
        """The sentence that the next context will be made for, empty if none."""
        return self._instruction

    @property
    def context(self) -> Context | None:
        """The newest context, None before the first."""
        return self._context

    def last_ms(self, role: Role) -> float:
        """Duration of the last run of a graph [ms], NaN before the first or without one."""
        return self._sessions[role].last_ms if role in self._sessions else float('nan')

    def set_instruction(self, text: str) -> None:
        """Embeds a sentence; the context of the sentence before stays until the next update.

        Raises:
            Refused: If the sentence is empty or too long; the one before stays in force.
        """
        if not text.strip():
            raise Refused('instruction: expected a sentence, got an empty one')
        if self._text is not None:
            self._embedding = self._text.embed(text)
        self._instruction = text

    def update_context(self, frame: AlignedFrame) -> Context:
        """Runs the context graph on a frame of its streams; without one, takes the instruction.

        Raises:
            Refused: If there is no instruction or the frame does not fit; the context stays.
        """
        if not self._instruction:
            raise Refused('context: no instruction has been set')
        given = {} if self._embedding is None else {_EMBEDDING: self._embedding}
        outputs: dict[str, NDArray[Any]] = {}
        if 'context' in self._sessions:
            outputs = self._run('context', frame, given)
        self._context = Context(
            stamp_ns=frame.stamp_ns,
            instruction=self._instruction,
            tensors={**{f'context.{name}': tensor for name, tensor in outputs.items()}, **given},
        )
        return self._context

    def act(
        self, frame: AlignedFrame, previous: ActionChunk | None = None, delay: int = 0
    ) -> ActionChunk:
        """Runs the action graph on a frame of its streams and the newest context.

        Args:
            frame: Observation.
            previous: Chunk in execution, for graphs that continue it.
            delay: Rows of the result that will be due before it comes.

        Returns:
            Absolute joint targets; row 0 is due one step after the observation.

        Raises:
            Refused: If there is no context, it is too old for this frame, the frame does not fit,
                or the result is not finite.
        """
        context = self._context
        if context is None:
            raise Refused('action: no context yet')
        graph = self.manifest.graphs.context
        if graph is not None:
            age_ms = (frame.stamp_ns - context.stamp_ns) * 1e-6
            if age_ms > graph.max_age_ms:
                raise Refused(f'action: context is {age_ms:.0f} ms old, limit '
                              f'{graph.max_age_ms:.0f} ms')
        given = context.tensors
        if self._continues:
            given = given | self._continuation.feeds(
                frame.stamp_ns, previous, delay, self._origin(frame))
        outputs = self._run('action', frame, given)
        return self._decode(outputs[self.manifest.action.output.removeprefix('action.')], frame)

    def _run(
        self,
        role: Literal['context', 'action'],
        frame: AlignedFrame,
        given: dict[str, NDArray[Any]],
    ) -> dict[str, NDArray[Any]]:
        sources = dict(given)
        for stream in self.manifest.inputs_of(role):
            sources[stream.name] = tensor_of(stream, frame)
            if not stream.required:
                sources[f'{stream.name}.mask'] = mask_of(stream, frame)
        graph = getattr(self.manifest.graphs, role)
        return self._sessions[role].run(
            {name: sources[source] for name, source in graph.inputs.items()})

    def _decode(self, output: NDArray[Any], frame: AlignedFrame) -> ActionChunk:
        action = self.manifest.action
        positions = self._decoder.decode(output) + self._origin(frame)
        return ActionChunk(
            stamp_ns=frame.stamp_ns + round(action.dt_s * 1e9),
            dt_s=action.dt_s,
            joint_names=action.joints,
            positions=positions,
        )

    def _origin(self, frame: AlignedFrame) -> NDArray[np.float64]:
        """Returns what the values of a chunk are relative to."""
        if self.manifest.action.space == 'joint_delta':
            return self.measured_positions(frame)
        return np.zeros(len(self.manifest.action.joints))

    def measured_positions(self, frame: AlignedFrame) -> NDArray[np.float64]:
        """Returns the measured positions of the action's joints, in the order of the chunk."""
        measured: dict[str, float] = {}
        for stream in self.manifest.inputs_of('action'):
            if isinstance(stream, JointStream):
                reading = frame.samples[sources_of(stream)[0]].value
                measured.update(zip(reading.names, reading.positions, strict=True))
        return np.array([measured[joint] for joint in self.manifest.action.joints])

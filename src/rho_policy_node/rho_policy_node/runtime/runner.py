# SPDX-License-Identifier: Apache-2.0
"""Executes a policy at two rates and decides in each tick whether it may act at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.limiter import ChunkLimiter
from rho_core.chunks.merging.choice import make_merger
from rho_core.chunks.queue import ChunkQueue
from rho_core.chunks.report import PolicyMode
from rho_core.chunks.report import PolicyReport
from rho_core.chunks.report import StreamReport
from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_core.streams.frame import AlignedFrame
from rho_core.streams.problem import StreamProblem
from rho_policy_node.runtime.decoder import TaskOver
from rho_policy_node.runtime.execution.asynchronous import Asynchronous
from rho_policy_node.runtime.execution.every_tick import EveryTick
from rho_policy_node.runtime.execution.inference import Decode
from rho_policy_node.runtime.execution.inference import Inference
from rho_policy_node.runtime.execution.protocol import Execution
from rho_policy_node.runtime.execution.protocol import Step
from rho_policy_node.runtime.feed import InputFeed
from rho_policy_node.runtime.policy import Policy

_MS = 1e-6  # [ms/ns]
_FUTURE_MS = 20.0
_MOST_PROBLEMS = 3  # in one reason


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slow:
    """Outcome of the last context tick; replaced as a whole, read by the action thread."""

    task: int = -1
    problems: tuple[StreamProblem, ...] = ()
    refusal: str = 'no context yet'


class PolicyRunner:
    """The policy's state machine.

    The context thread fills `context_feed` and calls `context_tick`; everything else belongs to
    the action thread, which never waits for the other one.
    """

    def __init__(self, policy: Policy, limiter: ChunkLimiter, decode: Decode) -> None:
        """Create a runner without instruction and permit.

        Args:
            policy: A verified policy.
            limiter: What every chunk passes.
            decode: Decodes the sample values of a frame that is used.

        Raises:
            ConfigError: If the policy moves other joints than the limiter knows.
        """
        joints = policy.manifest.action.joints
        if set(joints) != set(limiter.names):
            raise ConfigError(
                f'expected the joints of the cell, {", ".join(limiter.names)}; '
                f'got {", ".join(joints)}',
                'action.joints',
            )
        self.context_feed = InputFeed(policy.manifest.inputs_of('context'))
        self.action_feed = InputFeed(policy.manifest.inputs_of('action'))
        self._policy = policy
        self._decode = decode
        self._requested = ''
        self._task = 0
        self._no_permit = 'no permit yet'
        self._slow = _Slow()
        self._execution = self._make_execution(policy, limiter, decode)
        self._chunks = 0
        self._is_over = False
        self._report = PolicyReport(
            stamp_ns=0,
            bundle_id=policy.manifest.bundle_id,
            bundle_sha256=policy.sha256,
            mode=PolicyMode.IDLE,
        )

    def request(self, instruction: str) -> None:
        """Sets the instruction; an empty one means: do nothing.

        From one sentence to the next the policy goes on without a break. After a pause it starts
        with a context made for the new sentence.
        """
        text = instruction.strip()
        self._is_over = False
        if not text:
            self._task += 1
            self._execution.reset()
        self._requested = text

    @property
    def requested(self) -> str:
        """The instruction, empty: none."""
        return self._requested

    @property
    def is_over(self) -> bool:
        """Whether the model has said that the task is over."""
        return self._is_over

    def set_permit(self, problem: str) -> None:
        """Says why the arms may not move, empty if they may."""
        if problem and not self._no_permit:
            self._execution.reset()
        self._no_permit = problem

    def context_tick(self, *, now_ns: int, steady_ns: int) -> None:
        """Embeds a new instruction and renews the context, if there is something to do."""
        # The task is read first: a context for a later instruction may only look too old.
        task = self._task
        requested = self._requested
        result = self.context_feed.align(now_ns=now_ns, steady_ns=steady_ns)
        if not isinstance(result, AlignedFrame):
            self._slow = _Slow(task=task, problems=tuple(result), refusal='')
        elif not requested:
            self._slow = _Slow()
        else:
            refusal = self._renew(requested, result)
            refusal = refusal or self._execution.think(now_ns=now_ns, steady_ns=steady_ns)
            self._slow = _Slow(task=task, refusal=refusal)

    def action_tick(self, *, now_ns: int, steady_ns: int) -> ActionChunk | None:
        """Returns the chunk to publish, or None; `report` then says why."""
        frame = self.action_feed.align(now_ns=now_ns, steady_ns=steady_ns)
        slow = self._slow
        problems = [] if isinstance(frame, AlignedFrame) else frame
        streams = _merge(
            self.context_feed.report(slow.problems, now_ns=now_ns),
            self.action_feed.report(problems, now_ns=now_ns),
        )
        step, mode, reason = None, PolicyMode.WAITING, ''
        if not self._requested:
            mode, reason = PolicyMode.IDLE, 'no instruction'
        elif blocked := self._why_not(slow, problems, now_ns):
            reason = blocked
        elif isinstance(frame, AlignedFrame):
            try:
                step = self._execution.act(frame, now_ns=now_ns)
                mode = PolicyMode.RUNNING
            except TaskOver as error:
                self._is_over = True
                reason = str(error)
            except Refused as error:
                reason = str(error)
        self._note(step, mode, reason, streams, now_ns)
        return None if step is None else step.chunk

    def report(self, *, overhead_ms: float = math.nan, missed_ticks: int = 0) -> PolicyReport:
        """Returns what the last action tick found."""
        last = self._report
        return replace(last, overhead_ms=overhead_ms, missed_ticks=missed_ticks)

    def _why_not(self, slow: _Slow, problems: Sequence[StreamProblem], now_ns: int) -> str:
        if self._no_permit:
            return self._no_permit
        if slow.problems or problems:
            return _summary([*problems, *slow.problems])
        if slow.refusal:
            return slow.refusal
        context = self._policy.context
        if context is None or slow.task != self._task:
            return 'no context for this instruction yet'
        graph = self._policy.manifest.graphs.context
        if graph is None:
            return ''
        age_ms = (now_ns - context.stamp_ns) * _MS
        if age_ms > graph.max_age_ms:
            return f'context is {age_ms:.0f} ms old, limit {graph.max_age_ms:.0f} ms'
        if age_ms < -_FUTURE_MS:
            return f'context is {-age_ms:.0f} ms ahead of the clock'
        return ''

    def _renew(self, requested: str, frame: AlignedFrame) -> str:
        try:
            if requested != self._policy.instruction:
                self._policy.set_instruction(requested)
            self._policy.update_context(self._decode(frame))
        except Refused as error:
            return str(error)
        return ''

    def _make_execution(
        self, policy: Policy, limiter: ChunkLimiter, decode: Decode
    ) -> Execution:
        inference = Inference(policy, limiter, decode)
        spec = policy.manifest.execution
        queue = ChunkQueue(make_merger(spec), velocity=limiter.velocity)
        if spec.mode == 'asynchronous':
            return Asynchronous(inference, queue, self.action_feed)
        return EveryTick(inference, queue)

    def _note(
        self,
        step: Step | None,
        mode: PolicyMode,
        reason: str,
        streams: tuple[StreamReport, ...],
        now_ns: int,
    ) -> None:
        policy, context = self._policy, self._policy.context
        in_force = self._requested if step is None or context is None else context.instruction
        if step is not None and step.chunk is not None:
            self._chunks += 1
        self._report = replace(
            self._report,
            stamp_ns=now_ns,
            instruction=in_force,
            mode=mode,
            reason=reason,
            context_age_ms=math.nan if context is None else (now_ns - context.stamp_ns) * _MS,
            streams=streams,
            instruction_ms=policy.last_ms('instruction'),
            context_ms=policy.last_ms('context'),
            action_ms=policy.last_ms('action'),
            executed_delay=0 if step is None else step.delay,
            seam=0.0 if step is None else step.seam,
            chunk_seq=self._chunks,
        )


def _summary(problems: Sequence[StreamProblem]) -> str:
    """Says the first problem of the first few sources."""
    by_source: dict[str, str] = {}
    for problem in problems:
        by_source.setdefault(problem.stream, str(problem))
    texts = list(by_source.values())
    more = len(texts) - _MOST_PROBLEMS
    return '; '.join(texts[:_MOST_PROBLEMS]) + (f' and {more} more' if more > 0 else '')


def _merge(*groups: tuple[StreamReport, ...]) -> tuple[StreamReport, ...]:
    """Joins reports; of a stream that two graphs read, one with a problem wins."""
    merged: dict[str, StreamReport] = {}
    for report in (report for group in groups for report in group):
        if report.name not in merged or merged[report.name].ok:
            merged[report.name] = report
    return tuple(merged.values())

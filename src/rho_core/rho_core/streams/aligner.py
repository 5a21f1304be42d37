# SPDX-License-Identifier: Apache-2.0
"""Brings several streams to one observation, or says why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_core.streams.buffer import StreamBuffer
from rho_core.streams.frame import AlignedFrame
from rho_core.streams.problem import ProblemKind
from rho_core.streams.problem import StreamProblem
from rho_core.streams.rule import StreamRule
from rho_core.streams.sample import Sample

_MS = 1e-6  # [ms/ns]


class Aligner:
    """Buffers of several streams and the rule that makes a frame of them.

    The reference stamp is the newest moment at which every anchor stream has a sample: the
    earliest of their newest stamps. Of every stream the sample nearest to it is chosen, and
    judged: age by stamp and by arrival, distance from the reference, its own fault. Nothing is
    ever filled in: a stream that is not required and not fit is named as absent.

    The same object serves live topics and bags: time is an argument.
    """

    def __init__(
        self, rules: Sequence[StreamRule], *, future_tolerance_ns: int = 20_000_000
    ) -> None:
        """Create an aligner with empty buffers.

        Args:
            rules: The streams, at least one of them an anchor.
            future_tolerance_ns: How far a stamp may lie ahead of now [ns].
        """
        names = [rule.name for rule in rules]
        if len(set(names)) != len(names):
            raise ConfigError(f'expected different stream names, got {", ".join(names)}')
        if not any(rule.anchor for rule in rules):
            raise ConfigError('expected at least one anchor stream, got none')
        self._rules = {rule.name: rule for rule in rules}
        self._anchors = [rule.name for rule in rules if rule.anchor]
        self._buffers: dict[str, StreamBuffer[Any]] = {
            rule.name: StreamBuffer(rule.capacity) for rule in rules
        }
        self._future_tolerance_ns = future_tolerance_ns
        self._last_now_ns: int | None = None
        self._resets = 0

    @property
    def resets(self) -> int:
        """How often the clock went backwards and all samples were dropped."""
        return self._resets

    def push(self, name: str, sample: Sample[Any], *, now_ns: int) -> bool:
        """Takes a sample.

        Args:
            name: Stream.
            sample: What arrived.
            now_ns: ROS time [ns].

        Returns:
            False if the stream already has this stamp or a later one.

        Raises:
            Refused: If the stamp lies in the future.
        """
        self._follow_clock(now_ns)
        ahead_ns = sample.stamp_ns - now_ns
        if ahead_ns > self._future_tolerance_ns:
            raise Refused(
                f'{name}: stamp is {ahead_ns * _MS:.1f} ms in the future, '
                f'allowed {self._future_tolerance_ns * _MS:.1f} ms'
            )
        return self._buffers[name].push(sample)

    def newest(self, name: str) -> Sample[Any] | None:
        """Returns the newest sample of a stream."""
        return self._buffers[name].newest

    def align(self, *, now_ns: int, steady_ns: int) -> AlignedFrame | list[StreamProblem]:
        """Returns the newest frame, or every reason why there is none.

        Args:
            now_ns: ROS time [ns].
            steady_ns: Steady clock [ns].
        """
        self._follow_clock(now_ns)
        absent: dict[str, StreamProblem] = {}
        newest: dict[str, Sample[Any]] = {}
        problems: list[StreamProblem] = []
        for name, buffer in self._buffers.items():
            sample = buffer.newest
            if sample is None:
                problems.append(_problem(name, ProblemKind.MISSING, 'nothing received yet'))
            else:
                newest[name] = sample
        # A dead anchor holds the reference back: the others must not be blamed for it.
        problems += self._too_old(newest, now_ns, steady_ns)
        problems = self._sort_out(problems, absent)
        if problems:
            return problems
        reference_ns = min(newest[name].stamp_ns for name in self._anchors)
        chosen = {
            name: buffer.nearest(reference_ns) or newest[name]
            for name, buffer in self._buffers.items()
            if name not in absent
        }
        history = self._history(chosen, reference_ns)
        problems = self._too_old(chosen, now_ns, steady_ns)
        problems = problems or self._unfit(chosen, reference_ns) + self._gaps(
            history, reference_ns)
        problems = self._sort_out(problems, absent)
        if problems:
            return problems
        for name in absent:
            chosen.pop(name, None)
            history.pop(name, None)
        stamps = [sample.stamp_ns for sample in chosen.values()]
        return AlignedFrame(
            stamp_ns=reference_ns,
            samples=chosen,
            skew_ns=max(stamps) - min(stamps),
            history=history,
            absent=absent,
        )

    def clear(self) -> None:
        """Forgets all samples: nothing is delivered until every stream has sent again."""
        for buffer in self._buffers.values():
            buffer.clear()

    def _sort_out(
        self, problems: Sequence[StreamProblem], absent: dict[str, StreamProblem]
    ) -> list[StreamProblem]:
        """Moves the problems of streams that are not required to `absent`; returns the others."""
        for problem in problems:
            if not self._rules[problem.stream].required:
                absent.setdefault(problem.stream, problem)
        return [problem for problem in problems if self._rules[problem.stream].required]

    def _history(
        self, chosen: Mapping[str, Sample[Any]], reference_ns: int
    ) -> dict[str, tuple[Sample[Any], ...]]:
        """Returns the samples nearest to the wanted times of streams that want others than now."""
        return {
            name: tuple(
                self._buffers[name].nearest(reference_ns - offset_ns) or chosen[name]
                for offset_ns in self._rules[name].offsets_ns
            )
            for name in chosen
            if self._rules[name].offsets_ns != (0,)
        }

    def _gaps(
        self, history: Mapping[str, tuple[Sample[Any], ...]], reference_ns: int
    ) -> list[StreamProblem]:
        problems = []
        for name, samples in history.items():
            rule = self._rules[name]
            for offset_ns, sample in zip(rule.offsets_ns, samples, strict=True):
                if abs(sample.stamp_ns - reference_ns + offset_ns) > rule.max_skew_ns:
                    text = f'no sample of {offset_ns * _MS:.0f} ms before'
                    problems.append(_problem(name, ProblemKind.MISSING, text))
                    break
                if sample.fault:
                    problems.append(_problem(name, ProblemKind.FAULTY, sample.fault))
                    break
        return problems

    def _follow_clock(self, now_ns: int) -> None:
        last_ns = self._last_now_ns
        self._last_now_ns = now_ns
        # A smaller step back is the jitter between two readers of the same clock.
        if last_ns is not None and now_ns < last_ns - self._future_tolerance_ns:
            self._resets += 1
            self.clear()

    def _too_old(
        self, samples: Mapping[str, Sample[Any]], now_ns: int, steady_ns: int
    ) -> list[StreamProblem]:
        problems = []
        for name, sample in samples.items():
            deadline_ns = self._rules[name].deadline_ns
            age_ns = now_ns - sample.stamp_ns
            waited_ns = steady_ns - sample.received_ns
            limit = f'limit {deadline_ns * _MS:.0f} ms'
            if age_ns < -self._future_tolerance_ns:
                text = f'stamp {-age_ns * _MS:.1f} ms ahead'
                problems.append(_problem(name, ProblemKind.FUTURE, text))
            elif age_ns > deadline_ns:
                text = f'stamp {age_ns * _MS:.0f} ms old, {limit}'
                problems.append(_problem(name, ProblemKind.STALE, text))
            elif waited_ns > deadline_ns:
                text = f'last arrival {waited_ns * _MS:.0f} ms ago, {limit}'
                problems.append(_problem(name, ProblemKind.NOT_ARRIVING, text))
        return problems

    def _unfit(self, samples: Mapping[str, Sample[Any]], reference_ns: int) -> list[StreamProblem]:
        problems = []
        for name, sample in samples.items():
            limit_ns = self._rules[name].max_skew_ns
            skew_ns = abs(sample.stamp_ns - reference_ns)
            if skew_ns > limit_ns:
                text = f'{skew_ns * _MS:.0f} ms from the reference, limit {limit_ns * _MS:.0f} ms'
                problems.append(_problem(name, ProblemKind.SKEWED, text))
            elif sample.fault:
                problems.append(_problem(name, ProblemKind.FAULTY, sample.fault))
        return problems


def _problem(stream: str, kind: ProblemKind, detail: str) -> StreamProblem:
    return StreamProblem(stream=stream, kind=kind, detail=detail)

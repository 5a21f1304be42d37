# SPDX-License-Identifier: Apache-2.0
"""The inputs of one graph: buffers of its sources, aligned to frames on demand."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import Any

from rho_core.chunks.report import StreamReport
from rho_core.contract.streams import ImageStream
from rho_core.contract.streams import JointStream
from rho_core.contract.streams import SampledStream
from rho_core.errors import Refused
from rho_core.streams.aligner import Aligner
from rho_core.streams.frame import AlignedFrame
from rho_core.streams.problem import ProblemKind
from rho_core.streams.problem import StreamProblem
from rho_core.streams.rule import StreamRule
from rho_core.streams.sample import Sample
from rho_policy_node.runtime.sources import sources_of

_MS = 1_000_000  # [ns/ms]

_FASTEST_HZ = {True: 60.0, False: 500.0}  # of images, of readings; sizes the history

# An image may be a few hundred ms old and needs the readings of its time: 0.5 s at 500 Hz. Images
# are heavy, and their own reference is never far behind.
_READINGS = 256
_IMAGES = 6


class InputFeed:
    """Samples in from any thread, frames out.

    The reference stamp of a frame comes from the images if there are any, else from the joints.
    """

    def __init__(self, streams: Sequence[SampledStream]) -> None:
        """Create an empty feed for the streams that a graph reads."""
        self._streams = tuple(streams)
        self._aligner: Aligner | None = None
        sees = any(isinstance(one, ImageStream) and one.required for one in streams)
        kind = ImageStream if sees else JointStream
        rules = [
            StreamRule(
                name=source,
                deadline_ns=round(stream.deadline_ms * _MS),
                max_skew_ns=round(stream.max_skew_ms * _MS),
                anchor=isinstance(stream, kind) and stream.required,
                capacity=_capacity(stream),
                required=stream.required,
                offsets_ns=stream.offsets_ns,
            )
            for stream in streams
            for source in sources_of(stream)
        ]
        # Without a context graph the slow side reads nothing but the instruction.
        if rules:
            self._aligner = Aligner(rules)
        self._sources = {source for stream in streams for source in sources_of(stream)}
        self._refused: dict[str, str] = {}
        self._lock = threading.Lock()

    @property
    def sources(self) -> frozenset[str]:
        """Names of the sources this feed takes."""
        return frozenset(self._sources)

    def push(self, source: str, sample: Sample[Any], *, now_ns: int) -> None:
        """Takes a sample; one that is refused shows up as a problem until the next good one."""
        with self._lock:
            assert self._aligner is not None
            try:
                self._aligner.push(source, sample, now_ns=now_ns)
                self._refused.pop(source, None)
            except Refused as error:
                self._refused[source] = str(error).removeprefix(f'{source}: ')

    def align(self, *, now_ns: int, steady_ns: int) -> AlignedFrame | list[StreamProblem]:
        """Returns the newest frame, or every reason why there is none."""
        if self._aligner is None:
            return AlignedFrame(stamp_ns=now_ns, samples={}, skew_ns=0)
        with self._lock:
            result = self._aligner.align(now_ns=now_ns, steady_ns=steady_ns)
            if self._refused:
                refused = [
                    StreamProblem(stream=source, kind=ProblemKind.FUTURE, detail=text)
                    for source, text in self._refused.items()
                ]
                known = [] if isinstance(result, AlignedFrame) else result
                others = [one for one in known if one.stream not in self._refused]
                return refused + others
            return result

    def report(
        self, problems: Sequence[StreamProblem], *, now_ns: int
    ) -> tuple[StreamReport, ...]:
        """Returns the age of every stream, and its first problem if it has one."""
        by_source = {problem.stream: problem for problem in reversed(problems)}
        reports = []
        for stream in self._streams:
            sources = sources_of(stream)
            found = [by_source[source] for source in sources if source in by_source]
            age_ms = max(self._age_ms(source, now_ns) for source in sources)
            reports.append(
                StreamReport(
                    name=stream.name,
                    age_ms=age_ms if math.isfinite(age_ms) else math.nan,
                    problem=str(found[0]) if found else '',
                )
            )
        return tuple(reports)

    def _age_ms(self, source: str, now_ns: int) -> float:
        assert self._aligner is not None
        with self._lock:
            newest = self._aligner.newest(source)
        # The age of a stream is that of its worst source, and never is the worst.
        return math.inf if newest is None else (now_ns - newest.stamp_ns) / _MS


def _capacity(stream: SampledStream) -> int:
    is_image = isinstance(stream, ImageStream)
    past = math.ceil(max(stream.offsets_ns) * 1e-9 * _FASTEST_HZ[is_image])
    return past + (_IMAGES if is_image else _READINGS)

# SPDX-License-Identifier: Apache-2.0
"""When the deadline of a stream expired that fell silent, froze or came late."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from itertools import pairwise

from rho_bringup.bench.watchdog.recording import Recording
from rho_bringup.bench.watchdog.recording import Sample

_NS_PER_MS = 1e6


def expiry_of_silence(
    recording: Recording, streams: Iterable[str], deadlines_ms: Mapping[str, float]
) -> int | None:
    """Return when the first of some streams was missing for longer than allowed.

    A stream counts as lost when stamp or reception of its newest sample are too old, so its
    deadline counts from the earlier one.

    Args:
        recording: What was recorded.
        streams: Names of the streams that the fault silences.
        deadlines_ms: Deadlines by stream [ms].

    Returns:
        Time [ns], None when no deadline expired.
    """
    return min((expiry for name in streams if (expiry := _silence(
        recording.streams.get(name, ()), deadlines_ms[name], recording.injected_ns)) is not None),
        default=None)


def _silence(samples: tuple[Sample, ...], deadline_ms: float, injected_ns: int) -> int | None:
    deadline_ns = round(deadline_ms * _NS_PER_MS)
    for sample, following in pairwise(samples):
        expiry_ns = _begin_ns(sample) + deadline_ns
        if following.sent_ns > max(expiry_ns, injected_ns):
            return expiry_ns
    return _begin_ns(samples[-1]) + deadline_ns if samples else None


def _begin_ns(sample: Sample) -> int:
    return min(sample.sent_ns, sample.stamp_ns) if sample.stamp_ns else sample.sent_ns


def expiry_of_content(recording: Recording, stream: str, limit_ms: float) -> int | None:
    """Return when a stream had repeated one content for longer than allowed.

    Only a sample can tell that the content is still the same, so it is the arrival of the first
    one that repeats it beyond the limit.

    Args:
        recording: What was recorded.
        stream: Name of the stream.
        limit_ms: How long content may stay the same [ms].

    Returns:
        Time [ns], None when that did not happen after the fault.
    """
    limit_ns = round(limit_ms * _NS_PER_MS)
    since: Sample | None = None
    for sample in recording.streams.get(stream, ()):
        if since is None or sample.content != since.content:
            since = sample
        elif (sample.sent_ns - since.sent_ns > limit_ns
              and sample.sent_ns >= recording.injected_ns):
            return sample.sent_ns
    return None

# SPDX-License-Identifier: Apache-2.0
"""The sources behind a stream: one topic each. A touch stream has one per sensor."""

from __future__ import annotations

from rho_core.contract.streams import SampledStream
from rho_core.contract.streams import TactileStream


def sources_of(stream: SampledStream) -> tuple[str, ...]:
    """Returns the names of a stream's sources, in the order of its tensor."""
    if isinstance(stream, TactileStream):
        return tuple(f'{stream.name}.{sensor}' for sensor in stream.sensors)
    return (stream.name,)

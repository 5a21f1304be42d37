# SPDX-License-Identifier: Apache-2.0
"""What one stream must satisfy to be used."""

from __future__ import annotations

from dataclasses import dataclass

from rho_core.contract.findings import Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRule:
    """Limits of one stream.

    Attributes:
        name: Unique within an aligner.
        deadline_ns: Largest age, by stamp and by arrival [ns].
        max_skew_ns: Largest distance of the chosen sample from the reference stamp [ns].
        anchor: Whether the reference stamp is taken from this stream.
        capacity: Samples kept.
        required: Without it there is no frame; otherwise the frame says that it is absent.
        offsets_ns: How long before the reference samples are wanted, oldest first [ns].
    """

    name: str
    deadline_ns: int
    max_skew_ns: int
    anchor: bool = False
    capacity: int = 32
    required: bool = True
    offsets_ns: tuple[int, ...] = (0,)

    def __post_init__(self) -> None:
        """Refuses limits that cannot be met."""
        findings = Findings()
        for name in ('deadline_ns', 'max_skew_ns', 'capacity'):
            value: int = getattr(self, name)
            if value < 1:
                findings.add(name, f'expected at least 1, got {value}')
        if self.anchor and not self.required:
            findings.add('required', 'expected true: the reference stamp is taken from it')
        if not self.offsets_ns or min(self.offsets_ns) < 0:
            findings.add('offsets_ns', f'expected times >= 0, got {list(self.offsets_ns)}')
        findings.raise_if_any()

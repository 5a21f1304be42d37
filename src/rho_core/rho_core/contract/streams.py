# SPDX-License-Identifier: Apache-2.0
"""Input streams of a policy bundle, one class per kind."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal
from typing import TypeAlias

from rho_core.contract.findings import Findings

_DEADLINE_MAX_MS = 10_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionStream:
    """The sentence that says what to do."""

    name: str
    kind: Literal['instruction']


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageStream:
    """One camera, uint8 (1, height, width, 3)."""

    name: str
    kind: Literal['image']
    camera: str  # topic camera/<camera>/image_raw
    shape: tuple[int, int, int, int]
    unit: Literal['rgb8']
    normalisation: Literal['none']
    deadline_ms: float
    max_skew_ms: float

    def __post_init__(self) -> None:
        """Refuses impossible shapes and limits."""
        findings = Findings()
        if self.shape[0] != 1 or self.shape[3] != 3 or min(self.shape) < 1:
            findings.add('shape', f'expected [1, height, width, 3], got {list(self.shape)}')
        _check_timing(self.deadline_ms, self.max_skew_ms, findings)
        findings.raise_if_any()

    @property
    def size(self) -> tuple[int, int]:
        """Height and width [px]."""
        return self.shape[1], self.shape[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class JointStream:
    """Measured joint states, float32 (1, fields x joints), joints in model order."""

    name: str
    kind: Literal['joint']
    joints: tuple[str, ...]
    fields: tuple[Literal['position', 'velocity'], ...]
    shape: tuple[int, int]
    unit: Literal['si']  # rad and m, rad/s and m/s
    normalisation: Literal['none']
    deadline_ms: float
    max_skew_ms: float

    def __post_init__(self) -> None:
        """Refuses repeated names, wrong widths and impossible limits."""
        findings = Findings()
        check_unique(self.joints, 'joints', findings)
        check_unique(self.fields, 'fields', findings)
        width = len(self.joints) * len(self.fields)
        if self.shape != (1, width):
            findings.add(
                'shape',
                f'expected [1, {width}] ({len(self.joints)} joints x {len(self.fields)} fields), '
                f'got {list(self.shape)}',
            )
        _check_timing(self.deadline_ms, self.max_skew_ms, findings)
        findings.raise_if_any()


@dataclass(frozen=True, slots=True, kw_only=True)
class TactileStream:
    """Touch of several sensors, float32 (1, sensors, taxels, channels), baseline subtracted."""

    name: str
    kind: Literal['tactile']
    sensors: tuple[str, ...]  # topics tactile/<sensor>/frame
    shape: tuple[int, int, int, int]
    unit: Literal['uT']
    normalisation: Literal['none']
    deadline_ms: float
    max_skew_ms: float

    def __post_init__(self) -> None:
        """Refuses repeated names, wrong shapes and impossible limits."""
        findings = Findings()
        check_unique(self.sensors, 'sensors', findings)
        count = len(self.sensors)
        if self.shape[:2] != (1, count) or min(self.shape) < 1:
            findings.add(
                'shape', f'expected [1, {count}, taxels, channels], got {list(self.shape)}'
            )
        _check_timing(self.deadline_ms, self.max_skew_ms, findings)
        findings.raise_if_any()


SampledStream: TypeAlias = ImageStream | JointStream | TactileStream
Stream: TypeAlias = InstructionStream | SampledStream


def check_unique(names: tuple[str, ...], path: str, findings: Findings) -> None:
    """Notes an empty list and names that occur more than once."""
    if not names:
        findings.add(path, 'expected at least one, got an empty list')
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        findings.add(path, f"'{name}' occurs {names.count(name)} times")


def _check_timing(deadline_ms: float, max_skew_ms: float, findings: Findings) -> None:
    for name, value in (('deadline_ms', deadline_ms), ('max_skew_ms', max_skew_ms)):
        if not (isfinite(value) and 0 < value <= _DEADLINE_MAX_MS):
            findings.add(name, f'expected above 0, at most {_DEADLINE_MAX_MS:g}, got {value:g}')

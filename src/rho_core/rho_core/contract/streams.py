# SPDX-License-Identifier: Apache-2.0
"""Input streams of a policy bundle, one class per kind."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Literal
from typing import TypeAlias

from rho_core.contract.findings import Findings
from rho_core.contract.normalisation import Normalisation
from rho_core.contract.normalisation import check_columns

_DEADLINE_MAX_MS = 10_000.0
_HISTORY_MAX_MS = 10_000.0
_WRENCH = 6  # force and torque


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionStream:
    """The sentence that says what to do."""

    name: str
    kind: Literal['instruction']


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledBase:
    """What all streams with stamps have.

    Attributes:
        name: Unique within the bundle.
        deadline_ms: Largest age of the newest sample, by stamp and by arrival.
        max_skew_ms: Largest distance of a sample from the time it stands for.
        required: Without it no inference; otherwise `<name>.mask` tells the graph.
        history_ms: How long before the observation the samples are wanted, oldest first, e.g.
            [200, 100, 0]; empty: the one of the observation, without an axis for time.
    """

    name: str
    deadline_ms: float
    max_skew_ms: float
    required: bool = True
    history_ms: tuple[float, ...] = ()

    @property
    def offsets_ns(self) -> tuple[int, ...]:
        """How long before the observation each sample is wanted [ns]."""
        if not self.history_ms:
            return (0,)
        return tuple(round(one * 1e6) for one in self.history_ms)

    @property
    def lead_shape(self) -> tuple[int, ...]:
        """Leading dimensions of the tensor: batch, and time if there is a history."""
        return (1, len(self.history_ms)) if self.history_ms else (1,)

    def _check_common(self, findings: Findings) -> None:
        for name in ('deadline_ms', 'max_skew_ms'):
            value: float = getattr(self, name)
            if not (isfinite(value) and 0 < value <= _DEADLINE_MAX_MS):
                findings.add(
                    name, f'expected above 0, at most {_DEADLINE_MAX_MS:g}, got {value:g}'
                )
        history = self.history_ms
        if history and not (
            all(isfinite(one) and 0 <= one <= _HISTORY_MAX_MS for one in history)
            and all(older > newer for older, newer in pairwise(history))
        ):
            findings.add(
                'history_ms',
                f'expected falling times from {_HISTORY_MAX_MS:g} to 0, got {list(history)}',
            )

    def _check_shape(
        self, shape: tuple[int, ...], expected: tuple[int | str, ...], findings: Findings
    ) -> bool:
        whole: tuple[int | str, ...] = (*self.lead_shape, *expected)
        fits = len(shape) == len(whole) and all(
            has >= 1 and (isinstance(want, str) or has == want)
            for has, want in zip(shape, whole, strict=True)
        )
        if not fits:
            text = ', '.join(str(one) for one in whole)
            findings.add('shape', f'expected [{text}], got {list(shape)}')
        return fits


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageStream(SampledBase):
    """One camera: colour uint8 (1, height, width, 3), grey uint8 or depth uint16 (1, h, w, 1)."""

    kind: Literal['image']
    camera: str  # topic camera/<camera>/image_raw
    shape: tuple[int, ...]
    unit: Literal['rgb8', 'mono8', 'depth_mm']
    normalisation: Literal['none']

    def __post_init__(self) -> None:
        """Refuses impossible shapes and limits."""
        findings = Findings()
        channels = 3 if self.unit == 'rgb8' else 1
        self._check_shape(self.shape, ('height', 'width', channels), findings)
        self._check_common(findings)
        findings.raise_if_any()

    @property
    def size(self) -> tuple[int, int]:
        """Height and width [px]."""
        return self.shape[-3], self.shape[-2]

    @property
    def dtype(self) -> Literal['uint8', 'uint16']:
        """Element type of the tensor."""
        return 'uint16' if self.unit == 'depth_mm' else 'uint8'


@dataclass(frozen=True, slots=True, kw_only=True)
class JointStream(SampledBase):
    """Measured joint states, float32 (1, fields x joints), joints in model order."""

    kind: Literal['joint']
    joints: tuple[str, ...]
    fields: tuple[Literal['position', 'velocity'], ...]
    shape: tuple[int, ...]
    unit: Literal['si']  # rad and m, rad/s and m/s
    normalisation: Normalisation

    def __post_init__(self) -> None:
        """Refuses repeated names, wrong widths and impossible limits."""
        findings = Findings()
        check_unique(self.joints, 'joints', findings)
        check_unique(self.fields, 'fields', findings)
        width = len(self.joints) * len(self.fields)
        expected = (*self.lead_shape, width)
        if self.shape != expected:
            findings.add(
                'shape',
                f'expected {list(expected)} ({len(self.joints)} joints x {len(self.fields)} '
                f'fields), got {list(self.shape)}',
            )
        check_columns(self.normalisation, width, findings)
        self._check_common(findings)
        findings.raise_if_any()


@dataclass(frozen=True, slots=True, kw_only=True)
class TactileStream(SampledBase):
    """Touch of several sensors, float32 (1, sensors, taxels, channels), baseline subtracted."""

    kind: Literal['tactile']
    sensors: tuple[str, ...]  # topics tactile/<sensor>/frame
    shape: tuple[int, ...]
    unit: Literal['uT']
    normalisation: Normalisation  # one value per channel

    def __post_init__(self) -> None:
        """Refuses repeated names, wrong shapes and impossible limits."""
        findings = Findings()
        check_unique(self.sensors, 'sensors', findings)
        if self._check_shape(self.shape, (len(self.sensors), 'taxels', 'channels'), findings):
            check_columns(self.normalisation, self.shape[-1], findings)
        self._check_common(findings)
        findings.raise_if_any()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrenchStream(SampledBase):
    """Forces and torques at one wrist, float32 (1, 6): fx, fy, fz, tx, ty, tz."""

    kind: Literal['wrench']
    source: str  # topic wrench/<source>
    shape: tuple[int, ...]
    unit: Literal['si']  # N and Nm
    normalisation: Normalisation

    def __post_init__(self) -> None:
        """Refuses another shape and impossible limits."""
        findings = Findings()
        self._check_shape(self.shape, (_WRENCH,), findings)
        check_columns(self.normalisation, _WRENCH, findings)
        self._check_common(findings)
        findings.raise_if_any()


SampledStream: TypeAlias = ImageStream | JointStream | TactileStream | WrenchStream
Stream: TypeAlias = InstructionStream | SampledStream


def check_unique(names: tuple[str, ...], path: str, findings: Findings) -> None:
    """Notes an empty list and names that occur more than once."""
    if not names:
        findings.add(path, 'expected at least one, got an empty list')
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        findings.add(path, f"'{name}' occurs {names.count(name)} times")

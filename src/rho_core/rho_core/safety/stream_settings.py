# SPDX-License-Identifier: Apache-2.0
"""How a cell file says what is watched in one stream, and what its faults do."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from typing import Literal

from rho_core.errors import ConfigError
from rho_core.safety.permit import Permit
from rho_core.safety.reaction import Clear
from rho_core.safety.reaction import Reaction
from rho_core.safety.stream_kind import StreamKind
from rho_core.safety.stream_rule import StreamRule
from rho_core.streams.fault import FaultKind
from rho_core.streams.limits import FreezeLimit
from rho_core.streams.limits import GapLimit
from rho_core.streams.limits import LoadLimit
from rho_core.streams.limits import RateLimit

ReactionName = Literal['SLOW', 'HOLD', 'STOP']
_NS_PER_MS = 1e6
_LEAD_MS = 50.0
# Trajectories begin in the future.
_TRAJECTORY_LEAD_MS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionSettings:
    """What one kind of fault does.

    Attributes:
        permit: best permit that it leaves.
        clear: what ends it; None: a reset for STOP, the end of the fault for HOLD and SLOW.
        clear_after_ms: time without the fault after which it ends.
        trip_after_ms: time for which the fault must be present before it counts.
        escalate_after_ms: time after which HOLD or SLOW becomes STOP, 0: never.
        speed_scale: speed that SLOW leaves.
    """

    permit: ReactionName
    clear: Clear | None = None
    clear_after_ms: float = 0.0
    trip_after_ms: float = 0.0
    escalate_after_ms: float = 0.0
    speed_scale: float = 0.25

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ConfigError: they do not fit together.
        """
        self.reaction()

    def reaction(self) -> Reaction:
        """Return what the watchdog works with."""
        return Reaction(
            permit=Permit[self.permit],
            clear=self.clear,
            clear_after_ns=to_ns(self.clear_after_ms),
            trip_after_ns=to_ns(self.trip_after_ms),
            escalate_after_ns=to_ns(self.escalate_after_ms),
            speed_scale=self.speed_scale,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeSettings:
    """How long a stream may carry the same: see `FreezeLimit`."""

    limit_ms: float
    only_while_moving: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GapSettings:
    """How many messages may be lost: see `GapLimit`."""

    max_lost: int
    window_ms: float = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSettings:
    """How many messages must come: see `RateLimit`."""

    min_hz: float
    window_ms: float = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSettings:
    """How hard something may be touched or pushed: see `LoadLimit`."""

    limit: float
    care: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSettings:
    """A watched stream.

    Attributes:
        kind: what its topic carries.
        topic: the topic, relative to the cell's namespace.
        deadline_ms: age from which it counts as lost.
        arms: arms that it restrains, empty: all. With coupled arms it is always all.
        reaction: what its faults do, unless `reactions` says otherwise.
        reactions: what certain kinds of fault do, by `FaultKind`.
        max_lead_ms: how far a stamp may lie in the future; None: as suits the kind.
        freeze: limit of equal content, None: not looked at.
        gap: limit of lost messages, None: not looked at.
        rate: limit of the rate, None: not looked at.
        loads: limits of what it tells of, by name.
        ignored_flags: flags of a touch sensor that are no fault.
    """

    kind: StreamKind
    topic: str
    deadline_ms: float
    arms: tuple[str, ...] = ()
    reaction: ReactionName = 'STOP'
    reactions: dict[str, ReactionSettings] = field(default_factory=dict)
    max_lead_ms: float | None = None
    freeze: FreezeSettings | None = None
    gap: GapSettings | None = None
    rate: RateSettings | None = None
    loads: dict[str, LoadSettings] = field(default_factory=dict)
    ignored_flags: tuple[Literal['saturated', 'stale', 'uncalibrated'], ...] = ()

    def __post_init__(self) -> None:
        """Check what does not fit the kind.

        Raises:
            ConfigError: no topic, no positive deadline, an unknown kind of fault or load, or a
                limit of what the kind does not tell.
        """
        if not self.topic:
            raise ConfigError('expected the name of a topic, got an empty one', 'topic')
        if not self.deadline_ms > 0:
            raise ConfigError(f'expected > 0, got {self.deadline_ms}', 'deadline_ms')
        known = [kind.value for kind in FaultKind]
        for name in self.reactions:
            if name not in known:
                raise ConfigError(f'unknown kind of fault, known are: {", ".join(known)}',
                                  f'reactions.{name}')
        for name in self.loads:
            if name not in self.kind.loads:
                raise ConfigError(f"kind '{self.kind.value}' tells of "
                                  f'{", ".join(self.kind.loads) or "no loads"}', f'loads.{name}')
        for name, is_given, is_possible in (
            ('freeze', self.freeze is not None, self.kind.has_content),
            ('gap', self.gap is not None, self.kind.has_number),
            ('ignored_flags', bool(self.ignored_flags), self.kind is StreamKind.TACTILE),
        ):
            if is_given and not is_possible:
                raise ConfigError(f"not possible for kind '{self.kind.value}'", name)
        self.rule(self.topic)

    def rule(self, name: str) -> StreamRule:
        """Return what the watchdog works with.

        Args:
            name: name of the stream.

        Raises:
            ConfigError: the values do not fit together.
        """
        lead_ms = self.max_lead_ms
        if lead_ms is None:
            lead_ms = _TRAJECTORY_LEAD_MS if self.kind is StreamKind.TRAJECTORY else _LEAD_MS
        return StreamRule(
            name=name,
            deadline_ns=to_ns(self.deadline_ms),
            role=self.kind.role,
            arms=self.arms,
            max_lead_ns=to_ns(lead_ms),
            reaction=Reaction(permit=Permit[self.reaction]),
            reactions={FaultKind(kind): one.reaction() for kind, one in self.reactions.items()},
            freeze=None if self.freeze is None else FreezeLimit(
                limit_ns=to_ns(self.freeze.limit_ms),
                only_while_moving=self.freeze.only_while_moving),
            gap=None if self.gap is None else GapLimit(
                max_lost=self.gap.max_lost, window_ns=to_ns(self.gap.window_ms)),
            rate=None if self.rate is None else RateLimit(
                min_hz=self.rate.min_hz, window_ns=to_ns(self.rate.window_ms)),
            loads=tuple(LoadLimit(name=load, limit=one.limit, care=one.care)
                        for load, one in self.loads.items()),
        )


def to_ns(time_ms: float) -> int:
    """Return a time of a file in the unit of the core [ns]."""
    return round(time_ms * _NS_PER_MS)

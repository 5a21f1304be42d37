# SPDX-License-Identifier: Apache-2.0
"""One stream that the watchdog watches, and what its faults do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from enum import Enum
from types import MappingProxyType

from rho_core.errors import ConfigError
from rho_core.safety.permit import Permit
from rho_core.safety.reaction import Reaction
from rho_core.streams.fault import FaultKind
from rho_core.streams.limits import FreezeLimit
from rho_core.streams.limits import GapLimit
from rho_core.streams.limits import LoadLimit
from rho_core.streams.limits import RateLimit

_CARE = (FaultKind.NEAR, FaultKind.LOAD)
_SLOW = Reaction(permit=Permit.SLOW)
_STOP = Reaction()


class StreamRole(Enum):
    """What a stream is to the watchdog."""

    SENSOR = 'sensor'
    """Delivers at all times."""
    COMMAND = 'command'
    """Trajectories of one arm: demanded only while a policy runs."""
    CONTROLLER = 'controller'
    """State of one arm's controller; observations carry a `ControllerStatus`."""
    GEOMETRY = 'geometry'
    """Judgement of how close the arms come; observations carry a `GeometryStatus`."""
    ESTOP = 'estop'
    """Emergency stop; observations carry a bool, True is pressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRule:
    """A stream, its limits, and what happens when it leaves them.

    Attributes:
        name: e.g. `camera.front`; causes are `<name>.<kind of fault>`. By custom
            `command.<arm>`, `controller.<arm>`, `geometry`, `estop`.
        deadline_ns: largest age of its newest sample, on both clocks.
        role: what it is to the watchdog.
        arms: arms that it restrains, empty: all. One arm for COMMAND and CONTROLLER.
        max_lead_ns: how far a stamp may lie in the future.
        reaction: what its faults do.
        reactions: what certain faults do instead. Without an entry, NEAR and LOAD are SLOW and
            BLOCKED, PRESSED and STOPPED are STOP, whatever `reaction` says.
        freeze: limit of equal content, None: not looked at.
        gap: limit of lost samples, None: not looked at.
        rate: limit of the rate, None: not looked at.
        loads: limits of the loads in its observations' values.
    """

    name: str
    deadline_ns: int
    role: StreamRole = StreamRole.SENSOR
    arms: tuple[str, ...] = ()
    max_lead_ns: int = 50_000_000
    reaction: Reaction = _STOP
    reactions: Mapping[FaultKind, Reaction] = field(default_factory=dict)
    freeze: FreezeLimit | None = None
    gap: GapLimit | None = None
    rate: RateLimit | None = None
    loads: tuple[LoadLimit, ...] = ()

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ConfigError: no name, no positive deadline, a negative lead, doubled loads, or what
                does not fit the role.
        """
        object.__setattr__(self, 'reactions', MappingProxyType(dict(self.reactions)))
        if not self.name:
            raise ConfigError('expected the name of a stream, got an empty one', 'streams.name')
        if self.deadline_ns <= 0:
            raise ConfigError(f'{self.name}: expected a positive deadline, got '
                              f'{self.deadline_ns} ns', 'streams.deadline_ns')
        if self.max_lead_ns < 0:
            raise ConfigError(f'{self.name}: expected a lead >= 0, got {self.max_lead_ns} ns',
                              'streams.max_lead_ns')
        names = [load.name for load in self.loads]
        if len(set(names)) != len(names):
            raise ConfigError(f'{self.name}: expected unique names, got {", ".join(names)}',
                              'streams.loads')
        self._check_role()

    def reaction_to(self, kind: FaultKind) -> Reaction:
        """Return what a kind of fault does."""
        reaction = self.reactions.get(kind)
        if reaction is not None:
            return reaction
        if kind in _CARE:
            return _SLOW
        return _STOP if kind in _ALWAYS_STOP else self.reaction

    def _check_role(self) -> None:
        role = self.role
        if role in (StreamRole.COMMAND, StreamRole.CONTROLLER) and len(self.arms) != 1:
            raise ConfigError(f'{self.name}: expected the one arm that it belongs to, got '
                              f'{len(self.arms)} arms', 'streams.arms')
        if role is StreamRole.ESTOP:
            if self.arms:
                raise ConfigError(f'{self.name}: an emergency stop stops all arms, got '
                                  f'{", ".join(self.arms)}', 'streams.arms')
            softer = [r for r in (self.reaction, *self.reactions.values())
                      if r.permit is not Permit.STOP or r.trip_after_ns]
            if softer:
                raise ConfigError(f'{self.name}: expected STOP at once, got '
                                  f'{softer[0].permit.name} after '
                                  f'{softer[0].trip_after_ns} ns', 'streams.reaction')
        if role is not StreamRole.SENSOR and self.loads:
            raise ConfigError(f'{self.name}: expected loads of a sensor only, got them for a '
                              f'stream of role {role.value}', 'streams.loads')


_ALWAYS_STOP = (FaultKind.BLOCKED, FaultKind.PRESSED, FaultKind.STOPPED)

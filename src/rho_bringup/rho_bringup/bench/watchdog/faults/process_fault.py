# SPDX-License-Identifier: Apache-2.0
"""A process dies, hangs, or stalls for a second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field

from rho_bringup.bench.watchdog.deadlines import expiry_of_silence
from rho_bringup.bench.watchdog.recording import Recording
from rho_bringup.bench.watchdog.rig import Rig
from rho_bringup.bench.watchdog.trial import TrialResult
from rho_bringup.bench.watchdog.trial import judge_stop
from rho_core.contract.limits import JointLimits

STALL_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFault:
    """Something happens to a process, and what it sends goes missing.

    Attributes:
        name: Key in the result.
        process: Name of the process.
        streams: What goes missing: names of watched streams.
        cause: Pattern of the causes that are right.
        deaf_arm: Arm whose own controller it is: it cannot stop, its partner must.
        renewed: Nodes that must start anew afterwards.
    """

    name: str
    process: str
    streams: tuple[str, ...]
    cause: str
    deaf_arm: str | None = None
    renewed: tuple[str, ...] = ()
    needs_clock: bool = field(default=False, init=False)
    stops_arms: bool = field(default=True, init=False)

    @property
    def expected(self) -> str:
        """What must follow."""
        who = 'both arms stop' if self.deaf_arm is None else 'the other arm stops'
        return f'{who}, cause {self.cause}'

    def restore(self, rig: Rig) -> None:
        """Let nodes start anew that cannot go on."""
        for name in self.renewed:
            rig.renew(name)

    def judge(
        self, recording: Recording, rig: Rig, limits: Mapping[str, JointLimits]
    ) -> TrialResult:
        """Judge what happened."""
        return judge_stop(
            recording,
            arms=tuple(arm for arm in recording.commands if arm != self.deaf_arm),
            expiry_ns=expiry_of_silence(recording, self.streams, rig.deadlines_ms),
            cause=self.cause,
            limits=limits,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessKilled(ProcessFault):
    """A process dies."""

    @property
    def about(self) -> str:
        """What is done."""
        return f'SIGKILL to {self.process}'

    def inject(self, rig: Rig) -> int:
        """Kill it."""
        injected_ns = rig.now_ns()
        rig.kill(self.process)
        return injected_ns

    def undo(self, rig: Rig) -> None:
        """Start it again."""
        rig.revive(self.process)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessPaused(ProcessFault):
    """A process hangs."""

    @property
    def about(self) -> str:
        """What is done."""
        return f'SIGSTOP to {self.process}, SIGCONT once the arms stand'

    def inject(self, rig: Rig) -> int:
        """Stop it."""
        injected_ns = rig.now_ns()
        rig.pause(self.process)
        return injected_ns

    def undo(self, rig: Rig) -> None:
        """Let it go on."""
        rig.resume(self.process)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessStalled(ProcessFault):
    """A process does nothing for a second, as in a long garbage collection."""

    @property
    def about(self) -> str:
        """What is done."""
        return f'{self.process} stands still for {STALL_S:g} s, then goes on by itself'

    def inject(self, rig: Rig) -> int:
        """Stop it for a second."""
        injected_ns = rig.now_ns()
        rig.pause(self.process)
        rig.wait(STALL_S)
        rig.resume(self.process)
        return injected_ns

    def undo(self, rig: Rig) -> None:
        """Do nothing: it goes on already."""



# SPDX-License-Identifier: Apache-2.0
"""The network to camera and policy becomes slow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field

from rho_bringup.bench.watchdog.deadlines import expiry_of_silence
from rho_bringup.bench.watchdog.fault_cell import CAMERA_RELAY
from rho_bringup.bench.watchdog.fault_cell import COMMAND_RELAY
from rho_bringup.bench.watchdog.recording import Recording
from rho_bringup.bench.watchdog.relay_order import RelayOrder
from rho_bringup.bench.watchdog.rig import Rig
from rho_bringup.bench.watchdog.trial import TrialResult
from rho_bringup.bench.watchdog.trial import judge_stop
from rho_core.contract.limits import JointLimits

DELAY_S = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkDelay:
    """All pictures of a camera, or all trajectories, or both arrive late.

    Attributes:
        name: Key in the result.
        relays: Relays that delay.
        streams: Watched streams that pass through them.
        cause: Pattern of the causes that are right.
    """

    name: str
    relays: tuple[str, ...]
    streams: tuple[str, ...]
    cause: str
    needs_clock: bool = field(default=False, init=False)
    stops_arms: bool = field(default=True, init=False)

    @property
    def about(self) -> str:
        """What is done."""
        return f'{", ".join(self.streams)} arrive {DELAY_S * 1e3:.0f} ms late'

    @property
    def expected(self) -> str:
        """What must follow."""
        return f'both arms stop, cause {self.cause}'

    def inject(self, rig: Rig) -> int:
        """Delay."""
        injected_ns = rig.now_ns()
        for relay in self.relays:
            rig.order(relay, RelayOrder(delay_s=DELAY_S))
        return injected_ns

    def undo(self, rig: Rig) -> None:
        """Pass on at once again."""
        for relay in self.relays:
            rig.order(relay, RelayOrder())

    def restore(self, rig: Rig) -> None:
        """Do nothing more."""

    def judge(
        self, recording: Recording, rig: Rig, limits: Mapping[str, JointLimits]
    ) -> TrialResult:
        """Judge what happened."""
        return judge_stop(
            recording, arms=rig.cell.arms, cause=self.cause, limits=limits,
            expiry_ns=expiry_of_silence(recording, self.streams, rig.deadlines_ms))


def network_delays(camera: str, arms: tuple[str, ...]) -> tuple[NetworkDelay, ...]:
    """Return a slow camera and a slow policy."""
    return (
        NetworkDelay(name='camera_delay_300ms', relays=(CAMERA_RELAY,),
                     streams=(f'camera.{camera}',), cause=rf'^camera\.{camera}\.late$'),
        NetworkDelay(name='network_delay_300ms', relays=(CAMERA_RELAY, COMMAND_RELAY),
                     streams=(f'camera.{camera}', *(f'command.{arm}' for arm in arms)),
                     cause=rf'^(command\.\w+|camera\.{camera})\.late$'),
    )

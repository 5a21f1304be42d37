# SPDX-License-Identifier: Apache-2.0
"""A camera sends one picture again and again, with fresh stamps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field

from rho_bringup.bench.watchdog.deadlines import expiry_of_content
from rho_bringup.bench.watchdog.fault_cell import CAMERA_RELAY
from rho_bringup.bench.watchdog.recording import Recording
from rho_bringup.bench.watchdog.relay_order import RelayOrder
from rho_bringup.bench.watchdog.rig import Rig
from rho_bringup.bench.watchdog.trial import TrialResult
from rho_bringup.bench.watchdog.trial import judge_stop
from rho_core.contract.limits import JointLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFrozen:
    """The content of a camera's pictures freezes.

    Attributes:
        camera: Name of the camera.
        limit_ms: How long its content may stay the same [ms].
    """

    camera: str
    limit_ms: float
    name: str = field(default='camera_frozen', init=False)
    needs_clock: bool = field(default=False, init=False)
    stops_arms: bool = field(default=True, init=False)

    @property
    def about(self) -> str:
        """What is done."""
        return f'camera {self.camera} repeats one picture with fresh stamps'

    @property
    def expected(self) -> str:
        """What must follow."""
        return f'both arms stop, cause {self._cause}'

    @property
    def _cause(self) -> str:
        return rf'^camera\.{self.camera}\.frozen$'

    def inject(self, rig: Rig) -> int:
        """Freeze the picture."""
        injected_ns = rig.now_ns()
        rig.order(CAMERA_RELAY, RelayOrder(is_frozen=True))
        return injected_ns

    def undo(self, rig: Rig) -> None:
        """Let pictures pass again."""
        rig.order(CAMERA_RELAY, RelayOrder())

    def restore(self, rig: Rig) -> None:
        """Do nothing more."""

    def judge(
        self, recording: Recording, rig: Rig, limits: Mapping[str, JointLimits]
    ) -> TrialResult:
        """Judge what happened."""
        return judge_stop(
            recording, arms=rig.cell.arms, cause=self._cause, limits=limits,
            expiry_ns=expiry_of_content(recording, f'camera.{self.camera}', self.limit_ms))

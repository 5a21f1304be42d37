# SPDX-License-Identifier: Apache-2.0
"""An arm behind a stock joint_trajectory_controller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from arm_controller.backends.context import BackendContext
from arm_controller.backends.context import PointSender
from arm_controller.backends.joint_state_reader import JointStateReader
from rho_core.errors import ConfigError
from rho_core.motion.measurement import Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class JointTrajectoryOptions:
    """How commands pass through a joint_trajectory_controller.

    Attributes:
        controller: its name, empty: `<arm>_joint_trajectory_controller`.
        rate_hz: rate of messages; commands in between are skipped.
        horizon_ms: time in which it has to reach each command; the arm lags by about as much.
    """

    kind: Literal['joint_trajectory'] = 'joint_trajectory'
    controller: str = ''
    rate_hz: float = 125.0
    horizon_ms: float = 16.0

    def __post_init__(self) -> None:
        """Check the times."""
        if not 1.0 <= self.rate_hz <= 1000.0:
            raise ConfigError(f'expected 1 to 1000 Hz, got {self.rate_hz}', 'rate_hz')
        least_ms = 1e3 / self.rate_hz
        if not least_ms <= self.horizon_ms <= 1000.0:
            raise ConfigError(f'expected at least the time between two messages, {least_ms:g} ms, '
                              f'and at most 1000 ms, got {self.horizon_ms}', 'horizon_ms')


class JointTrajectoryBackend:
    """Publishes each n-th command as a trajectory of one point.

    Such a controller replaces its trajectory by each new one and goes to the point in a straight
    line from where it is (set its `interpolate_from_desired_state`, or `open_loop_control` on
    older ones, so that it starts from its own set point). The points are close together and
    within limits already; without a velocity the end is at rest, so that when this process dies,
    the arm stays on the last point.
    """

    def __init__(
        self, points: PointSender, states: JointStateReader, *, every: int, horizon_s: float
    ) -> None:
        """Connect.

        Args:
            points: where commands go.
            states: where measurements come from.
            every: commands per message.
            horizon_s: time in which a point has to be reached.
        """
        self._points = points
        self._states = states
        self._every = every
        self._horizon_s = horizon_s
        self._skipped = 0

    @classmethod
    def make(
        cls, options: JointTrajectoryOptions, context: BackendContext
    ) -> JointTrajectoryBackend:
        """Make it from what the registry has."""
        controller = options.controller or f'{context.arm}_joint_trajectory_controller'
        return cls(
            context.topics.points(f'{controller}/joint_trajectory', context.joint_names),
            JointStateReader(context.joint_names, context.topics.joint_states()),
            every=max(1, round(1.0 / (options.rate_hz * context.period_s))),
            horizon_s=options.horizon_ms / 1e3,
        )

    def start(self) -> None:
        """Forget what was measured before."""
        self._states.reset()
        self._skipped = self._every - 1

    def read(self, steady_ns: int) -> Measurement | None:
        """Return the newest measurement of the arm's joints."""
        return self._states.read(steady_ns)

    def write(self, command: Sequence[float]) -> None:
        """Publish a command, or skip it."""
        self._skipped += 1
        if self._skipped >= self._every:
            self._skipped = 0
            self._points.send(command, self._horizon_s)

    def problem(self) -> str:
        """Return why the last joint states were of no use."""
        return self._states.problem

    def stop(self) -> None:
        """Do nothing: the controller holds the last point."""

# SPDX-License-Identifier: Apache-2.0
"""A watchdog of two arms with every kind of stream, on clocks that a test moves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from rho_core.safety.controller_status import ControllerStatus
from rho_core.safety.decision import SafetyDecision
from rho_core.safety.geometry_status import GeometryStatus
from rho_core.safety.permit import Permit
from rho_core.safety.policy_activity import PolicyActivity
from rho_core.safety.reaction import Reaction
from rho_core.safety.rules import WatchdogRules
from rho_core.safety.skew_rule import SkewRule
from rho_core.safety.stream_rule import StreamRole
from rho_core.safety.stream_rule import StreamRule
from rho_core.safety.watchdog import Watchdog
from rho_core.streams.limits import FreezeLimit
from rho_core.streams.limits import GapLimit
from rho_core.streams.limits import LoadLimit
from rho_core.streams.limits import RateLimit
from rho_core.streams.observation import Observation

MS = 1_000_000
TICK = 8 * MS
ARMS = ('left', 'right')
FIRST_EPOCH = 10
RULES = WatchdogRules(
    arms=ARMS,
    streams=(
        StreamRule(name='joint_states', deadline_ns=50 * MS),
        StreamRule(name='camera.front', deadline_ns=100 * MS,
                   freeze=FreezeLimit(limit_ns=200 * MS, only_while_moving=True),
                   rate=RateLimit(min_hz=20.0)),
        StreamRule(name='tactile.left_a', deadline_ns=60 * MS, arms=('left',),
                   reaction=Reaction(permit=Permit.HOLD), gap=GapLimit(max_lost=3),
                   loads=(LoadLimit(name='touch', limit=10.0, care=5.0),)),
        *(StreamRule(name=f'command.{arm}', deadline_ns=150 * MS, role=StreamRole.COMMAND,
                     arms=(arm,), max_lead_ns=300 * MS) for arm in ARMS),
        *(StreamRule(name=f'controller.{arm}', deadline_ns=60 * MS, role=StreamRole.CONTROLLER,
                     arms=(arm,)) for arm in ARMS),
        StreamRule(name='geometry', deadline_ns=60 * MS, role=StreamRole.GEOMETRY),
        StreamRule(name='estop', deadline_ns=100 * MS, role=StreamRole.ESTOP),
    ),
    skews=(SkewRule(name='command', streams=('command.left', 'command.right'),
                    max_skew_ns=40 * MS),),
)
"""Rules of all kinds; the touch sensor belongs to the left arm and means HOLD."""

CLEAR = GeometryStatus(arms=ARMS, speed_scales=(1.0, 1.0), blocked=(False, False))
FREE = ControllerStatus(is_latched=False, stop_epoch=0, stop_time_s=0.3, speed=0.5)
SENSORS = ('joint_states', 'camera.front', 'tactile.left_a', 'controller.left',
           'controller.right', 'geometry', 'estop')


class Bench:
    """Feeds a watchdog in each tick with all that it wants to see, except what a test says.

    Attributes:
        dog: the watchdog.
        now: ROS time [ns].
        steady: steady time [ns].
        values: value of each stream's next observations.
        content: hash of the camera's next image; None: a new one in each tick.
    """

    def __init__(self, **changes: Any) -> None:
        """Set up a watchdog.

        Args:
            changes: what is different from RULES.
        """
        self.dog = Watchdog(replace(RULES, **changes), first_epoch=FIRST_EPOCH)
        self.now = 1_000_000 * MS
        self.steady = 5_000 * MS
        self.content: int | None = None
        self.values: dict[str, object] = {
            'tactile.left_a': (1.0,), 'controller.left': FREE, 'controller.right': FREE,
            'geometry': CLEAR, 'estop': False}
        self._ticks = 0

    def tick(
        self,
        count: int = 1,
        *,
        without: Iterable[str] = (),
        commands: Iterable[str] = (),
        running: bool | None = None,
    ) -> SafetyDecision:
        """Let time pass.

        Args:
            count: number of ticks, at least 1.
            without: streams that do not deliver.
            commands: arms that get a trajectory in each tick.
            running: what the policy says in each tick, None: nothing.

        Returns:
            The last decision.
        """
        silent = set(without)
        for _ in range(count):
            self.now += TICK
            self.steady += TICK
            self._ticks += 1
            seen = [self.observation(name) for name in SENSORS if name not in silent]
            seen += [self.observation(f'command.{arm}') for arm in commands]
            policy = (None if running is None
                      else PolicyActivity(stamp_ns=self.now + 1, is_running=running))
            decision = self.dog.update(self.now, self.steady, seen, policy)
        return decision

    def observation(self, stream: str) -> Observation:
        """Return a good sample of a stream, made now."""
        return Observation(
            stream=stream,
            stamp_ns=self.now,
            received_ns=self.steady,
            seq=self._ticks,
            content=self._ticks if self.content is None else self.content,
            value=self.values.get(stream),
        )

    def arm(self) -> Bench:
        """Wait until all is well, and reset."""
        self.tick(140)
        self.dog.reset(self.steady)
        decision = self.tick()
        if decision.mode is not Permit.RUN:
            raise AssertionError(f'expected RUN, got {decision}')
        return self


def cause_ids(decision: SafetyDecision) -> set[str]:
    """Return the names of the causes in force."""
    return {cause.id for cause in decision.causes}

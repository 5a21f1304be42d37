# SPDX-License-Identifier: Apache-2.0
"""Where all commands of one arm arrive, and the only one that hands them to its motion."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping

from rho_core.contract.limits import JointLimits
from rho_core.errors import Refused
from rho_core.motion.arm_motion import ArmMotion
from rho_core.motion.command_source import CommandSource
from rho_core.motion.goal import Goal
from rho_core.motion.goal import GoalProgress
from rho_core.motion.goal import timely
from rho_core.motion.goal_follower import GoalFollower
from rho_core.motion.goal_outcome import GoalCode
from rho_core.motion.goal_outcome import GoalRefused
from rho_core.motion.source_arbiter import SourceArbiter
from rho_core.motion.trajectory import JointTrajectory


class CommandDesk:
    """Arbitrates between sources and carries out goals, one at a time.

    `ask` may be called from any thread; everything else belongs to the control loop, which calls
    `judge` after each update of the motion, then `proceed`, then `take_up`.
    """

    def __init__(
        self,
        motion: ArmMotion,
        *,
        limits: JointLimits,
        hold_ns: Mapping[CommandSource, int],
        max_age_s: float,
        on_refusal: Callable[[str], None],
    ) -> None:
        """Open for an arm.

        Args:
            motion: what follows the commands.
            limits: of the arm's joints.
            hold_ns: how long a source keeps the arm after its trajectory [ns].
            max_age_s: how old the stamp of a goal may be [s].
            on_refusal: is told why a trajectory was refused, in the loop's thread.
        """
        self._motion = motion
        self._names = limits.names
        self._arbiter = SourceArbiter(hold_ns)
        self._max_age_s = max_age_s
        self._on_refusal = on_refusal
        self._asked: deque[Goal] = deque()
        self._active: GoalFollower | None = None
        self._offer: tuple[CommandSource, Iterator[None]] | None = None

    def ask(self, goal: Goal) -> None:
        """Put a goal on the desk; the loop takes it up in its next cycle."""
        self._asked.append(goal)

    @property
    def is_considering(self) -> bool:
        """Whether an offered trajectory is still being judged."""
        return self._offer is not None

    def offer(
        self, trajectory: JointTrajectory, source: CommandSource, now_ns: int, steady_ns: int
    ) -> None:
        """Put a trajectory on the desk that nobody waits for; it replaces one not judged yet.

        A stream of trajectories is judged in parts, one with each `proceed`: all of them at once
        would take longer than a cycle, many times a second.
        """
        try:
            self._arbiter.check(source, steady_ns)
        except Refused as error:
            self._motion.count_refusal(str(error))
            self._on_refusal(str(error))
            return
        self._offer = source, self._motion.consider(trajectory, now_ns, steady_ns, source.label)

    def proceed(self, steady_ns: int) -> None:
        """Judge the next part of what was offered; the arm follows it after the last one."""
        if self._offer is None:
            return
        source, parts = self._offer
        try:
            next(parts)
        except StopIteration:
            self._offer = None
            self._take(source, steady_ns)
        except Refused as error:
            self._offer = None
            self._on_refusal(str(error))

    def take_up(self, now_ns: int, steady_ns: int) -> None:
        """Take up what was asked since the last cycle."""
        while self._asked:
            goal = self._asked.popleft()
            if goal.is_canceling:
                goal.end(GoalCode.SUCCESSFUL, 'canceled before it began')
                continue
            try:
                self._begin(goal, now_ns, steady_ns)
            except GoalRefused as error:
                goal.end(error.code, str(error))
                self._on_refusal(str(error))
            except Refused as error:
                goal.end(GoalCode.INVALID_GOAL, str(error))
                self._on_refusal(str(error))

    def judge(self, steady_ns: int, measured: tuple[float, ...]) -> None:
        """Judge what came of it in this cycle.

        Args:
            steady_ns: steady time.
            measured: last measurement [rad, m], empty: none.
        """
        motion = self._motion
        if motion.is_latched:
            self._arbiter.release()
        self._arbiter.update(steady_ns, is_moving=not motion.is_at_rest)
        active = self._active
        if active is None:
            return
        active.goal.progress = GoalProgress(
            path_s=motion.path_s,
            commanded=motion.commanded,
            velocities=motion.velocities,
            measured=measured,
        )
        if active.update(steady_ns, measured):
            self._active = None

    def close(self, why: str) -> None:
        """End all goals: nobody will look at them any more."""
        self._replace(why)
        self._offer = None
        while self._asked:
            self._asked.popleft().end(GoalCode.INVALID_GOAL, why)

    def _begin(self, goal: Goal, now_ns: int, steady_ns: int) -> None:
        try:
            trajectory = timely(goal.trajectory, now_ns=now_ns, max_age_s=self._max_age_s)
        except Refused as error:
            self._motion.count_refusal(str(error))
            raise
        self._give(trajectory, goal.source, now_ns, steady_ns)
        self._active = GoalFollower(goal, self._motion, self._names)

    def _give(
        self, trajectory: JointTrajectory, source: CommandSource, now_ns: int, steady_ns: int
    ) -> None:
        try:
            self._arbiter.check(source, steady_ns)
        except Refused as error:
            self._motion.count_refusal(str(error))
            raise
        self._motion.submit(trajectory, now_ns, steady_ns, source.label)
        # What is judged at the moment leads over from a motion that is no more.
        self._offer = None
        self._take(source, steady_ns)

    def _take(self, source: CommandSource, steady_ns: int) -> None:
        self._arbiter.take(source, steady_ns)
        self._replace(f'replaced by a newer trajectory of {source.label}')

    def _replace(self, why: str) -> None:
        if self._active is not None:
            self._active.goal.end(GoalCode.INVALID_GOAL, why)
            self._active = None

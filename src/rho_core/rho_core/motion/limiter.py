# SPDX-License-Identifier: Apache-2.0
"""The last gate before the arm: no command leaves the limits, whatever is asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rho_core.contract.limits import JointLimits
from rho_core.errors import Refused


class JointLimiter:
    """Moves a command towards a set point within position, velocity and acceleration limits.

    Each step starts from the *previous command*, not from the measurement: a lagging arm does not
    throttle its own command. Invariant: from the present position and velocity each joint can
    brake before its position limits, that is v dt + v^2 / (2 a) fits into the room that is left
    before every step.

    Plain floats instead of arrays: for seven joints they cost a third, 500 times a second.
    """

    __slots__ = ('_joints', '_period_s', '_positions', '_velocities')

    def __init__(self, limits: JointLimits, *, period_s: float) -> None:
        """Prepare the limiter; `reset` gives it a position.

        Args:
            limits: of the joints, in the order of all arguments below.
            period_s: time between two commands.
        """
        self._period_s = period_s
        self._joints = tuple(
            zip(
                limits.lower.tolist(),
                limits.upper.tolist(),
                limits.velocity.tolist(),
                limits.acceleration.tolist(),
                (limits.acceleration * period_s).tolist(),
                strict=True,
            )
        )
        self._positions = [math.nan] * len(self._joints)
        self._velocities = [0.0] * len(self._joints)

    @property
    def positions(self) -> list[float]:
        """Last command [rad, m]. Not to be changed."""
        return self._positions

    @property
    def velocities(self) -> list[float]:
        """Velocity of the last command [rad/s, m/s]. Not to be changed."""
        return self._velocities

    @property
    def is_at_rest(self) -> bool:
        """Whether the last command equals the one before."""
        return not any(self._velocities)

    def reset(self, positions: Sequence[float]) -> None:
        """Start anew, at rest.

        Raises:
            Refused: a position is not finite or outside its limits.
        """
        if len(positions) != len(self._joints):
            raise Refused(f'expected {len(self._joints)} positions, got {len(positions)}')
        for position, (lower, upper, *_) in zip(positions, self._joints, strict=True):
            if not lower <= position <= upper:
                raise Refused(f'expected a position in [{lower}, {upper}], got {position}')
        self._positions = [float(position) for position in positions]
        self.freeze()

    def freeze(self) -> None:
        """Take the last command as one at rest, because it has not changed for long."""
        self._velocities = [0.0] * len(self._joints)

    def step(self, targets: Sequence[float], rates: Sequence[float]) -> None:
        """Move one period towards a moving set point.

        The wish is the set point's own velocity plus what closes the gap as fast as the joint
        could still brake: without overshoot, and exact in the limit.

        Args:
            targets: positions of the set point at the end of the period [rad, m].
            rates: its velocities [rad/s, m/s].

        Raises:
            Refused: a value is not finite; the command has not changed.
        """
        period_s = self._period_s
        if not math.isfinite(sum(targets) + sum(rates)):
            raise Refused(f'set point: expected finite numbers, got {list(targets)} moving at '
                          f'{list(rates)}')
        positions = self._positions
        velocities = self._velocities
        for i, (lower, upper, fastest, acceleration, change) in enumerate(self._joints):
            position = positions[i]
            velocity = velocities[i]
            rate = rates[i]
            gap = targets[i] - rate * period_s - position
            catch_up = math.sqrt(change * change + 2.0 * acceleration * abs(gap)) - change
            wish = rate + catch_up if gap > 0.0 else rate - catch_up
            wish = min(max(wish, velocity - change, -fastest), velocity + change, fastest)
            if wish > 0.0:
                room = 2.0 * acceleration * max(upper - position, 0.0)
                wish = min(wish, max(math.sqrt(change * change + room) - change,
                                     velocity - change))
            elif wish < 0.0:
                room = 2.0 * acceleration * max(position - lower, 0.0)
                wish = max(wish, min(change - math.sqrt(change * change + room),
                                     velocity + change))
            velocities[i] = wish
            positions[i] = min(max(position + wish * period_s, lower), upper)

    def brake(self) -> None:
        """Move one period with each joint decelerating as hard as it may."""
        for i, (lower, upper, _, _, change) in enumerate(self._joints):
            velocity = self._velocities[i]
            velocity = max(velocity - change, 0.0) if velocity > 0.0 else min(
                velocity + change, 0.0)
            self._velocities[i] = velocity
            position = self._positions[i] + velocity * self._period_s
            self._positions[i] = min(max(position, lower), upper)

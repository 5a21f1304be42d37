# SPDX-License-Identifier: Apache-2.0
"""The last gate before the arm: no command leaves the limits, whatever is asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rho_core.contract.limits import JointLimits
from rho_core.errors import Refused
from rho_core.motion.brake import brake_reach
from rho_core.motion.brake import brake_step

# Shares of the limits that closing a gap plans with: what is left is for the motion of the set
# point itself and for the delay with which an acceleration builds up.
_SHARE_ACCELERATION = 0.6
_SHARE_JERK = 0.8
# Near the set point a gap decays with these rates [1/s], of position and of velocity, and in one
# period by no more than these shares.
_POSITION_RATE = 30.0
_VELOCITY_RATE = 100.0
_POSITION_SHARE = 0.12
_VELOCITY_SHARE = 0.4


class JointLimiter:
    """Moves a command towards a set point within position, velocity, acceleration and jerk.

    The command is a curve in continuous time whose jerk is constant over each period, or over
    parts of it. Its samples keep the limits as finite differences because the curve keeps them
    at all times: the n-th difference quotient is a mean of the n-th derivative.

    Invariant: from the present state the quickest way to rest keeps all limits. A step is taken
    only when the limits hold during it and the invariant holds after it; otherwise the command
    goes one period along that way to rest, which keeps the invariant by itself. So the limits
    hold for any sequence of set points, also for one that ends in the middle of a motion.

    Each step starts from the *previous command*, not from the measurement: a lagging arm does not
    throttle its own command. Plain floats instead of arrays: for seven joints they cost a third,
    500 times a second.
    """

    __slots__ = ('_accelerations', '_joints', '_period_s', '_positions', '_set_points',
                 '_set_rates', '_velocities')

    def __init__(self, limits: JointLimits, *, period_s: float) -> None:
        """Prepare the limiter; `reset` gives it a position.

        Args:
            limits: of the joints, in the order of all arguments below.
            period_s: time between two commands.
        """
        self._period_s = period_s
        self._joints = tuple(
            _constants(*row, period_s)
            for row in zip(limits.lower.tolist(), limits.upper.tolist(), limits.velocity.tolist(),
                           limits.acceleration.tolist(), limits.jerk.tolist(), strict=True)
        )
        self._positions = [math.nan] * len(self._joints)
        self.freeze()

    @property
    def positions(self) -> list[float]:
        """Last command [rad, m]. Not to be changed."""
        return self._positions

    @property
    def velocities(self) -> list[float]:
        """Velocity of the last command [rad/s, m/s]. Not to be changed."""
        return self._velocities

    @property
    def accelerations(self) -> list[float]:
        """Acceleration of the last command [rad/s^2, m/s^2]. Not to be changed."""
        return self._accelerations

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing moves."""
        return not any(self._velocities) and not any(self._accelerations)

    def is_nearly_at_rest(self, distance: float) -> bool:
        """Whether each joint comes to rest within a distance [rad, m]."""
        for v, a, (_, _, _, strongest, jerk, *_) in zip(
            self._velocities, self._accelerations, self._joints, strict=True
        ):
            low, high = brake_reach(v, a, strongest, jerk)
            if low < -distance or high > distance:
                return False
        return True

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
        self._accelerations = [0.0] * len(self._joints)
        self.anchor()

    def anchor(self) -> None:
        """Forget the set point: the next one begins where the command is."""
        self._set_points = self._positions.copy()
        self._set_rates = self._velocities.copy()

    def step(
        self, targets: Sequence[float], rates: Sequence[float], changes: Sequence[float]
    ) -> None:
        """Move one period towards a moving set point.

        The acceleration is that of the set point plus what closes the gap as fast as the joint
        could still brake, as two square root laws, of position and of velocity, that are linear
        near zero. A set point within the limits that moves on from the command is met exactly.

        Args:
            targets: positions of the set point at the end of the period [rad, m].
            rates: its velocities [rad/s, m/s].
            changes: its accelerations [rad/s^2, m/s^2].

        Raises:
            Refused: a value is not finite; the command has not changed.
        """
        if not math.isfinite(sum(targets) + sum(rates) + sum(changes)):
            raise Refused(f'set point: expected finite numbers, got {list(targets)} moving at '
                          f'{list(rates)}, changing by {list(changes)}')
        period_s = self._period_s
        half_s = 0.5 * period_s
        third_s2 = period_s * period_s / 6.0
        sqrt = math.sqrt
        positions, velocities = self._positions, self._velocities
        accelerations = self._accelerations
        set_points, set_rates = self._set_points, self._set_rates
        for i, (lower, upper, fastest, strongest, jerk, change, room,
                catch_up, soft, soft_square, quick, firm, firm_square) in enumerate(self._joints):
            q, v, a = positions[i], velocities[i], accelerations[i]
            gap = set_points[i] - q
            rate = set_rates[i]
            drift = rate - v
            root = sqrt(soft_square + (catch_up * gap if gap >= 0.0 else -catch_up * gap))
            wish = rate + (root - soft if gap >= 0.0 else soft - root)
            # Beyond the fastest velocity there is nothing to follow but that velocity.
            if wish > fastest:
                lead, wish = 0.0, fastest
            elif wish < -fastest:
                lead, wish = 0.0, -fastest
            else:
                lead = changes[i] + 0.5 * catch_up / root * drift
            miss = wish - v
            if miss >= 0.0:
                lead += sqrt(firm_square + quick * miss) - firm
            else:
                lead -= sqrt(firm_square - quick * miss) - firm
            a1 = min(max(lead, a - change, -strongest), a + change, strongest)
            v1 = v + half_s * (a + a1)
            q1 = q + period_s * v + third_s2 * (a + a + a1)
            peak = v1 + a1 * abs(a1) / (jerk + jerk)
            is_fine = -fastest <= v1 <= fastest and -fastest <= peak <= fastest
            if is_fine and a * a1 < 0.0:
                # The velocity turns round within the period.
                is_fine = abs(v - 0.5 * period_s * a * a / (a1 - a)) <= fastest
            if is_fine and not lower + room < q1 < upper - room:
                low, high = brake_reach(v1, a1, strongest, jerk)
                is_fine = lower <= q1 + low and q1 + high <= upper
            if not is_fine:
                moved, v1, a1 = brake_step(v, a, strongest, jerk, period_s)
                q1 = min(max(q + moved, lower), upper)
            positions[i], velocities[i], accelerations[i] = q1, v1, a1
            target = targets[i]
            if lower <= target <= upper:
                set_points[i] = target
                set_rates[i] = rates[i]
            else:
                set_points[i] = min(max(target, lower), upper)
                set_rates[i] = 0.0

    def brake(self) -> None:
        """Move one period with each joint on its quickest way to rest."""
        for i, (lower, upper, _, strongest, jerk, *_) in enumerate(self._joints):
            v, a = self._velocities[i], self._accelerations[i]
            if v or a:
                moved, v, a = brake_step(v, a, strongest, jerk, self._period_s)
                self._velocities[i], self._accelerations[i] = v, a
                self._positions[i] = min(max(self._positions[i] + moved, lower), upper)
        self.anchor()


def _constants(
    lower: float, upper: float, fastest: float, strongest: float, jerk: float, period_s: float
) -> tuple[float, ...]:
    """Return what a step needs of one joint."""
    catch_up = _SHARE_ACCELERATION * strongest
    # Following v = sqrt(c^2 + 2 b e) - c needs a jerk of up to 4/27 b^2 / c.
    position_rate = min(_POSITION_RATE, _POSITION_SHARE / period_s)
    velocity_rate = min(_VELOCITY_RATE, _VELOCITY_SHARE / period_s)
    soft = max(catch_up / position_rate, 4.0 / 27.0 * catch_up * catch_up / (0.4 * jerk))
    quick = _SHARE_JERK * jerk
    firm = quick / velocity_rate
    # No way to rest is longer: the velocity grows no more, and falls with half the acceleration
    # on average while that builds up and fades.
    room = fastest * (0.5 * fastest / strongest + 1.5 * strongest / jerk) + fastest * period_s
    return (lower, upper, fastest, strongest, jerk, jerk * period_s, room,
            2.0 * catch_up, soft, soft * soft, 2.0 * quick, firm, firm * firm)

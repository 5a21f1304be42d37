# SPDX-License-Identifier: Apache-2.0
"""The account of simulated against steady time."""

from rho_core.errors import ConfigError

_NS_PER_S = 1e9


class TimeLedger:
    """Tells how many steps a tick owes, and what was lost for good.

    Step k is due at t0 + k * dt. A late tick makes up for what it missed up to a bound; steps
    beyond it are dropped, counted, and show as a real-time factor below 1.
    """

    def __init__(self, *, step_ns: int, longest_catch_up_ns: int) -> None:
        """Create an empty account.

        Args:
            step_ns: physics step [ns].
            longest_catch_up_ns: lateness that one tick makes up for at most [ns].

        Raises:
            ConfigError: when no step fits into the catch-up.
        """
        if not 0 < step_ns <= longest_catch_up_ns:
            raise ConfigError(
                f'longest_catch_up_ns: expected >= {step_ns}, got {longest_catch_up_ns}')
        self._step_ns = step_ns
        self._longest_ns = longest_catch_up_ns
        self.executed_steps = 0
        self.dropped_steps = 0
        self.late_ticks = 0
        self.worst_lateness_ns = 0
        self._deadline_ns = 0
        self._episode_steps = 0
        self._episode_ns = 0

    def start(self, deadline_ns: int) -> None:
        """Begin at a deadline, after a pause; nothing is owed for the pause."""
        pause_ns = deadline_ns - self._deadline_ns
        self._deadline_ns = deadline_ns
        self._episode_ns += pause_ns

    def tick(self, deadline_ns: int, steady_ns: int) -> int:
        """Return how many steps to execute now.

        Args:
            deadline_ns: when this tick was due, on the grid of steps [ns].
            steady_ns: when it woke [ns].
        """
        owed = round((deadline_ns - self._deadline_ns) / self._step_ns)
        self._deadline_ns = deadline_ns
        steps = min(owed, self._longest_ns // self._step_ns)
        self.executed_steps += steps
        self.dropped_steps += owed - steps
        lateness_ns = steady_ns - deadline_ns
        self.late_ticks += lateness_ns > self._step_ns
        self.worst_lateness_ns = max(self.worst_lateness_ns, lateness_ns)
        return steps

    def begin_episode(self) -> None:
        """Count simulated and steady time from here on."""
        self._episode_steps = self.executed_steps
        self._episode_ns = self._deadline_ns

    def sim_time_s(self) -> float:
        """Return the simulated time since the beginning of the episode [s]."""
        return (self.executed_steps - self._episode_steps) * self._step_ns / _NS_PER_S

    def wall_time_s(self, steady_ns: int) -> float:
        """Return the steady time since the beginning of the episode [s].

        Lateness that will still be made up for is not counted.
        """
        end_ns = max(self._deadline_ns, steady_ns - self._longest_ns)
        return max(0.0, (end_ns - self._episode_ns) / _NS_PER_S)

# SPDX-License-Identifier: Apache-2.0
"""How patient the runner is when it ends processes."""

import signal
from dataclasses import dataclass

from rho_core.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPlan:
    """Seconds that a process gets after each signal before the next, harder one.

    Attributes:
        interrupt_s: After SIGINT; a node deactivates and cleans up.
        terminate_s: After SIGTERM.
        kill_s: After SIGKILL; only the kernel can be slow then.
    """

    interrupt_s: float = 5.0
    terminate_s: float = 2.0
    kill_s: float = 2.0

    def __post_init__(self) -> None:
        for name in ('interrupt_s', 'terminate_s', 'kill_s'):
            if not 0.0 < getattr(self, name) < 120.0:
                raise ConfigError(f'{name} is {getattr(self, name)}, expected 0..120 s')

    def steps(self) -> tuple[tuple[signal.Signals, float], ...]:
        """Return the signals in order, each with the seconds to wait after it."""
        return (
            (signal.SIGINT, self.interrupt_s),
            (signal.SIGTERM, self.terminate_s),
            (signal.SIGKILL, self.kill_s),
        )

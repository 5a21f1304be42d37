# SPDX-License-Identifier: Apache-2.0
"""Whether the watchdog lets the policy speak."""

from __future__ import annotations

from collections.abc import Sequence

from rho_core.safety.decision import SafetyDecision
from rho_core.safety.permit import Permit


class PermitGate:
    """Remembers the last decision of the watchdog. None, or an old one, means stop."""

    def __init__(self, arms: Sequence[str], timeout_ns: int) -> None:
        """Create a gate that is shut.

        Args:
            arms: Arms that the policy moves.
            timeout_ns: Age from which a decision counts no more [ns].
        """
        self._arms = tuple(arms)
        self._timeout_ns = timeout_ns
        self._decision: SafetyDecision | None = None
        self._received_ns = 0

    def update(self, decision: SafetyDecision, *, steady_ns: int) -> None:
        """Takes a decision that has just arrived."""
        self._decision = decision
        self._received_ns = steady_ns

    def why_shut(self, *, steady_ns: int) -> str:
        """Returns why the policy must be silent, empty if it may publish."""
        decision = self._decision
        if decision is None:
            return 'safety: no state from the watchdog yet'
        age_ns = steady_ns - self._received_ns
        if age_ns > self._timeout_ns:
            return f'safety: last state of the watchdog is {age_ns / 1e6:.0f} ms old'
        names = dict.fromkeys(cause.id for cause in decision.causes)
        causes = ', '.join(names) or 'no cause given'
        if decision.latched:
            return f'safety: stop latched ({causes}); reset it'
        for arm in self._arms:
            if arm not in decision.arms:
                return f"safety: the watchdog knows no arm '{arm}'"
            if decision.permit_of(arm) is Permit.STOP:
                return f'safety: {arm} stopped ({causes})'
        return ''

# SPDX-License-Identifier: Apache-2.0
"""One reason for which the watchdog restrains an arm."""

from __future__ import annotations

from dataclasses import dataclass

from rho_core.safety.permit import Permit


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A reason for a restraint, with a name that stays the same over time.

    Attributes:
        id: stable name, e.g. `camera.front.late`.
        arms: arms that it restrains.
        permit: best permit that it leaves to them.
        active: whether the fault itself is present; False once only the latch remains.
        detail: expected and got, for a person.
        since_ns: when the fault was seen first [ns, ROS time].
    """

    id: str
    arms: tuple[str, ...]
    permit: Permit
    active: bool
    detail: str
    since_ns: int

# SPDX-License-Identifier: Apache-2.0
"""A fault that is present, and what it is to do."""

from __future__ import annotations

from dataclasses import dataclass

from rho_core.safety.reaction import Reaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fault with a name and a consequence.

    Attributes:
        id: stable name of the cause, e.g. `camera.front.late`.
        arms: arms that it restrains.
        reaction: what it does.
        detail: expected and got, for a person.
        speed_scale: speed that it leaves if it means SLOW, in [0, 1].
    """

    id: str
    arms: tuple[str, ...]
    reaction: Reaction
    detail: str
    speed_scale: float

# SPDX-License-Identifier: Apache-2.0
"""What the geometry guard counts on."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import fields

from rho_core.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRules:
    """Times and speeds that the guard's promise stands on.

    Attributes:
        speed_limit_m_s: no point of an arm is faster along an admitted path.
        reaction_s: from a judgement to the first effect of the one after it.
        report_s: age that the reports of an arm may reach in good order.
        stop_s: a stop along an admitted path takes no longer, unless the arm says so.
        foresight_s: a scale gets this long to fall while the arms go on as they do.
        caution: how much earlier than necessary arms are slowed, >= 1.
        least_scale: arms are slowed down to this, and stopped where that is too much.
        ramp_s: a scale takes at least this long from 0 to 1.
        rise_per_s: how fast a grant grows again when the arms part [1/s].
        scale_limit: speed scale far from everything, < 1 in reduced mode.
        slack_m: an arm that stands on an admitted path may be this much closer than allowed.
    """

    speed_limit_m_s: float
    reaction_s: float = 0.03
    report_s: float = 0.035
    stop_s: float = 0.3
    foresight_s: float = 0.12
    caution: float = 1.1
    least_scale: float = 0.03
    ramp_s: float = 0.3
    rise_per_s: float = 1.0
    scale_limit: float = 1.0
    slack_m: float = 0.005

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ConfigError: one is not positive, caution is below 1, or a scale above 1.
        """
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0.0 < value < float('inf'):
                raise ConfigError(f'expected > 0, got {value}', field.name)
        if not self.caution >= 1.0:
            raise ConfigError(f'expected >= 1, got {self.caution}', 'caution')
        for name in ('least_scale', 'scale_limit'):
            if not getattr(self, name) <= 1.0:
                raise ConfigError(f'expected <= 1, got {getattr(self, name)}', name)

# SPDX-License-Identifier: Apache-2.0
"""Which execution providers a session gets, and whether it really got them."""

from __future__ import annotations

from collections.abc import Sequence

from rho_core.contract.strict import listing
from rho_core.errors import ConfigError

CPU = 'CPUExecutionProvider'


def plan_providers(demanded: Sequence[str], available: Sequence[str]) -> list[str]:
    """Returns the providers to ask for: the demanded ones, then the CPU for the rest of the graph.

    Raises:
        ConfigError: If one was demanded that this onnxruntime does not have.
    """
    missing = [name for name in demanded if name not in available]
    if missing:
        raise ConfigError(
            f'{listing(missing)} not in this onnxruntime; available: {listing(available)}',
            'providers',
        )
    plan = list(dict.fromkeys(demanded))
    return plan if CPU in plan else [*plan, CPU]


def verify_providers(planned: Sequence[str], active: Sequence[str]) -> None:
    """Checks what a session has against what it was asked for: onnxruntime falls back silently.

    Raises:
        ConfigError: If a planned provider is not active.
    """
    missing = [name for name in planned if name not in active]
    if missing:
        raise ConfigError(
            f'{listing(missing)} demanded, but the session runs on: {listing(active)}',
            'providers',
        )

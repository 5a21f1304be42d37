# SPDX-License-Identifier: Apache-2.0
"""What goes wrong between a controller and its arm."""

from __future__ import annotations

from rho_core.errors import RhoError


class BackendError(RhoError):
    """The arm cannot be reached, or it does not do what it is told."""

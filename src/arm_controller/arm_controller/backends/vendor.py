# SPDX-License-Identifier: Apache-2.0
"""Imports vendors' libraries, which most machines do not have."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from arm_controller.backends.errors import BackendError


def vendor_module(module: str, distribution: str) -> Any:
    """Import a module of a vendor's library.

    Args:
        module: what to import.
        distribution: what to install.

    Raises:
        BackendError: it is not installed or does not load.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise BackendError(
            f'this back end needs the library {distribution} ({error}); install it with: '
            f'pip install {distribution} (requirements/hardware.txt has the tested version)'
        ) from error

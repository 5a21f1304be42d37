# SPDX-License-Identifier: Apache-2.0
"""Errors of this package."""


class DescriptionError(ValueError):
    """The cell description is wrong: the message names the dotted path and what is allowed."""

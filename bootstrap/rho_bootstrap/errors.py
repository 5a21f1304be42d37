# SPDX-License-Identifier: Apache-2.0
"""What can go wrong during set-up."""


class SetupError(Exception):
    """Something that the user can fix; the message says how."""

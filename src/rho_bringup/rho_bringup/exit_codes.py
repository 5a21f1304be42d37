# SPDX-License-Identifier: Apache-2.0
"""Exit codes of the command line."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the exit code of `rho` means."""

    OK = 0
    NOT_DONE = 1
    """The task was not carried out."""
    BAD_INPUT = 2
    """A file or an argument must be corrected."""
    SAFETY_STOP = 3
    """The watchdog stopped an arm."""
    STACK_FAILED = 4
    """A node died, or the stack did not come up."""
    INTERRUPTED = 130


MEANINGS = (
    'exit codes: 0 done, 1 not done, 2 bad input, 3 safety stop, '
    '4 a node died or the stack did not come up, 130 interrupted'
)
"""One line for --help."""

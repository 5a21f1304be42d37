# SPDX-License-Identifier: Apache-2.0
"""Types of command line arguments that several benchmarks share."""

import argparse


def positive_seconds(text: str) -> float:
    """Read a time [s].

    Raises:
        ArgumentTypeError: It is not a number above 0.
    """
    value = _number(text)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f'{text} is not a time, expected seconds > 0')
    return value


def positive_count(text: str) -> int:
    """Read a number of repetitions.

    Raises:
        ArgumentTypeError: It is not a whole number above 0.
    """
    value = _number(text)
    if not value.is_integer() or value < 1:
        raise argparse.ArgumentTypeError(f'{text} is not a count, expected a whole number >= 1')
    return int(value)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'{text} is not a number') from None

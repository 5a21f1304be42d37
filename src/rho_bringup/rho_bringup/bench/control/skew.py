# SPDX-License-Identifier: Apache-2.0
"""How far apart the commands of both arms are that belong to the same deadline."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def command_skew(
    left_ns: Sequence[int], right_ns: Sequence[int], period_ns: int, origin_ns: int
) -> dict[str, Any]:
    """Compare when the arms were commanded, deadline by deadline.

    Both loops have their deadlines on one grid. A command belongs to the last deadline before it;
    the skew of a deadline is the time between the two commands that belong to it, so a pair of
    loops that drift or wait for each other does not look better than it is.

    Args:
        left_ns: When the left arm's commands were sent [ns], ascending.
        right_ns: The same of the right arm, on the same clock.
        period_ns: Time between two deadlines [ns].
        origin_ns: Time of any deadline on that clock [ns].

    Returns:
        p50, p99 and max [ms], the number of deadlines with two commands, and of those with one.
        Only the time during which both arms were commanded counts.
    """
    left = _by_deadline(left_ns, period_ns, origin_ns)
    right = _by_deadline(right_ns, period_ns, origin_ns)
    if not left or not right:
        return {'p50': None, 'p99': None, 'max': None, 'pairs': 0, 'unpaired': 0}
    first = max(min(left), min(right))
    last = min(max(left), max(right))
    both = sorted(key for key in left.keys() & right.keys() if first <= key <= last)
    either = sum(first <= key <= last for key in left.keys() | right.keys())
    skew_ms: NDArray[np.float64] = np.array(
        [abs(left[key] - right[key]) for key in both], dtype=np.float64) / 1e6
    if not len(skew_ms):
        return {'p50': None, 'p99': None, 'max': None, 'pairs': 0, 'unpaired': either}
    p50, p99 = np.percentile(skew_ms, (50, 99))
    return {
        'p50': round(float(p50), 4), 'p99': round(float(p99), 4),
        'max': round(float(skew_ms.max()), 4),
        'pairs': len(both), 'unpaired': either - len(both),
    }


def _by_deadline(sent_ns: Sequence[int], period_ns: int, origin_ns: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for value in sent_ns:
        found.setdefault((value - origin_ns) // period_ns, value)
    return found

# SPDX-License-Identifier: Apache-2.0
"""What a benchmark gets to work with."""

from collections.abc import Callable
from dataclasses import dataclass

from rho_bringup.bench.progress import Progress
from rho_bringup.runner.output_pump import LineSink


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchContext:
    """Where a benchmark speaks.

    Attributes:
        say: Takes lines for a person.
        sink: Takes (node, line) for every line that a node prints.
        progress: Shows how far a long measurement is.
    """

    say: Callable[[str], None]
    sink: LineSink
    progress: Progress

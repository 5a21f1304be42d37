# SPDX-License-Identifier: Apache-2.0
"""What a benchmark is."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from typing import Protocol

from rho_bringup.bench.context import BenchContext


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchResult:
    """What a benchmark found.

    Attributes:
        tree: The figures as plain data, written to the JSON file as they are.
        lines: The figures that matter, for a person.
    """

    tree: Mapping[str, Any]
    lines: tuple[str, ...] = ()


class Benchmark(Protocol):
    """Measures one thing, on request of `./rho bench`."""

    @property
    def name(self) -> str:
        """Its word on the command line."""

    @property
    def summary(self) -> str:
        """What it measures, in one line."""

    @property
    def example(self) -> str:
        """A command line that works as pasted."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add arguments of its own; `--out` and `--verbose` are there already."""

    def run(self, options: argparse.Namespace, context: BenchContext) -> BenchResult:
        """Measure.

        Raises:
            RhoError: It could not be measured; `StackError` when the cell failed.
        """

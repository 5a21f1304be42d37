# SPDX-License-Identifier: Apache-2.0
"""The benchmarks that exist. A new one adds its line here."""

from rho_bringup.bench.benchmark import Benchmark
from rho_bringup.bench.control.control_bench import ControlBench

BENCHMARKS: tuple[Benchmark, ...] = (
    ControlBench(),
)

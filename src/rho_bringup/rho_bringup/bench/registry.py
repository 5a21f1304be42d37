# SPDX-License-Identifier: Apache-2.0
"""The benchmarks that exist. A new one adds its line here."""

from rho_bringup.bench.benchmark import Benchmark
from rho_bringup.bench.chunks.chunks_bench import ChunksBench
from rho_bringup.bench.control.control_bench import ControlBench
from rho_bringup.bench.seam.seam_bench import SeamBench
from rho_bringup.bench.watchdog.watchdog_bench import WatchdogBench

BENCHMARKS: tuple[Benchmark, ...] = (
    ControlBench(),
    SeamBench(),
    WatchdogBench(),
    ChunksBench(),
)

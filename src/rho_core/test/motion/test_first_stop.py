# SPDX-License-Identifier: Apache-2.0
import pytest

from rho_core.errors import Refused
from rho_core.motion.testing import Bench
from rho_core.motion.testing import trajectory

SUDDEN = [[0.02, 0.02], [0.1, 0.02], [0.2, 0.02], [0.3, 0.02]]


def ready(**settings: float) -> Bench:
    bench = Bench(**settings)
    bench.tick()
    bench.epoch += 1
    bench.tick()
    return bench


def test_a_path_that_cannot_be_stopped_soon_after_it_began_is_refused() -> None:
    bench = ready(longest_first_stop_s=0.02)
    with pytest.raises(Refused, match=r'a stop right after it began takes 0\.\d+ s, allowed 0.02'):
        bench.arm.submit(trajectory(bench.now_ns, SUDDEN), bench.now_ns, bench.steady_ns)


def test_without_that_limit_it_is_followed() -> None:
    bench = ready()
    bench.arm.submit(trajectory(bench.now_ns, SUDDEN), bench.now_ns, bench.steady_ns)
    bench.run(0.1)
    assert bench.position[0] > 0.0
    assert bench.violations() == []

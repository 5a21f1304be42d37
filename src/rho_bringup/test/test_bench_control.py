# SPDX-License-Identifier: Apache-2.0
"""The pure parts of the control benchmark."""

import json
import shutil
from pathlib import Path

import pytest

from rho_bringup.bench.control.c_loop import CLoop
from rho_bringup.bench.control.c_loop import CLoopError
from rho_bringup.bench.control.c_loop import CLoopResult
from rho_bringup.bench.control.c_loop import compile_c_loop
from rho_bringup.bench.control.c_loop import find_compiler
from rho_bringup.bench.control.c_loop import parse_result
from rho_bringup.bench.control.control_report import ControlPart
from rho_bringup.bench.control.control_report import budget_line
from rho_bringup.bench.control.control_report import control_tree
from rho_bringup.bench.control.skew import command_skew

MS = 1_000_000
LATE = {'p50': 1.0, 'p99': 20.0, 'p99_9': 40.0, 'max': 90.0}
C_LOOP = CLoopResult(cycles=500, missed_cycles=0, realtime=True, wake_late_us=dict(LATE))


def part(*, late_us: float = 80.0, missed: int = 0, c_loop: CLoopResult | None = C_LOOP,
         ) -> ControlPart:
    loop = {'wake_late_us': {**LATE, 'p99_9': late_us}, 'missed_cycles': missed,
            'tick_us': dict(LATE), 'cycles': 500, 'realtime': 'SCHED_FIFO 80'}
    return ControlPart(
        seconds=1.0, loops={'left': loop, 'right': loop}, skew_ms={'p99': 0.1},
        cpu_percent={'watchdog': 4.5}, geometry_check_ms=None, safety_stops=0, c_loop=c_loop)


def test_each_arm_has_a_key_of_its_own_and_the_hog_has_the_same_below_it() -> None:
    tree = control_tree(part(), part(late_us=300.0), {'cores': 2})
    assert json.loads(json.dumps(tree)) == tree
    for found, late_us in ((tree, 80.0), (tree['hog'], 300.0)):
        for arm in ('left', 'right'):
            assert found[arm]['wake_late_us']['p99_9'] == late_us
            assert set(found[arm]) >= {'wake_late_us', 'missed_cycles', 'tick_us'}
        assert found['watchdog_cpu_percent'] == 4.5
    assert tree['c_loop']['ratio_p99_9'] == 2.0


def test_without_a_compiler_there_is_no_ratio() -> None:
    tree = control_tree(part(c_loop=None), None, {})
    assert tree['c_loop'] is None
    assert tree['hog'] is None


@pytest.mark.parametrize(('late_us', 'missed', 'said'), [
    (100.0, 0, ': met'), (100.5, 0, 'NOT met'), (50.0, 1, 'NOT met (50 us, 2 missed)')])
def test_the_budget_is_judged_on_both_arms(late_us: float, missed: int, said: str) -> None:
    assert said in budget_line(part(late_us=late_us, missed=missed))


def test_lines_name_every_loop() -> None:
    text = '\n'.join(part().lines('title'))
    assert text.startswith('title')
    for name in ('left', 'right', 'plain C', 'watchdog 4.5 %'):
        assert name in text


def test_skew_is_between_commands_of_the_same_deadline() -> None:
    left = [0, 2 * MS, 4 * MS]
    right = [100_000, 2 * MS + 300_000, 5 * MS + 900_000]
    skew = command_skew(left, right, 2 * MS, 0)
    assert skew == {'p50': 0.3, 'p99': pytest.approx(1.868), 'max': 1.9, 'pairs': 3,
                    'unpaired': 0}


def test_a_deadline_with_one_command_is_no_pair() -> None:
    skew = command_skew([0, 2 * MS, 4 * MS], [0, 4 * MS], 2 * MS, 0)
    assert (skew['pairs'], skew['unpaired'], skew['max']) == (2, 1, 0.0)
    assert command_skew([], [0], 2 * MS, 0)['pairs'] == 0


def test_the_output_of_the_c_loop_is_read() -> None:
    result = parse_result('1500 2 1 1000 2000 3500 90000\n')
    assert result.missed_cycles == 2
    assert result.realtime
    assert result.wake_late_us == {'p50': 1.0, 'p99': 2.0, 'p99_9': 3.5, 'max': 90.0}
    for bad in ('', 'one two', '1 2 3'):
        with pytest.raises(CLoopError, match='seven whole numbers'):
            parse_result(bad)


@pytest.mark.skipif(find_compiler() is None, reason='there is no C compiler')
def test_the_c_loop_compiles_and_counts_its_cycles(tmp_path: Path) -> None:
    compiler = find_compiler()
    assert compiler is not None
    program = compile_c_loop(tmp_path, compiler)
    result = CLoop(program, period_ns=2 * MS, phase_ns=MS, early_ns=0, priority=1,
                   seconds=0.1).result()
    assert result.cycles + result.missed_cycles == 50
    assert 0.0 <= result.wake_late_us['p50'] <= result.wake_late_us['max']
    endless = CLoop(program, period_ns=2 * MS, phase_ns=0, early_ns=0, priority=1, seconds=60.0)
    endless.close()
    with pytest.raises(CLoopError, match='expected a period'):
        CLoop(program, period_ns=0, phase_ns=0, early_ns=0, priority=1, seconds=1.0).result()


def test_a_compiler_that_refuses_is_an_error(tmp_path: Path) -> None:
    refuses = shutil.which('false')
    assert refuses is not None
    with pytest.raises(CLoopError, match='does not compile'):
        compile_c_loop(tmp_path, refuses)

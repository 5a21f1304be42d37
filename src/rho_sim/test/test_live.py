# SPDX-License-Identifier: Apache-2.0
import os
import struct
import threading
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_description import cell
from rho_sim.live.anyskin_wire import burst_frame
from rho_sim.live.cadence import Cadence
from rho_sim.live.command_inbox import CommandInbox
from rho_sim.live.mailbox import Mailbox
from rho_sim.live.pty_line import PtyLine
from rho_sim.live.time_ledger import TimeLedger

STEP_NS = 2_000_000


# -- cadence -------------------------------------------------------------------------------


@pytest.mark.parametrize('rate_hz', [30.0, 100.0, 250.0, 500.0, 29.97])
def test_cadence_keeps_the_mean_rate(rate_hz: float) -> None:
    cadence = Cadence(rate_hz, 0.002)
    due = [step for step in range(1, 5001) if cadence.is_due(step)]
    assert len(due) == pytest.approx(10 * rate_hz, abs=1)
    assert set(np.diff(due)) <= {int(500 / rate_hz), int(500 / rate_hz) + 1}


def test_cameras_of_one_rate_are_spread_over_time() -> None:
    cadences = [Cadence(30.0, 0.002, Fraction(i, 3)) for i in range(3)]
    for step in range(1, 2000):
        assert sum(cadence.is_due(step) for cadence in cadences) <= 1


@pytest.mark.parametrize('rate_hz', [0.0, -1.0, 501.0])
def test_cadence_refuses_impossible_rates(rate_hz: float) -> None:
    with pytest.raises(ConfigError, match='500'):
        Cadence(rate_hz, 0.002)


# -- commands ------------------------------------------------------------------------------


def test_without_commands_the_arms_hold() -> None:
    hold = cell().home + 0.01 * (np.arange(14) % 7 < 6)
    assert np.array_equal(CommandInbox(cell(), hold).target, hold)


def test_a_good_command_moves_its_arm_only() -> None:
    inbox = CommandInbox(cell(), cell().home)
    wanted = [0.1, -1.0, 1.0, -1.0, -1.5, 0.2, 0.01]
    inbox.offer('right', wanted)
    assert np.array_equal(inbox.target[7:], wanted)
    assert np.array_equal(inbox.target[:7], cell().home[:7])
    assert (inbox.accepted, inbox.refused) == (1, 0)


@pytest.mark.parametrize(
    'values',
    [[], [0.0] * 6, [0.0] * 8, [float('nan'), *[0.0] * 6], [float('inf'), *[0.0] * 6],
     [7.0, *[0.0] * 6], [0.0, 0.0, 4.0, *[0.0] * 4], [*[0.0] * 6, 0.05]],
)
def test_a_bad_command_is_refused_counted_and_moves_nothing(values: list[float]) -> None:
    inbox = CommandInbox(cell(), cell().home)
    with pytest.raises(Refused, match='left'):
        inbox.offer('left', values)
    assert np.array_equal(inbox.target, cell().home)
    assert (inbox.accepted, inbox.refused) == (0, 1)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=7, max_size=7))
def test_the_target_is_always_finite_and_within_limits(values: list[float]) -> None:
    inbox = CommandInbox(cell(), cell().home)
    try:
        inbox.offer('left', values)
    except Refused:
        assert np.array_equal(inbox.target, cell().home)
    limits = cell().limits
    assert np.all((inbox.target >= limits.lower) & (inbox.target <= limits.upper))


# -- time ----------------------------------------------------------------------------------


def _ledger() -> TimeLedger:
    ledger = TimeLedger(step_ns=STEP_NS, longest_catch_up_ns=25 * STEP_NS)
    ledger.start(0)
    ledger.begin_episode()
    return ledger


def test_a_simulation_that_keeps_up_has_factor_one() -> None:
    ledger = _ledger()
    for k in range(1, 501):
        assert ledger.tick(k * STEP_NS, k * STEP_NS + 80_000) == 1
    assert ledger.sim_time_s() / ledger.wall_time_s(500 * STEP_NS + 90_000) == pytest.approx(1.0)
    assert ledger.dropped_steps == 0


def test_lateness_is_made_up_for_and_counted() -> None:
    ledger = _ledger()
    ledger.tick(STEP_NS, STEP_NS)
    assert ledger.tick(6 * STEP_NS, 8 * STEP_NS) == 5
    assert ledger.late_ticks == 1
    assert ledger.worst_lateness_ns == 2 * STEP_NS
    assert ledger.sim_time_s() == pytest.approx(ledger.wall_time_s(8 * STEP_NS))


def test_time_beyond_the_catch_up_is_dropped_and_shows_in_the_factor() -> None:
    ledger = _ledger()
    assert ledger.tick(100 * STEP_NS, 100 * STEP_NS) == 25
    assert ledger.dropped_steps == 75
    assert ledger.sim_time_s() / ledger.wall_time_s(100 * STEP_NS) == pytest.approx(0.25)


def test_a_loop_that_hangs_shows_in_the_factor() -> None:
    ledger = _ledger()
    ledger.tick(STEP_NS, STEP_NS)
    assert ledger.wall_time_s(501 * STEP_NS) > 0.9


def test_a_pause_is_not_owed_and_not_counted() -> None:
    ledger = _ledger()
    ledger.tick(STEP_NS, STEP_NS)
    ledger.start(10_000 * STEP_NS)
    assert ledger.tick(10_001 * STEP_NS, 10_001 * STEP_NS) == 1
    assert ledger.wall_time_s(10_001 * STEP_NS) == pytest.approx(ledger.sim_time_s())


@given(st.lists(st.integers(1, 60), min_size=1, max_size=50))
def test_no_step_is_lost_silently(owed: list[int]) -> None:
    ledger = _ledger()
    deadline = 0
    for steps in owed:
        deadline += steps * STEP_NS
        ledger.tick(deadline, deadline)
    assert ledger.executed_steps + ledger.dropped_steps == sum(owed)


# -- mailbox -------------------------------------------------------------------------------


def test_a_call_runs_in_the_thread_that_serves() -> None:
    box = Mailbox()
    box.open()
    results: list[int] = []
    caller = threading.Thread(target=lambda: results.append(box.call(threading.get_ident, 5.0)))
    caller.start()
    while caller.is_alive():
        box.serve()
        caller.join(0.01)
    assert results == [threading.get_ident()]


def test_an_error_of_the_action_reaches_the_caller() -> None:
    box = Mailbox()
    box.open()
    caught: list[str] = []

    def wrong() -> None:
        raise Refused('not now')

    def ask() -> None:
        try:
            box.call(wrong, 5.0)
        except Refused as error:
            caught.append(str(error))

    caller = threading.Thread(target=ask)
    caller.start()
    while caller.is_alive():
        box.serve()
        caller.join(0.01)
    assert caught == ['not now']


def test_a_closed_mailbox_and_a_silent_owner_are_refusals() -> None:
    box = Mailbox()
    with pytest.raises(Refused, match='not active'):
        box.call(int, 1.0)
    box.open()
    with pytest.raises(Refused, match='did not answer'):
        box.call(int, 0.01)


# -- wire and line -------------------------------------------------------------------------


def test_burst_frame_is_anyskins() -> None:
    field = np.arange(15, dtype=np.float32).reshape(5, 3)
    frame = burst_frame(field, 27.5)
    assert len(frame) == 82
    assert frame[-2:] == b'\r\n'
    values = struct.unpack('<20f', frame[:-2])
    assert values[:8] == (27.5, 0.0, 1.0, 2.0, 27.5, 3.0, 4.0, 5.0)


def test_burst_frame_refuses_another_shape() -> None:
    with pytest.raises(ConfigError, match='shape'):
        burst_frame(np.zeros((3, 5), dtype=np.float32))


def _read(path: Path, size: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        return os.read(descriptor, size)
    except BlockingIOError:
        return b''
    finally:
        os.close(descriptor)


def test_bytes_pass_unchanged_through_the_line(tmp_path: Path) -> None:
    line = PtyLine(tmp_path / 'skins' / 'left_a')
    every_byte = bytes(range(256))
    line.write(every_byte)
    assert _read(line.link, 4096) == every_byte
    line.close()


def test_a_line_without_a_reader_never_blocks_and_keeps_the_newest(tmp_path: Path) -> None:
    line = PtyLine(tmp_path / 'left_a')
    for i in range(2000):
        line.write(struct.pack('<I', i) * 20 + b'\r\n')
    assert line.dropped > 0
    received = b''
    while piece := _read(line.link, 65536):
        received += piece
    assert received.endswith(struct.pack('<I', 1999) * 20 + b'\r\n')
    line.close()


def test_the_link_replaces_an_old_one_and_goes_with_the_line(tmp_path: Path) -> None:
    link = tmp_path / 'left_a'
    link.symlink_to('/dev/pts/does_not_exist')
    line = PtyLine(link)
    assert os.readlink(link) == line.device
    line.close()
    line.close()
    assert not link.is_symlink()


def test_a_link_that_others_took_over_stays(tmp_path: Path) -> None:
    first = PtyLine(tmp_path / 'left_a')
    second = PtyLine(tmp_path / 'left_a')
    first.close()
    assert os.readlink(tmp_path / 'left_a') == second.device
    second.close()


def test_a_file_in_the_way_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / 'left_a').write_text('precious')
    with pytest.raises(FileExistsError, match='left_a'):
        PtyLine(tmp_path / 'left_a')
    assert (tmp_path / 'left_a').read_text() == 'precious'

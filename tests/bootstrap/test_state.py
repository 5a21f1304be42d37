# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys
import threading
from pathlib import Path

from rho_bootstrap.state import Lock
from rho_bootstrap.state import digest
from rho_bootstrap.state import read_stamp
from rho_bootstrap.state import write_stamp


def test_a_stamp_is_read_as_written(tmp_path: Path) -> None:
    stamp = tmp_path / 'deep' / 'stamp.json'
    write_stamp(stamp, {'sha256': 'abc'})
    assert read_stamp(stamp) == {'sha256': 'abc'}
    assert [path.name for path in stamp.parent.iterdir()] == ['stamp.json']


def test_no_stamp_and_a_broken_stamp_say_nothing(tmp_path: Path) -> None:
    broken = tmp_path / 'stamp.json'
    assert read_stamp(broken) == {}
    broken.write_text('{"sha256": "ab')
    assert read_stamp(broken) == {}
    broken.write_text('[1]')
    assert read_stamp(broken) == {}


def test_a_hash_tells_boundaries_apart() -> None:
    assert digest('ab', 'c') != digest('a', 'bc')
    assert digest('ab') == digest(b'ab')


def test_a_second_holder_is_told_and_waits(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / 'lock'), Lock(tmp_path / 'lock')
    told = threading.Event()
    entered = threading.Event()

    def hold_second() -> None:
        with second.held('waiting', lambda _: told.set()):
            entered.set()

    other = threading.Thread(target=hold_second)
    with first.held('waiting', lambda _: None):
        other.start()
        assert told.wait(10)
        assert not entered.is_set()
    assert entered.wait(10)
    other.join(10)


def test_a_child_keeps_the_lock_of_its_dead_parent(tmp_path: Path) -> None:
    lock = Lock(tmp_path / 'lock')
    with lock.held('waiting', lambda _: None):
        child = subprocess.Popen(
            [sys.executable, '-c', 'input()'], stdin=subprocess.PIPE, pass_fds=(lock.fd,)
        )
    told = threading.Event()

    def end_child(_: str) -> None:
        told.set()
        child.communicate(b'\n', timeout=10)

    with Lock(tmp_path / 'lock').held('waiting', end_child):
        assert told.is_set()

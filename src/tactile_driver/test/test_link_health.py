# SPDX-License-Identifier: Apache-2.0
"""Each problem of the line is said once, and once more when it is over."""

from tactile_driver.formats.wire_format import FormatCounts
from tactile_driver.link_health import LinkHealth
from tactile_driver.notice import Notice

SECOND = 10**9


class Line:
    """Feeds a LinkHealth at a steady pace."""

    def __init__(self) -> None:
        self.health = LinkHealth(format_name='anyskin', frame_bytes=82)
        self.now_ns = 0
        self.frames = 0
        self.skipped = 0

    def step(
        self, *, frames: int = 0, skipped: int = 0, problem: str = '', step_s: float = 0.01
    ) -> list[Notice]:
        self.now_ns += round(step_s * SECOND)
        self.frames += frames
        self.skipped += skipped
        counts = FormatCounts(frames=self.frames, skipped_bytes=self.skipped)
        received = 82 * frames + skipped
        return self.health.update(self.now_ns, problem, received, counts)


def test_a_good_line_says_nothing() -> None:
    line = Line()
    assert [line.step(frames=1) for _ in range(300)] == [[]] * 300


def test_a_few_skipped_bytes_are_no_problem() -> None:
    line = Line()
    line.step(skipped=82)
    assert line.step(frames=1) == []
    assert line.step(skipped=82, frames=1) == []


def test_garbage_is_one_warning_with_counts_and_one_recovery_after_ten_frames() -> None:
    line = Line()
    notices = [notice for _ in range(50) for notice in line.step(skipped=82)]
    (warning,) = notices
    assert warning.is_problem
    assert 'no anyskin frames of 82 bytes' in warning.text
    assert '328 bytes skipped' in warning.text
    recovery = [notice for _ in range(30) for notice in line.step(frames=1)]
    assert [notice.is_problem for notice in recovery] == [False]


def test_a_frame_now_and_then_is_not_yet_a_recovery() -> None:
    line = Line()
    for _ in range(10):
        line.step(skipped=82)
    later = [notice for _ in range(20) for notice in line.step(frames=1, skipped=40)]
    assert later == []


def test_a_lost_device_is_one_warning_and_one_recovery_without_a_word_about_silence() -> None:
    line = Line()
    line.step(frames=1)
    notices = [n for _ in range(5) for n in line.step(problem='x was lost', step_s=0.5)]
    assert [notice.text for notice in notices] == ['x was lost; trying again']
    assert [notice.is_problem for notice in line.step()] == [False]


def test_silence_of_an_open_device_is_one_warning() -> None:
    line = Line()
    line.step(frames=1)
    notices = [notice for _ in range(10) for notice in line.step(step_s=0.2)]
    assert len(notices) == 1
    assert 'no byte has come' in notices[0].text
    assert [notice.text for notice in line.step(frames=1)] == ['bytes arrive again']


def test_a_pause_in_which_nobody_read_is_no_silence() -> None:
    line = Line()
    line.step(frames=1)
    line.health.restart()
    assert line.step(step_s=100.0) == []

# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_core.streams.aligner import Aligner
from rho_core.streams.frame import AlignedFrame
from rho_core.streams.problem import ProblemKind
from rho_core.streams.rule import StreamRule
from rho_core.streams.sample import Sample

MS = 1_000_000
T0 = 1_000_000 * MS  # ROS time of the tests' start
DEADLINE_MS = 100
SKEW_MS = 20


def aligner() -> Aligner:
    """Two cameras as anchors and joints beside them."""
    limits = {'deadline_ns': DEADLINE_MS * MS, 'max_skew_ns': SKEW_MS * MS}
    return Aligner(
        [
            StreamRule(name='left', anchor=True, **limits),
            StreamRule(name='right', anchor=True, **limits),
            StreamRule(name='joints', **limits),
        ]
    )


class Bench:
    """Feeds an aligner in milliseconds; the steady clock runs 7 s behind ROS time."""

    def __init__(self) -> None:
        self.aligner = aligner()
        self.now_ms = 0

    def push(self, name: str, stamp_ms: int, *, fault: str = '') -> bool:
        sample = Sample(
            stamp_ns=T0 + stamp_ms * MS, received_ns=self.now_ms * MS, value=stamp_ms, fault=fault
        )
        return self.aligner.push(name, sample, now_ns=T0 + self.now_ms * MS)

    def align(self, now_ms: int, *, steady_ms: int | None = None) -> Any:
        self.now_ms = now_ms
        steady_ms = now_ms if steady_ms is None else steady_ms
        return self.aligner.align(now_ns=T0 + now_ms * MS, steady_ns=steady_ms * MS)

    def problems(self, now_ms: int, *, steady_ms: int | None = None) -> list[str]:
        result = self.align(now_ms, steady_ms=steady_ms)
        assert not isinstance(result, AlignedFrame)
        return [str(problem) for problem in result]


def fed(*samples: tuple[str, int]) -> Bench:
    bench = Bench()
    for name, stamp_ms in sorted(samples, key=lambda pair: pair[1]):
        bench.now_ms = max(stamp_ms, bench.now_ms)
        bench.push(name, stamp_ms)
    return bench


def test_nothing_before_every_stream_has_delivered() -> None:
    bench = fed(('left', 0), ('joints', 0))
    assert bench.problems(5) == ['right missing: nothing received yet']
    bench.push('right', 0)
    assert isinstance(bench.align(5), AlignedFrame)


def test_an_empty_aligner_names_every_stream() -> None:
    assert len(Bench().problems(0)) == 3


def test_the_reference_is_the_newest_time_that_all_anchors_have() -> None:
    bench = fed(('left', 0), ('right', 1), ('left', 33), *[('joints', t) for t in range(0, 40, 4)])
    frame = bench.align(40)
    assert frame.stamp_ns == T0 + 1 * MS
    assert {name: sample.value for name, sample in frame.samples.items()} == {
        'left': 0,
        'right': 1,
        'joints': 0,
    }
    assert frame.skew_ns == 1 * MS


def test_a_stale_stamp_is_named_with_its_age() -> None:
    bench = fed(('left', 0), ('right', 0), ('joints', 10))
    assert bench.problems(101) == [
        'left stale: stamp 101 ms old, limit 100 ms',
        'right stale: stamp 101 ms old, limit 100 ms',
    ]


def test_a_dead_anchor_is_the_only_one_to_blame() -> None:
    bench = fed(*[(name, t) for name in ('left', 'joints') for t in range(0, 200, 10)])
    bench.aligner.push(
        'right', Sample(stamp_ns=T0, received_ns=0, value=0), now_ns=T0 + bench.now_ms * MS
    )
    assert bench.problems(200) == ['right stale: stamp 200 ms old, limit 100 ms']


def test_a_stream_that_stops_arriving_is_found_even_if_its_stamps_look_fresh() -> None:
    bench = fed(('left', 0), ('right', 0), ('joints', 0))
    assert bench.problems(5, steady_ms=101) == [
        f'{name} not arriving: last arrival 101 ms ago, limit 100 ms'
        for name in ('left', 'right', 'joints')
    ]


def test_skew_is_measured_on_the_chosen_samples() -> None:
    bench = fed(('left', 50), ('right', 50), ('joints', 29))
    assert bench.problems(55) == ['joints skewed: 21 ms from the reference, limit 20 ms']
    assert isinstance(fed(('left', 50), ('right', 50), ('joints', 30)).align(55), AlignedFrame)


def test_a_stamp_from_the_future_is_refused() -> None:
    bench = Bench()
    with pytest.raises(Refused, match=r'left: stamp is 21\.0 ms in the future, allowed 20\.0 ms'):
        bench.push('left', 21)
    assert bench.push('left', 20)


def test_a_small_step_back_of_the_clock_does_not_make_old_samples_pass() -> None:
    bench = fed(('left', 40), ('right', 40), ('joints', 40))
    bench.align(40)
    assert isinstance(bench.align(22), AlignedFrame)
    kinds = {problem.kind for problem in bench.align(19)}
    assert kinds == {ProblemKind.FUTURE}


def test_a_clock_that_goes_backwards_empties_the_buffers() -> None:
    bench = fed(('left', 500), ('right', 500), ('joints', 500))
    assert isinstance(bench.align(505), AlignedFrame)
    assert len(bench.problems(100)) == 3
    assert bench.aligner.resets == 1
    for name in ('left', 'right', 'joints'):
        bench.push(name, 100)
    assert isinstance(bench.align(101), AlignedFrame)


def test_a_fault_of_the_chosen_sample_is_a_problem() -> None:
    bench = fed(('left', 0), ('right', 0))
    bench.push('joints', 0, fault='encoder lost')
    assert bench.problems(1) == ['joints faulty: encoder lost']


def test_repeated_and_late_samples_are_dropped() -> None:
    bench = fed(('left', 10))
    assert not bench.push('left', 10)
    assert not bench.push('left', 9)


def test_rules_must_have_different_names_and_an_anchor() -> None:
    rule = StreamRule(name='a', deadline_ns=1, max_skew_ns=1)
    with pytest.raises(ConfigError, match='at least one anchor'):
        Aligner([rule])
    with pytest.raises(ConfigError, match='different stream names'):
        Aligner([rule, rule])
    with pytest.raises(ConfigError, match='deadline_ns: expected at least 1, got 0'):
        StreamRule(name='a', deadline_ns=0, max_skew_ns=1)


@given(
    stamps=st.lists(
        st.tuples(st.sampled_from(['left', 'right', 'joints']), st.integers(0, 400)), max_size=60
    ),
    now_ms=st.integers(0, 600),
    lag_ms=st.integers(0, 200),
)
def test_a_frame_never_breaks_a_limit(
    stamps: list[tuple[str, int]], now_ms: int, lag_ms: int
) -> None:
    bench = fed(*stamps)
    now_ms = max(now_ms, bench.now_ms)
    result = bench.align(now_ms, steady_ms=now_ms + lag_ms)
    if not isinstance(result, AlignedFrame):
        assert result
        return
    assert set(result.samples) == {'left', 'right', 'joints'}
    for sample in result.samples.values():
        assert 0 <= T0 + now_ms * MS - sample.stamp_ns <= DEADLINE_MS * MS
        assert (now_ms + lag_ms) * MS - sample.received_ns <= DEADLINE_MS * MS
        assert abs(sample.stamp_ns - result.stamp_ns) <= SKEW_MS * MS
    assert result.skew_ns <= 2 * SKEW_MS * MS


def optional_and_history() -> Aligner:
    limits = {'deadline_ns': DEADLINE_MS * MS, 'max_skew_ns': SKEW_MS * MS}
    return Aligner(
        [
            StreamRule(name='eye', anchor=True, offsets_ns=(200 * MS, 100 * MS, 0), **limits),
            StreamRule(name='skin', required=False, **limits),
        ]
    )


def put(target: Aligner, name: str, stamp_ms: int, fault: str = '') -> None:
    sample = Sample(
        stamp_ns=T0 + stamp_ms * MS, received_ns=stamp_ms * MS, value=stamp_ms, fault=fault
    )
    target.push(name, sample, now_ns=T0 + stamp_ms * MS)


def aligned_at(target: Aligner, now_ms: int) -> Any:
    return target.align(now_ns=T0 + now_ms * MS, steady_ns=now_ms * MS)


def test_a_history_holds_the_samples_nearest_to_the_wanted_times() -> None:
    target = optional_and_history()
    for stamp_ms in range(0, 240, 33):
        put(target, 'eye', stamp_ms)
    frame = aligned_at(target, 240)
    assert [sample.value for sample in frame.history['eye']] == [33, 132, 231]
    assert frame.samples['eye'].value == 231


def test_there_is_no_frame_before_the_history_is_full() -> None:
    target = optional_and_history()
    for stamp_ms in (0, 100):
        put(target, 'eye', stamp_ms)
    assert [str(one) for one in aligned_at(target, 100)] == [
        'eye missing: no sample of 200 ms before'
    ]


def test_a_faulty_sample_of_the_past_counts_as_well() -> None:
    target = optional_and_history()
    for stamp_ms, fault in ((0, ''), (100, 'dark'), (200, '')):
        put(target, 'eye', stamp_ms, fault)
    assert [str(one) for one in aligned_at(target, 200)] == ['eye faulty: dark']


def test_a_stream_that_is_not_required_is_absent_by_name_until_it_is_fit() -> None:
    target = optional_and_history()
    for stamp_ms in (0, 100, 200):
        put(target, 'eye', stamp_ms)
    frame = aligned_at(target, 200)
    assert str(frame.absent['skin']) == 'skin missing: nothing received yet'
    assert 'skin' not in frame.samples
    put(target, 'skin', 195)
    frame = aligned_at(target, 200)
    assert not frame.absent
    assert frame.samples['skin'].value == 195
    put(target, 'eye', 300)
    assert str(aligned_at(target, 300).absent['skin']).startswith('skin stale')


def test_a_stream_that_is_too_old_when_the_reference_falls_back_is_absent_too() -> None:
    target = optional_and_history()
    for stamp_ms in (0, 100, 200):
        put(target, 'eye', stamp_ms)
    put(target, 'skin', 250)
    frame = aligned_at(target, 250)
    assert str(frame.absent['skin']) == 'skin skewed: 50 ms from the reference, limit 20 ms'
    assert frame.skew_ns == 0


def test_the_reference_must_be_taken_from_a_required_stream() -> None:
    with pytest.raises(ConfigError, match='required: expected true'):
        StreamRule(name='eye', deadline_ns=1, max_skew_ns=1, anchor=True, required=False)
    with pytest.raises(ConfigError, match='offsets_ns: expected times >= 0'):
        StreamRule(name='eye', deadline_ns=1, max_skew_ns=1, offsets_ns=(-1,))

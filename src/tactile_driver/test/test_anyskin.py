# SPDX-License-Identifier: Apache-2.0
"""Frames are found wherever the stream starts, breaks or goes wrong; no wrong one is accepted."""

import struct
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from rho_core.errors import ConfigError
from tactile_driver.formats.anyskin import AnySkinFormat
from tactile_driver.formats.registry import create_format
from tactile_driver.formats.wire_format import RawFrame
from tactile_driver.testing import TAIL
from tactile_driver.testing import anyskin_frame

BYTES = 82
LINE_ENDS = struct.unpack('<f', b'\x0d\x0a\x0d\x0a')[0]
FIELDS = hnp.arrays(np.float32, (5, 3), elements=st.floats(-50_000.0, 50_000.0, width=32))
GARBAGE = st.binary(max_size=300)


def numbered(number: int) -> bytes:
    return anyskin_frame(np.full((5, 3), float(number) + 0.25))


def fed_in_chunks(parser: AnySkinFormat, data: bytes, cuts: list[int]) -> list[RawFrame]:
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [
        frame
        for start, end in pairwise(places)
        for frame in parser.feed(data[start:end])
    ]


def in_step() -> AnySkinFormat:
    parser = AnySkinFormat()
    parser.feed(TAIL)
    return parser


def test_a_frame_of_five_magnetometers_has_82_bytes() -> None:
    assert AnySkinFormat().frame_bytes == BYTES == len(numbered(1))


@given(FIELDS)
def test_values_come_out_as_they_were_sent(fields: NDArray[np.float32]) -> None:
    (frame,) = in_step().feed(anyskin_frame(fields))
    np.testing.assert_array_equal(frame.values[:, 0, :], fields)
    assert not frame.values.flags.writeable
    assert frame.lost_before == 0


@given(GARBAGE, st.lists(st.integers(0, 10_000), max_size=20))
def test_after_any_garbage_frames_are_found_within_bounded_bytes(
    garbage: bytes, cuts: list[int]
) -> None:
    sent = [numbered(i) for i in range(6)]
    parser = AnySkinFormat()
    frames = fed_in_chunks(parser, garbage + b''.join(sent), cuts)
    # A false start in the garbage hides at most one frame, its own end at most another.
    assert [frame.payload + TAIL for frame in frames[-3:]] == sent[-3:]


@given(st.lists(st.one_of(GARBAGE, st.integers(0, 999).map(numbered)), max_size=12))
def test_every_byte_is_in_a_frame_skipped_or_waiting(parts: list[bytes]) -> None:
    parser = AnySkinFormat()
    found = sum(len(parser.feed(part)) for part in parts)
    counts = parser.counts
    assert counts.frames == found
    total = BYTES * found + counts.skipped_bytes + counts.waiting_bytes
    assert total == sum(map(len, parts))
    assert counts.waiting_bytes < BYTES


@given(st.binary(max_size=1000), st.lists(st.integers(0, 10_000), max_size=5))
def test_noise_never_crashes_and_gives_only_frames_with_tail_and_possible_values(
    noise: bytes, cuts: list[int]
) -> None:
    for frame in fed_in_chunks(AnySkinFormat(), noise, cuts):
        assert frame.payload + TAIL in noise
        assert np.isfinite(frame.values).all()
        assert np.abs(frame.values).max() <= 100_000.0


@given(st.integers(0, 1), st.integers(0, 255))
def test_a_frame_whose_tail_is_bad_is_never_accepted(place: int, value: int) -> None:
    bad = bytearray(numbered(1))
    bad[80 + place] = value
    if bytes(bad[80:]) == TAIL:
        return
    frames = in_step().feed(bytes(bad) + numbered(2) + numbered(3) + numbered(4))
    assert bytes(bad[:80]) not in [frame.payload for frame in frames]
    assert frames[-1].payload + TAIL == numbered(4)


@given(st.integers(0, BYTES - 1), st.integers(1, 40))
def test_lost_bytes_cost_the_frame_they_are_from_and_at_most_the_next(
    place: int, count: int
) -> None:
    damaged = numbered(2)[:place] + numbered(2)[place + count :]
    stream = numbered(1) + damaged + numbered(3) + numbered(4) + numbered(5)
    payloads = [frame.payload + TAIL for frame in in_step().feed(stream)]
    assert payloads[0] == numbered(1)
    assert payloads[-2:] == [numbered(4), numbered(5)]
    assert damaged not in payloads


def test_lost_frames_are_estimated_from_the_bytes_skipped() -> None:
    parser = in_step()
    parser.feed(numbered(1))
    broken = numbered(2)[:-1] + b'x'
    frames = parser.feed(broken * 3 + numbered(3) + numbered(4))
    assert [frame.lost_before for frame in frames] == [4]


def test_a_payload_full_of_line_ends_is_read_in_step() -> None:
    data = anyskin_frame(np.full((5, 3), LINE_ENDS))
    assert data.count(TAIL) > 15
    assert len(in_step().feed(data * 3)) == 3


@given(st.integers(0, 10**6), st.integers(1, 81))
def test_line_ends_here_and_there_in_the_payload_do_not_mislead_a_late_start(
    seed: int, cut: int
) -> None:
    rng = np.random.default_rng(seed)
    sent = []
    for _ in range(6):
        fields = rng.normal(0.0, 300.0, (5, 3)).astype(np.float32)
        fields[rng.integers(5), rng.integers(3)] = LINE_ENDS
        sent.append(anyskin_frame(fields))
    frames = AnySkinFormat().feed(b''.join(sent)[cut:])
    assert [frame.payload + TAIL for frame in frames[-3:]] == sent[-3:]


@pytest.mark.parametrize('value', [float('nan'), float('inf'), 1e6, -1e6])
def test_impossible_fields_are_no_frame(value: float) -> None:
    fields = np.zeros((5, 3))
    fields[2, 1] = value
    parser = in_step()
    assert parser.feed(anyskin_frame(fields)) == []
    assert parser.counts.bad_frames == 1


@pytest.mark.parametrize(
    ('value', 'is_saturated'),
    [(49_999.0, False), (50_000.0, True), (-50_000.0, True), (-60_000.0, True), (0.0, False)],
)
def test_a_field_at_the_end_of_the_range_is_saturated(value: float, is_saturated: bool) -> None:
    fields = np.zeros((5, 3))
    fields[4, 2] = value
    (frame,) = in_step().feed(anyskin_frame(fields))
    assert frame.is_saturated == is_saturated


@pytest.mark.parametrize('temperature_c', [-60.0, 300.0, float('nan')])
def test_impossible_temperatures_are_no_frame(temperature_c: float) -> None:
    assert in_step().feed(anyskin_frame(np.zeros((5, 3)), temperature_c)) == []


def test_the_first_frame_after_a_cut_tells_of_a_loss() -> None:
    parser = in_step()
    parser.feed(numbered(1) + numbered(2)[:40])
    parser.reset()
    assert parser.counts.waiting_bytes == 0
    (frame,) = parser.feed(TAIL + numbered(3))
    assert frame.lost_before == 1


def test_frames_of_one_chunk_know_what_came_after_them() -> None:
    frames = in_step().feed(numbered(1) + numbered(2) + b'abc')
    assert [frame.bytes_after for frame in frames] == [BYTES + 3, 3]


def test_the_nominal_taxels_are_distinct_and_one_is_in_the_centre() -> None:
    positions = AnySkinFormat(5).default_taxel_positions
    assert positions.shape == (5, 3)
    assert len(np.unique(positions.round(6), axis=0)) == 5
    assert not positions[0].any()


def test_formats_that_do_not_exist_are_refused_with_those_that_do() -> None:
    with pytest.raises(ConfigError, match="expected one of anyskin, got 'digit'"):
        create_format('digit', 5)
    with pytest.raises(ConfigError, match='at least 1, got 0'):
        AnySkinFormat(0)

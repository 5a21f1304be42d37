# SPDX-License-Identifier: Apache-2.0
from rho_bringup.bench.watchdog.deadlines import expiry_of_content
from rho_bringup.bench.watchdog.deadlines import expiry_of_silence
from rho_bringup.bench.watchdog.recording import Recording
from rho_bringup.bench.watchdog.recording import Sample
from rho_bringup.bench.watchdog.testing import MS

DEADLINES = {'camera': 200.0, 'joints': 50.0}


def recorded(injected_ms: int = 1000, **streams: list[Sample]) -> Recording:
    return Recording(injected_ns=injected_ms * MS, commands={}, arms={},
                     streams={name: tuple(samples) for name, samples in streams.items()})


def samples(*sent_ms: float, age_ms: float = 0.0) -> list[Sample]:
    return [Sample(sent_ns=round(at * MS), stamp_ns=round((at - age_ms) * MS)) for at in sent_ms]


def test_deadline_counts_from_the_stamp_of_the_last_sample() -> None:
    recording = recorded(camera=samples(900, 933, 966, age_ms=5.0))
    assert expiry_of_silence(recording, ['camera'], DEADLINES) == (961 + 200) * MS


def test_stamp_in_the_future_does_not_extend_the_deadline() -> None:
    recording = recorded(camera=samples(966, age_ms=-100.0))
    assert expiry_of_silence(recording, ['camera'], DEADLINES) == 1166 * MS


def test_message_without_stamp_counts_from_when_it_was_sent() -> None:
    recording = recorded(camera=[Sample(sent_ns=966 * MS)])
    assert expiry_of_silence(recording, ['camera'], DEADLINES) == 1166 * MS


def test_first_stream_to_expire_counts() -> None:
    recording = recorded(camera=samples(966), joints=samples(990, 994, 998))
    assert expiry_of_silence(recording, ['camera', 'joints'], DEADLINES) == 1048 * MS


def test_samples_that_come_back_do_not_hide_the_silence() -> None:
    recording = recorded(joints=samples(990, 994, 998, 1900, 1904))
    assert expiry_of_silence(recording, ['joints'], DEADLINES) == 1048 * MS


def test_gap_before_the_fault_does_not_count() -> None:
    recording = recorded(joints=samples(500, 990, 998))
    assert expiry_of_silence(recording, ['joints'], DEADLINES) == 1048 * MS


def test_stream_that_was_never_heard_has_no_expiry() -> None:
    assert expiry_of_silence(recorded(), ['joints'], DEADLINES) is None


def test_frozen_content_expires_with_the_sample_that_repeats_it_too_long() -> None:
    frozen = [Sample(sent_ns=at * MS, content=content) for at, content in
              ((900, 1), (933, 2), (966, 3), (1000, 3), (1460, 3), (1490, 3), (1520, 3))]
    assert expiry_of_content(recorded(camera=frozen), 'camera', 500.0) == 1490 * MS


def test_content_that_changes_never_expires() -> None:
    moving = [Sample(sent_ns=at * MS, content=at) for at in range(900, 2000, 33)]
    assert expiry_of_content(recorded(camera=moving), 'camera', 500.0) is None


def test_content_of_an_unknown_stream_has_no_expiry() -> None:
    assert expiry_of_content(recorded(), 'camera', 500.0) is None

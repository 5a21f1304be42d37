# SPDX-License-Identifier: Apache-2.0
import math

from rho_core.chunks.report import PolicyMode
from rho_core.chunks.report import PolicyReport
from rho_core.chunks.report import StreamReport


def test_a_new_report_claims_nothing() -> None:
    report = PolicyReport(stamp_ns=1)
    assert report.mode is PolicyMode.LOADING
    assert math.isnan(report.context_age_ms)
    assert report.chunk_seq == 0


def test_a_stream_without_a_problem_is_ok() -> None:
    assert StreamReport(name='a', age_ms=1.0).ok
    assert not StreamReport(name='a', problem='stale').ok

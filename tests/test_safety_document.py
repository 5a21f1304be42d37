# SPDX-License-Identifier: Apache-2.0
"""The page about safety says what the code knows."""

import re
from pathlib import Path

import pytest

from rho_core.safety.stream_kind import StreamKind
from rho_core.safety.stream_rule import StreamRule
from rho_core.safety.watch_list import WatchList
from rho_core.streams.fault import FaultKind

PAGE = (Path(__file__).parents[1] / 'docs' / 'safety.md').read_text(encoding='utf-8')


def test_the_example_is_a_valid_list() -> None:
    (text,) = re.findall(r'```yaml\n(.*?)```', PAGE, flags=re.DOTALL)
    streams, skews = WatchList.from_text(text).rules()
    assert all(isinstance(rule, StreamRule) for rule in streams)
    assert len(skews) == 1


@pytest.mark.parametrize('kind', FaultKind)
def test_every_fault_is_described(kind: FaultKind) -> None:
    assert re.search(rf'\.{kind.value}`', PAGE)


@pytest.mark.parametrize('kind', StreamKind)
def test_every_kind_of_stream_is_named(kind: StreamKind) -> None:
    assert kind.value in PAGE

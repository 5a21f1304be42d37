# SPDX-License-Identifier: Apache-2.0
import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from rho_core.decoding.bins import Bins
from rho_core.decoding.token_text import TextAction
from rho_core.decoding.token_text import TokenText
from rho_core.errors import Refused

LOW = np.array([-0.1, -0.1, -0.1, -0.5, -0.5, -0.5, 0.0])
HIGH = np.array([0.1, 0.1, 0.1, 0.5, 0.5, 0.5, 1.0])
TEXT = TokenText(Bins(LOW, HIGH))

words = st.one_of(
    st.integers(-1000, 1000).map(str),
    st.sampled_from(['', '0', '255', '256', '1e2', '0x1', '١', '²', 'nan', 'inf', '-0', '+1']),
    st.text(string.printable, max_size=4),
)


def test_the_first_number_says_whether_the_episode_is_over() -> None:
    assert not TEXT.decode('0 128 91 241 5 101 127 217').terminates
    action = TEXT.decode('1 0 255 0 255 0 255 0')
    assert action.terminates
    assert action.values.tolist() == [-0.1, 0.1, -0.1, 0.5, -0.5, 0.5, 0.0]


@given(st.booleans(), st.lists(st.floats(0.0, 1.0), min_size=7, max_size=7))
def test_what_is_written_is_read_within_a_bin(terminates: bool, shares: list[float]) -> None:
    values = np.clip(LOW + np.array(shares) * (HIGH - LOW), LOW, HIGH)
    back = TEXT.decode(TEXT.encode(TextAction(terminates=terminates, values=values)))
    assert back.terminates == terminates
    assert np.all(np.abs(back.values - values) <= (HIGH - LOW) / 255)


@settings(max_examples=10_000, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(words, max_size=12).map(' '.join)))
def test_any_string_gives_a_whole_action_within_the_bounds_or_is_refused(text: str) -> None:
    try:
        action = TEXT.decode(text)
    except Refused:
        return
    assert action.values.shape == LOW.shape
    assert np.all((action.values >= LOW) & (action.values <= HIGH))
    assert len(text.split()) == 1 + len(LOW)


@pytest.mark.parametrize(
    'text',
    ['', '0', '0 1 2 3 4 5 6', '0 1 2 3 4 5 6 7 8', '2 1 2 3 4 5 6 7', '0 1 2 3 4 5 6 256',
     '0 1 2 3 4 5 6 -7', '0  1 2 3 4 5 6 7', '0 1 2 3 4 5 6 7 ', '0 1 2 3 4 5 6 7\n',
     '0 1 2 3 4 5 6 7.0', 'terminate 1 2 3 4 5 6 7'],
)
def test_a_partial_or_decorated_action_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r'(action text|tokens): expected'):
        TEXT.decode(text)

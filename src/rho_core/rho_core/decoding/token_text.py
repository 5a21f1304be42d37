# SPDX-License-Identifier: Apache-2.0
"""Actions as text, as a language model writes them: whole numbers between spaces.

The form of RT-2 (Brohan et al. 2023): `terminate d1 ... dD`, terminate 0 or 1, the others bins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rho_core.decoding.bins import Bins
from rho_core.errors import Refused

# ASCII digits only: str.isdigit takes signs of other scripts too.
_NUMBER = re.compile(r'[0-9]{1,4}\Z')
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAction:
    """One action that a model wrote.

    Attributes:
        terminates: Whether it says that the episode is over.
        values: The action, shape (D,).
    """

    terminates: bool
    values: NDArray[np.float64]


class TokenText:
    """Reads whole actions or nothing: a string that is cut off or has more in it is refused."""

    def __init__(self, bins: Bins) -> None:
        """Set the code of the numbers."""
        self._bins = bins

    def decode(self, text: str) -> TextAction:
        """Reads an action.

        Raises:
            Refused: If it is not exactly 1 + D whole numbers, the first one 0 or 1, the others
                bins.
        """
        words = text.split(' ')
        count = 1 + self._bins.size
        if len(words) != count or not all(_NUMBER.match(word) for word in words):
            raise Refused(f'action text: expected {count} whole numbers with single spaces '
                          f'between them, got {_shown(text)}')
        terminate, *tokens = (int(word) for word in words)
        if terminate not in (0, 1):
            raise Refused(f'action text: expected terminate 0 or 1, got {terminate}')
        values = self._bins.decode(np.array(tokens, dtype=np.int64))
        return TextAction(terminates=terminate == 1, values=values)

    def encode(self, action: TextAction) -> str:
        """Writes an action.

        Raises:
            Refused: If a value is outside the bounds.
        """
        tokens = self._bins.encode(action.values).tolist()
        return ' '.join(str(number) for number in (int(action.terminates), *tokens))


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + '...')

# SPDX-License-Identifier: Apache-2.0
"""From the output of an action graph to rows of joint values in units."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rho_core.contract.action import ActionSpec
from rho_core.contract.normalisation import affine_of
from rho_core.decoding.token_text import TokenText
from rho_core.errors import Refused


class TaskOver(Refused):
    """The model says that there is nothing left to do."""


class ActionDecoder:
    """Decodes whole chunks or refuses them."""

    def __init__(self, action: ActionSpec) -> None:
        """Create the decoder that a bundle declares."""
        self._action = action
        self._affine = affine_of(action.normalisation)
        self._bins = None if action.decode == 'continuous' else action.decode.code()

    def decode(self, output: NDArray[Any]) -> NDArray[np.float64]:
        """Returns values in the action's space and unit [rad or m], shape (horizon, joints).

        Raises:
            Refused: If the shape is another one, or a token or a text means nothing.
            TaskOver: The model says that the task is over.
        """
        if output.shape != self._action.output_shape:
            raise Refused(f'action: expected shape {self._action.output_shape}, the graph gave '
                          f'{output.shape}')
        if self._bins is None:
            rows = output[0].astype(np.float64)
            return rows if self._affine is None else self._affine.restore(rows)
        if output.ndim == 3:
            return self._bins.decode(output[0])
        text = TokenText(self._bins)
        actions = [text.decode(str(line)) for line in output[0]]
        ends = [index for index, action in enumerate(actions) if action.terminates]
        if ends and ends[0] == 0:
            raise TaskOver('action: the model says that the task is over')
        # What follows the end of the task is rest.
        last = ends[0] - 1 if ends else len(actions) - 1
        return np.stack([actions[min(i, last)].values for i in range(len(actions))])

    def encode(self, rows: NDArray[np.float64]) -> NDArray[np.float32]:
        """Returns what the graph would have put out for rows in units, (1, horizon, joints).

        Only continuous outputs have such a form.
        """
        normalised = rows if self._affine is None else self._affine.normalise(rows)
        return normalised.astype(np.float32)[None]

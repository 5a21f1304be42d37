# SPDX-License-Identifier: Apache-2.0
"""What an action graph is told about the chunk in execution, for real-time chunking."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rho_core.chunks.action_chunk import ActionChunk
from rho_core.chunks.prefix_weights import prefix_weights
from rho_core.chunks.resample import positions_at
from rho_core.contract.action import ActionSpec
from rho_core.contract.execution import RtcSpec
from rho_core.contract.feeds import DELAY
from rho_core.contract.feeds import GUIDANCE
from rho_core.contract.feeds import NOISE
from rho_core.contract.feeds import PREVIOUS
from rho_core.contract.feeds import WEIGHTS
from rho_core.errors import Refused
from rho_policy_node.runtime.decoder import ActionDecoder


class Continuation:
    """Makes the feeds `action.*` of one inference."""

    def __init__(self, action: ActionSpec, decoder: ActionDecoder, rtc: RtcSpec | None) -> None:
        """Create it for an action.

        Args:
            action: What the graph puts out.
            decoder: Its decoder.
            rtc: How to hold to the chunk in execution, None: not at all.
        """
        self._action = action
        self._decoder = decoder
        self._rtc = rtc

    def feeds(
        self,
        stamp_ns: int,
        previous: ActionChunk | None,
        delay: int,
        origin: NDArray[np.float64],
    ) -> dict[str, NDArray[Any]]:
        """Returns all feeds by name.

        Args:
            stamp_ns: Time of the observation [ns, ROS time].
            previous: Chunk in execution, in units; None: nothing is in execution.
            delay: Rows that will have been executed when the result comes.
            origin: What a delta is relative to, shape (J,) [rad or m]; zeros for absolute targets.

        Raises:
            Refused: If the delay leaves no row to choose.
        """
        action = self._action
        held: NDArray[np.float64] = np.zeros((action.horizon, len(action.joints)))
        weights: NDArray[np.float64] = np.zeros(action.horizon)
        gain = 0.0
        if self._rtc is not None and previous is not None:
            held, weights = self._hold(stamp_ns, previous, delay)
            held = held - origin
            gain = self._rtc.guidance
        return {
            NOISE: self._noise(stamp_ns),
            PREVIOUS: self._decoder.encode(held),
            WEIGHTS: weights.astype(np.float32)[None],
            DELAY: np.array([delay if gain else 0], np.int64),
            GUIDANCE: np.array([gain], np.float32),
        }

    def _hold(
        self, stamp_ns: int, previous: ActionChunk, delay: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        assert self._rtc is not None
        horizon = self._action.horizon
        if 2 * delay > horizon:
            raise Refused(f'action: inference takes {delay} of {horizon} rows, allowed half')
        step_ns = round(self._action.dt_s * 1e9)
        stamps_ns = stamp_ns + step_ns * np.arange(1, horizon + 1, dtype=np.int64)
        held, covered = positions_at(previous.select(self._action.joints), stamps_ns)
        executed = min(max(self._rtc.executed, delay), horizon - delay)
        weights = prefix_weights(horizon, delay=delay, executed=executed, fade=self._rtc.fade)
        return held, np.where(covered, weights, 0.0)

    def _noise(self, stamp_ns: int) -> NDArray[np.float32]:
        # A function of the observation: a replay gets the same noise.
        shape = (1, self._action.horizon, len(self._action.joints))
        generator = np.random.default_rng(abs(stamp_ns))
        return generator.standard_normal(shape, np.float32)

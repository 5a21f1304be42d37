# SPDX-License-Identifier: Apache-2.0
"""Counts safety stops."""


class StopCounter:
    """Counts stops, once each: a stop lasts until the arms are released again.

    The epoch of the safety state grows with each new cause and with each reset, so a stop that
    somebody else reset between two looks is seen too.
    """

    def __init__(self) -> None:
        """Start unarmed: what happens before the arms are released does not count."""
        self._armed_epoch: int | None = None
        self._stops = 0

    @property
    def stops(self) -> int:
        """Stops since the first release."""
        return self._stops

    def arm(self, epoch: int) -> None:
        """Take note that the arms have been released in this epoch."""
        self._armed_epoch = epoch

    def update(self, epoch: int, *, is_stopped: bool) -> bool:
        """Take the newest state and return whether a stop is new with it.

        Args:
            epoch: Epoch of the watchdog.
            is_stopped: Whether a stop is in force, the watchdog's or an arm's own.
        """
        if self._armed_epoch is None or not (is_stopped or epoch > self._armed_epoch):
            return False
        self._armed_epoch = None
        self._stops += 1
        return True

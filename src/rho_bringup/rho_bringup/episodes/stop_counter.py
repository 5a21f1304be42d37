# SPDX-License-Identifier: Apache-2.0
"""Counts the watchdog's stops."""


class StopCounter:
    """Counts safety stops by the epoch of the safety state, which grows with each stop."""

    def __init__(self) -> None:
        """Start unarmed: what happens before the arms are released does not count."""
        self._armed_epoch: int | None = None
        self._stops = 0

    @property
    def stops(self) -> int:
        """Stops since the first arming."""
        return self._stops

    def arm(self, epoch: int) -> None:
        """Count later epochs as stops; arming again after a stop keeps the count."""
        self._armed_epoch = epoch

    def update(self, epoch: int) -> int:
        """Take the newest epoch and return how many stops are new with it."""
        if self._armed_epoch is None:
            return 0
        new = max(0, epoch - self._armed_epoch)
        self._armed_epoch = max(epoch, self._armed_epoch)
        self._stops += new
        return new

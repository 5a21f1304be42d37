# SPDX-License-Identifier: Apache-2.0
"""Decides when an episode is over."""

import enum
from dataclasses import dataclass

from rho_bringup.episodes.score import Score
from rho_core.errors import ConfigError


class Verdict(enum.Enum):
    """How an episode ended."""

    SUCCESS = 'success'
    FAILED = 'failed'
    TIMEOUT = 'timeout'
    SAFETY_STOP = 'safety stop'
    UNSCORED = 'unscored'


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeEnd:
    """How an episode ended.

    Attributes:
        verdict: The outcome.
        detail: What happened, for a person.
        time_to_success_s: Simulated seconds to success, None without success.
    """

    verdict: Verdict
    detail: str
    time_to_success_s: float | None = None

    @property
    def success(self) -> bool:
        """Whether the instruction was carried out."""
        return self.verdict is Verdict.SUCCESS


class Episode:
    """Watches one episode: success must last, so that a second press is seen as the failure it is.

    The watch ends with the first of: a safety stop, a failed score, a success that has held for
    the settling time, the time-out.
    """

    def __init__(self, *, timeout_s: float, settle_s: float = 1.0) -> None:
        """Prepare.

        Args:
            timeout_s: Time that the policy gets until success.
            settle_s: Time that the success must last afterwards.

        Raises:
            ConfigError: A time is not positive.
        """
        if not timeout_s > 0 or not settle_s > 0:
            raise ConfigError(f'timeout {timeout_s} s, settling {settle_s} s: expected > 0')
        self._timeout_s = timeout_s
        self._settle_s = settle_s
        self._success_at_s: float | None = None

    def update(
        self, elapsed_s: float, score: Score | None, stop_reason: str | None
    ) -> EpisodeEnd | None:
        """Take the newest observations and return the end, or None while the episode goes on.

        Args:
            elapsed_s: Steady seconds since the instruction was given.
            score: Newest score, None: not read yet.
            stop_reason: Why the watchdog stopped the arms, None: it did not.
        """
        if stop_reason is not None:
            return EpisodeEnd(verdict=Verdict.SAFETY_STOP, detail=stop_reason)
        if score is not None:
            if not score.scored:
                return EpisodeEnd(verdict=Verdict.UNSCORED,
                                  detail=score.detail or 'the simulator scores nothing')
            if score.failed:
                return EpisodeEnd(verdict=Verdict.FAILED, detail=score.detail)
            if not score.success:
                self._success_at_s = None
            elif self._success_at_s is None:
                self._success_at_s = elapsed_s
            elif elapsed_s - self._success_at_s >= self._settle_s:
                return EpisodeEnd(verdict=Verdict.SUCCESS, detail=score.detail,
                                  time_to_success_s=score.success_time_s)
        if elapsed_s >= self._timeout_s and self._success_at_s is None:
            detail = score.detail if score is not None else 'no score was received'
            return EpisodeEnd(verdict=Verdict.TIMEOUT,
                              detail=f'not done after {self._timeout_s:g} s: {detail}')
        return None

# SPDX-License-Identifier: Apache-2.0
"""Releases arms that were stopped, until they move again."""

from __future__ import annotations

import time

import numpy as np
from std_srvs.srv import Trigger

from rho_bringup.bench.watchdog.recorder_node import Recorder
from rho_bringup.lifecycle_client_node import LifecycleClient
from rho_bringup.stack_errors import TooSlow
from rho_interfaces.msg import ArmState
from rho_interfaces.msg import SafetyState

MOTION_TIMEOUT_S = 20.0
STEADY_S = 0.3
MOVING_SPEED = 0.3
"""Commanded speed of an arm in motion, over all joints [rad/s]."""

_ANSWER_S = 0.4
_RETRY_S = 0.05
_SPIN_S = 0.01


class Releaser:
    """What an operator does after a stop: resets it when its causes have gone."""

    def __init__(
        self, arms: tuple[str, ...], recorder: Recorder, client: LifecycleClient
    ) -> None:
        """Watch through a recorder and call through a client.

        Args:
            arms: Names of the arms.
            recorder: Hears the whole cell.
            client: Calls services.
        """
        self._arms = arms
        self._recorder = recorder
        self._client = client

    def bring_into_motion(self) -> None:
        """Reset stops until both arms move along at full speed for a moment.

        Raises:
            TooSlow: They do not; the message says why.
        """
        deadline_s = time.monotonic() + MOTION_TIMEOUT_S
        why = 'nothing heard'
        steady_since_s: float | None = None
        while True:
            now_s = time.monotonic()
            problem = self._why_not_moving()
            if not problem:
                steady_since_s = now_s if steady_since_s is None else steady_since_s
                if now_s - steady_since_s >= STEADY_S:
                    return
            else:
                why, steady_since_s = problem, None
            if now_s >= deadline_s:
                raise TooSlow(f'the arms do not move within {MOTION_TIMEOUT_S:g} s: {why}')
            if problem and self._needs_reset():
                why = self._reset() or why
                self._client.spin_until(lambda: False, _RETRY_S)
            self._client.spin_until(lambda: False, _SPIN_S)

    def _why_not_moving(self) -> str:
        safety = self._recorder.safety()
        if safety is None or self._recorder.is_silent('safety'):
            return 'the watchdog is silent'
        if safety.latched or safety.mode != SafetyState.PERMIT_RUN:
            return 'stopped: ' + ', '.join(cause.id for cause in safety.causes)
        for arm in self._arms:
            state = self._recorder.arm(arm)
            if state is None or self._recorder.is_silent(f'arm.{arm}'):
                return f'{arm} arm: the controller is silent'
            if state.mode != ArmState.MODE_MOVING:
                return f'{arm} arm: {state.reason}'
            if float(np.linalg.norm(state.velocity)) < MOVING_SPEED or state.time_scale < 0.999:
                return f'{arm} arm: slow'
        return ''

    def _needs_reset(self) -> bool:
        safety = self._recorder.safety()
        states = [self._recorder.arm(arm) for arm in self._arms]
        stopped = any(state is not None and state.mode == ArmState.MODE_STOPPED
                      for state in states)
        return safety is not None and not self._recorder.is_silent('safety') and (
            bool(safety.latched) or stopped)

    def _reset(self) -> str:
        reply = self._client.call(Trigger, 'safety/reset', Trigger.Request(), _ANSWER_S)
        if reply is None:
            return 'safety/reset does not answer'
        return '' if reply.success else str(reply.message)

# SPDX-License-Identifier: Apache-2.0
"""Runs a vendor's link in a thread of its own, so that the control loop never waits for it."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty
from queue import SimpleQueue
from threading import Event
from threading import Thread

from arm_controller.backends.context import BackendContext
from arm_controller.backends.errors import BackendError
from arm_controller.backends.link import ArmLink
from arm_controller.backends.link import LinkSample
from rho_core.motion.measurement import Measurement

_CLOSE_S = 3.0
_AGAIN = 'deactivate and activate the controller to connect again'


class ThreadedBackend:
    """An arm behind a link.

    The loop leaves its newest command and takes the newest measurement; the thread sends one and
    fetches the other. Whatever goes wrong is final until the next `start`: an arm that was out of
    reach may stand anywhere, and must not be sent on from where it was thought to be. What counts
    as wrong: an error of the link, an arm whose clock stands still or goes back, a call that does
    not return.
    """

    def __init__(
        self,
        link: ArmLink,
        context: BackendContext,
        *,
        name: str,
        joints: int,
        open_s: float = 20.0,
        answer_s: float = 0.1,
    ) -> None:
        """Prepare; `start` connects.

        Args:
            link: the arm.
            context: what the controller gives.
            name: what the arm is called in messages.
            joints: number of joints of the arm.
            open_s: time that connecting may take.
            answer_s: time without news after which the arm is lost.
        """
        self._link = link
        self._context = context
        self._name = name
        self._joints = joints
        self._open_s = open_s
        self._answer_s = answer_s
        self._thread: Thread | None = None
        self._reset()

    def start(self) -> None:
        """Connect, in the link's thread.

        Raises:
            BackendError: it failed, took too long, or the last connection has not ended yet.
        """
        self.stop()
        if self._thread is not None and self._thread.is_alive():
            raise BackendError(f'{self._name}: the last connection has not ended; restart this '
                               'process')
        self._reset()
        self._thread = Thread(
            target=self._run, args=(self._ending, self._is_open), name=self._name, daemon=True)
        self._thread.start()
        if not self._is_open.wait(self._open_s):
            self._ending.set()
            self._lose(f'no connection within {self._open_s:g} s')
        if self._failure:
            self._ending.set()
            raise BackendError(self._failure)

    def read(self, steady_ns: int) -> Measurement | None:
        """Return the newest measurement, None once the arm is lost."""
        if not self._failure and self._measured is not None:
            silent_s = (steady_ns - self._news_ns) / 1e9
            if silent_s > self._answer_s:
                self._lose(f'no news from the arm for {silent_s * 1e3:.0f} ms, allowed '
                           f'{self._answer_s * 1e3:.0f} ms')
        return None if self._failure else self._measured

    def write(self, command: Sequence[float]) -> None:
        """Leave a command for the thread, in place of one that it has not taken yet."""
        if len(command) != self._joints or not math.isfinite(sum(command)):
            self._lose(f'expected {self._joints} finite positions, got {tuple(command)}')
        if self._failure:
            return
        self._pending.append(tuple(command))
        if self._wake.empty():
            self._wake.put(None)

    def problem(self) -> str:
        """Return why the arm is lost."""
        return f'{self._failure}; {_AGAIN}' if self._failure else ''

    def stop(self) -> None:
        """Disconnect; a link that does not return is left to its thread."""
        self._ending.set()
        self._wake.put(None)
        if self._thread is not None:
            self._thread.join(_CLOSE_S)
            if self._thread.is_alive():
                self._lose(f'the connection did not end within {_CLOSE_S:g} s')

    def _reset(self) -> None:
        # A thread that hangs keeps those of its own start: it must not take part in the next one.
        self._ending = Event()
        self._is_open = Event()
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._pending: deque[tuple[float, ...]] = deque(maxlen=1)
        self._measured: Measurement | None = None
        self._device_s = -math.inf
        self._news_ns = 0
        self._failure = ''

    def _lose(self, why: str) -> None:
        """Give the arm up. The first reason stays."""
        if not self._failure:
            self._failure = f'{self._name}: {why}'

    def _run(self, ending: Event, is_open: Event) -> None:
        self._context.prepare_thread()
        try:
            self._link.open()
            # Late, the one who waited for it has gone.
            while not ending.is_set() and not self._failure:
                sample = self._link.exchange(self._next_command() if is_open.is_set() else None)
                if not self._failure:
                    self._take(sample)
                    is_open.set()
        except BackendError as error:
            self._lose(str(error))
        except Exception as error:
            # Vendors' libraries raise what they like; to the arm it is all the same.
            self._lose(f'{type(error).__name__}: {error}')
        finally:
            is_open.set()
            self._close()

    def _close(self) -> None:
        try:
            self._link.close()
        except Exception as error:
            self._lose(f'disconnecting failed: {type(error).__name__}: {error}')

    def _next_command(self) -> tuple[float, ...] | None:
        """Wait for a command, not longer than two periods."""
        with suppress(Empty):
            self._wake.get(timeout=2.0 * self._context.period_s)
        try:
            return self._pending.popleft()
        except IndexError:
            return None

    def _take(self, sample: LinkSample) -> None:
        if len(sample.positions) != self._joints:
            raise BackendError(f'expected {self._joints} joints, the arm has '
                               f'{len(sample.positions)}')
        if sample.device_s < self._device_s:
            raise BackendError(f"the arm's clock went back by "
                               f'{self._device_s - sample.device_s:.3f} s')
        if sample.device_s == self._device_s:
            # It stands still: no news, and `read` judges for how long.
            return
        self._device_s = sample.device_s
        self._news_ns = self._context.steady_ns()
        self._measured = Measurement(
            stamp_ns=self._context.now_ns(), received_ns=self._news_ns,
            positions=sample.positions)

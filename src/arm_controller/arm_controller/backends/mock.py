# SPDX-License-Identifier: Apache-2.0
"""An arm that exists in the controller only: it follows with a lag, and fails on request."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from arm_controller.backends.context import BackendContext
from arm_controller.backends.order_guard import OrderGuard
from rho_core.errors import ConfigError
from rho_core.motion.measurement import Measurement

FaultKind = Literal['lost', 'frozen', 'reversed', 'stuck', 'not_finite', 'jump']


@dataclass(frozen=True, slots=True, kw_only=True)
class MockFault:
    """Something that goes wrong.

    Attributes:
        kind: `lost`: the connection ends; `frozen`: the same measurement again and again;
            `reversed`: stamps go back; `stuck`: the joints stand still; `not_finite`: a joint
            measures NaN; `jump`: the first joint measures `size` too much.
        from_s: when it begins, counted from the first measurement.
        for_s: how long it lasts; what is lost stays lost.
        size: size of a jump [rad, m].
    """

    kind: FaultKind
    from_s: float = 0.0
    for_s: float = math.inf
    size: float = 1.0

    def __post_init__(self) -> None:
        """Check the times."""
        for name in ('from_s', 'for_s'):
            if not getattr(self, name) >= 0.0:
                raise ConfigError(f'expected at least 0 s, got {getattr(self, name)}', name)


@dataclass(frozen=True, slots=True, kw_only=True)
class MockOptions:
    """How the mock behaves.

    Attributes:
        start: first positions [rad, m], empty: all 0.
        lag_ms: time constant with which the joints follow.
        faults: what goes wrong.
    """

    kind: Literal['mock'] = 'mock'
    start: tuple[float, ...] = ()
    lag_ms: float = 20.0
    faults: tuple[MockFault, ...] = ()

    def __post_init__(self) -> None:
        """Check the lag."""
        if not 0.0 <= self.lag_ms <= 10_000.0:
            raise ConfigError(f'expected 0 to 10000 ms, got {self.lag_ms}', 'lag_ms')


class MockBackend:
    """A first-order lag per joint. Time comes in with `read`, so nothing runs by itself."""

    def __init__(self, options: MockOptions, context: BackendContext) -> None:
        """Stand at the start.

        Raises:
            ConfigError: the start has another number of joints than the arm.
        """
        joints = len(context.joint_names)
        if options.start and len(options.start) != joints:
            raise ConfigError(f'expected {joints} positions, got {len(options.start)}',
                              'backend.start')
        self._context = context
        self._lag_s = options.lag_ms / 1e3
        self._planned = options.faults
        self._home = options.start or (0.0,) * joints
        self.positions = list(self._home)
        self._is_connected = False
        self._injected: list[MockFault] = []
        self._target = tuple(self.positions)
        self._measured: Measurement | None = None
        self._order = OrderGuard()
        self._first_ns: int | None = None
        self._last_ns = 0
        self._age_s = 0.0
        self._problem = ''

    @classmethod
    def make(cls, options: MockOptions, context: BackendContext) -> MockBackend:
        """Make it from what the registry has."""
        return cls(options, context)

    def inject(self, fault: MockFault) -> None:
        """Let something go wrong; its times count from now."""
        self._injected.append(MockFault(
            kind=fault.kind, from_s=self._age_s + fault.from_s, for_s=fault.for_s,
            size=fault.size))

    def start(self) -> None:
        """Connect; planned faults come again."""
        self._is_connected = True
        self._injected = list(self._planned)
        self._target = tuple(self.positions)
        self._measured = None
        self._order = OrderGuard()
        self._first_ns = None
        self._age_s = 0.0
        self._problem = ''

    def read(self, steady_ns: int) -> Measurement | None:
        """Let the joints follow until now and measure them."""
        if not self._is_connected:
            return None
        if self._first_ns is None:
            self._first_ns = self._last_ns = steady_ns
        self._age_s = (steady_ns - self._first_ns) / 1e9
        faults = {fault.kind: fault for fault in self._injected
                  if fault.from_s <= self._age_s < fault.from_s + fault.for_s}
        if 'stuck' not in faults:
            self._follow((steady_ns - self._last_ns) / 1e9)
        self._last_ns = steady_ns
        if 'lost' in faults:
            self._is_connected = False
            self._problem = 'mock: connection lost'
            return None
        if 'frozen' not in faults:
            self._measure(steady_ns, faults)
        return self._measured

    def write(self, command: Sequence[float]) -> None:
        """Set where the joints go."""
        if self._is_connected:
            self._target = tuple(command)

    def problem(self) -> str:
        """Return what was wrong with the last measurement."""
        return self._problem

    def stop(self) -> None:
        """Stand still and measure nothing more."""
        self._is_connected = False

    def _follow(self, elapsed_s: float) -> None:
        # Exact for a target that is constant since the last call: x += (u - x)(1 - exp(-t/T)).
        share = 1.0 if self._lag_s <= 0.0 else -math.expm1(-max(elapsed_s, 0.0) / self._lag_s)
        self.positions = [
            position + share * (target - position)
            for position, target in zip(self.positions, self._target, strict=True)
        ]

    def _measure(self, steady_ns: int, faults: dict[FaultKind, MockFault]) -> None:
        positions = list(self.positions)
        stamp_ns = self._context.now_ns()
        if 'jump' in faults:
            positions[0] += faults['jump'].size
        if 'not_finite' in faults:
            positions[0] = math.nan
        # Two seconds back and still running, as a device whose clock was set.
        order_ns = steady_ns - (2_000_000_000 if 'reversed' in faults else 0)
        disorder = self._order.problem(order_ns, steady_ns)
        self._problem = f'mock: {disorder}' if disorder else ''
        if not disorder:
            self._measured = Measurement(
                stamp_ns=stamp_ns, received_ns=steady_ns, positions=tuple(positions))

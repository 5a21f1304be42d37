# SPDX-License-Identifier: Apache-2.0
"""A cell as its file describes it, checked.

What is fixed in the hardware (joint names, limits, frames, camera sizes) is not here but in
rho_description; a cell file says what is connected and how fast and how strictly it runs.
"""

from dataclasses import dataclass
from dataclasses import field
from typing import Literal

from arm_controller.backends.registry import parse_backend
from rho_core.errors import ConfigError
from rho_core.safety.stream_settings import StreamSettings
from rho_core.safety.watch_list import SkewSettings
from rho_core.safety.watch_list import WatchList

Mode = Literal['sim', 'real']


@dataclass(frozen=True, slots=True, kw_only=True)
class TactileSensor:
    """One fingertip sensor.

    Attributes:
        format: Wire format that it speaks.
        frame: Frame of the sensor.
        device: Serial device; None in simulation, where the simulator opens a pseudo-terminal.
    """

    format: Literal['anyskin']
    frame: str
    device: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySettings:
    """The policy that runs.

    Attributes:
        bundle: Name of a shipped bundle, or a path.
        action_rate_hz: Rate of the action tick.
        context_rate_hz: Largest rate of the context graph.
        realtime_priority: Wanted SCHED_FIFO priority of the action tick, 0: none.
        threads: Threads of the inference runtime.
    """

    bundle: str
    action_rate_hz: float
    context_rate_hz: float
    realtime_priority: int
    threads: int

    def __post_init__(self) -> None:
        """Check rates, threads and priority."""
        _check_positive(self, 'action_rate_hz', 'context_rate_hz', 'threads')
        _check_priority(self.realtime_priority)


@dataclass(frozen=True, slots=True, kw_only=True)
class ControllerSettings:
    """The arm controllers.

    Attributes:
        rate_hz: Rate of the control loop.
        realtime_priority: Wanted SCHED_FIFO priority, 0: none.
        permit_timeout_ms: Age from which a permit of the watchdog means stop.
        backends: Ways to the arms, by arm: a name, or YAML text with its options. An arm that is
            not named is reached by a forward position controller.
        park: Where the arms are parked, by arm, in the order of their joints [rad, m].
    """

    rate_hz: float
    realtime_priority: int
    permit_timeout_ms: float
    backends: dict[str, str] = field(default_factory=dict)
    park: dict[str, tuple[float, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check rate, priority, time-out and back ends."""
        _check_positive(self, 'rate_hz', 'permit_timeout_ms')
        _check_priority(self.realtime_priority)
        for arm, text in self.backends.items():
            try:
                parse_backend(text)
            except ConfigError as error:
                place = error.path.replace('backend', f'backends.{arm}', 1)
                raise ConfigError(error.problem, place or f'backends.{arm}') from error


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchdogSettings:
    """The watchdog.

    Attributes:
        rate_hz: Rate of its decisions.
        realtime_priority: Wanted SCHED_FIFO priority, 0: none.
        coupled: Whether what restrains one arm restrains all.
        reset_quiet_ms: Time without a fault before a reset is accepted.
        streams: Everything that is watched, by name.
        skews: Pairs of streams that belong together in time, by name.
    """

    rate_hz: float
    realtime_priority: int
    coupled: bool
    reset_quiet_ms: float
    streams: dict[str, StreamSettings]
    skews: dict[str, SkewSettings] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check rate, priority and streams."""
        if not self.rate_hz >= 100.0:
            raise ConfigError(f'expected at least 100 Hz, got {self.rate_hz}', 'rate_hz')
        _check_priority(self.realtime_priority)
        _check_positive(self, 'reset_quiet_ms')
        self.watch_list()

    def watch_list(self) -> WatchList:
        """Return everything that is watched."""
        return WatchList(streams=self.streams, skews=self.skews)


@dataclass(frozen=True, slots=True, kw_only=True)
class GeometrySettings:
    """The geometry guard; distances and shapes come from rho_description.

    Attributes:
        rate_hz: Rate of its judgements.
        realtime_priority: Wanted SCHED_FIFO priority, 0: none.
        speed_limit_m_s: Largest speed of any point of an arm; faster trajectories are refused.
        reduced: Whether all motion is slowed, for people nearby.
        reduced_speed_m_s: Largest speed of any point of an arm then.
        reaction_ms: From one judgement to the first effect of the next one.
        stop_ms: Longest stop right after a trajectory began; those that need longer are refused.
    """

    rate_hz: float
    realtime_priority: int
    speed_limit_m_s: float
    reduced: bool
    reduced_speed_m_s: float
    reaction_ms: float
    stop_ms: float

    def __post_init__(self) -> None:
        """Check rate, priority, speeds and times."""
        if not self.rate_hz >= 50.0:
            raise ConfigError(f'expected at least 50 Hz, got {self.rate_hz}', 'rate_hz')
        _check_priority(self.realtime_priority)
        _check_positive(self, 'speed_limit_m_s', 'reduced_speed_m_s', 'reaction_ms', 'stop_ms')


@dataclass(frozen=True, slots=True, kw_only=True)
class SimSettings:
    """The simulator.

    Attributes:
        seed: Scene at start.
        publish_clock: Whether it publishes /clock.
        realtime_priority: Wanted SCHED_FIFO priority of the physics, 0: none.
    """

    seed: int
    publish_clock: bool
    realtime_priority: int

    def __post_init__(self) -> None:
        """Check seed and priority."""
        if self.seed < 0:
            raise ConfigError(f'expected >= 0, got {self.seed}', 'seed')
        _check_priority(self.realtime_priority)


@dataclass(frozen=True, slots=True, kw_only=True)
class BringupSettings:
    """Bring-up and shutdown.

    Attributes:
        discovery_timeout_s: Time that a node gets to appear.
        transition_timeout_s: Time that each transition gets.
        auto_arm: Whether the arms are released without a person; simulation only.
        arm_timeout_s: Time until that release must be accepted.
    """

    discovery_timeout_s: float
    transition_timeout_s: float
    auto_arm: bool
    arm_timeout_s: float

    def __post_init__(self) -> None:
        """Check the times."""
        _check_positive(self, 'discovery_timeout_s', 'transition_timeout_s', 'arm_timeout_s')


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What is connected and how it runs.

    Attributes:
        mode: Simulated or real hardware.
        namespace: Namespace of all names, empty for the root.
        arms: Names of the arms.
        cameras: Names of the cameras.
        tactile: Fingertip sensors by name.
        policy: The policy.
        controllers: The arm controllers.
        watchdog: The watchdog.
        geometry: The geometry guard.
        bringup: Bring-up and shutdown.
        sim: The simulator, only in mode sim.
    """

    mode: Mode
    namespace: str
    arms: tuple[str, ...]
    cameras: tuple[str, ...]
    tactile: dict[str, TactileSensor]
    policy: PolicySettings
    controllers: ControllerSettings
    watchdog: WatchdogSettings
    geometry: GeometrySettings
    bringup: BringupSettings
    sim: SimSettings | None = field(default=None)

    def __post_init__(self) -> None:
        """Check what concerns several entries."""
        for name in ('arms', 'cameras'):
            values = getattr(self, name)
            if not values or len(set(values)) != len(values):
                raise ConfigError(f'expected different names, got {list(values)}', name)
        if self.mode == 'sim':
            self._check_sim()
        else:
            self._check_real()

    def _check_sim(self) -> None:
        if self.sim is None:
            raise ConfigError('missing, mode sim needs it', 'sim')
        for name, sensor in self.tactile.items():
            if sensor.device is not None:
                raise ConfigError('not allowed in mode sim, the simulator opens the device',
                                  f'tactile.{name}.device')

    def _check_real(self) -> None:
        if self.sim is not None:
            raise ConfigError('not allowed in mode real', 'sim')
        if self.bringup.auto_arm:
            raise ConfigError('not allowed in mode real: a person releases the arms with '
                              'safety/reset', 'bringup.auto_arm')
        for name, sensor in self.tactile.items():
            if sensor.device is None:
                raise ConfigError('missing, mode real needs the serial device',
                                  f'tactile.{name}.device')


def _check_positive(owner: object, *names: str) -> None:
    for name in names:
        value = getattr(owner, name)
        if not value > 0:
            raise ConfigError(f'expected > 0, got {value}', name)


def _check_priority(value: int) -> None:
    if not 0 <= value <= 98:
        raise ConfigError(f'expected 0..98, got {value}', 'realtime_priority')

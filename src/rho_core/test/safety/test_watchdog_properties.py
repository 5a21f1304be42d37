# SPDX-License-Identifier: Apache-2.0
"""For any sequence of inputs: no permit is better than the worst thing that was shown.

Beside the watchdog runs a witness, which remembers what was sent and says in the plainest words
what must follow from it. It knows nothing of monitors, tracks and timers.
"""

import math
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from rho_core.errors import Refused
from rho_core.properties import SAFETY_CASES
from rho_core.safety.controller_status import ControllerStatus
from rho_core.safety.decision import SafetyDecision
from rho_core.safety.geometry_status import GeometryStatus
from rho_core.safety.permit import Permit
from rho_core.safety.policy_activity import PolicyActivity
from rho_core.safety.stream_rule import StreamRole
from rho_core.safety.testing import ARMS
from rho_core.safety.testing import CLEAR
from rho_core.safety.testing import FIRST_EPOCH
from rho_core.safety.testing import FREE
from rho_core.safety.testing import MS
from rho_core.safety.testing import RULES
from rho_core.safety.testing import SENSORS
from rho_core.safety.watchdog import Watchdog
from rho_core.streams.observation import Observation

RULE_OF = {rule.name: rule for rule in RULES.streams}
QUIET_NS = RULES.quiet_ns

number = st.one_of(
    *[st.sampled_from([0.0, 0.4, 0.9, 1.0, 6.0, 12.0, -1.0, math.nan, math.inf])] * 3,
    st.floats())
scale = st.one_of(st.sampled_from([1.0, 0.9, 0.4]), number)
geometry = st.builds(
    GeometryStatus,
    arms=st.sampled_from([ARMS, ARMS, ARMS, ARMS[::-1], ('left',), ()]),
    speed_scales=st.tuples(scale, scale),
    blocked=st.tuples(st.sampled_from([False] * 5 + [True]), st.just(False)),
)
controller = st.builds(
    ControllerStatus,
    is_latched=st.sampled_from([False] * 4 + [True]),
    stop_epoch=st.integers(0, FIRST_EPOCH + 6),
    stop_time_s=number,
    speed=number,
)
nonsense = st.sampled_from([None, True, (), (math.nan,), 'left', 3])
hostile_values = st.one_of(*(
    st.dictionaries(st.just(name), st.one_of(values, values, nonsense), min_size=1)
    for name, values in {
        'tactile.left_a': st.tuples(number),
        'controller.left': controller,
        'controller.right': controller,
        'geometry': geometry,
        'estop': nonsense,
    }.items()))
GOOD = {'ticks': 25, 'without': set(), 'commands': (), 'word': None, 'values': {}, 'stamp_ms': 0,
        'seq_step': 1, 'content': None, 'fault': '', 'tick_ms': 45, 'clock_ms': 0, 'action': ''}
# Lets the arms run, so that what comes after it has something to stop.
ARMED = [GOOD, {**GOOD, 'ticks': 1, 'action': 'reset'}]
hostile = {
    'ticks': st.sampled_from([1, 1, 2, 5, 25]),
    'without': st.sets(st.sampled_from(SENSORS), max_size=3),
    'commands': st.sampled_from([(), ARMS, ARMS, ('left',)]),
    'word': st.sampled_from([None, None, True, False]),
    'values': hostile_values,
    'stamp_ms': st.sampled_from([-45, -500, 45, 500]),
    'seq_step': st.sampled_from([0, -3, 7]),
    'content': st.just(7),
    'fault': st.just('saturated'),
    'tick_ms': st.sampled_from([0, 1, 40, 70, 700]),
    'clock_ms': st.sampled_from([50, -50, 3_600_000, -3_600_000]),
    'action': st.sampled_from(['stop', 'reset', 'reset']),
}
changes = st.one_of(
    *(st.tuples(st.just(key), values) for key, values in hostile.items()),
    *(st.tuples(st.just('values'), hostile_values) for _ in range(6)))
steps = st.builds(
    lambda pairs, ticks, is_running: {
        **GOOD, 'tick_ms': 8, 'ticks': ticks, 'commands': ARMS if is_running else (),
        'word': is_running, **dict(pairs)},
    st.lists(changes, max_size=2), hostile['ticks'], st.booleans())
parts = st.builds(lambda tail, is_armed: [*(ARMED if is_armed else ()), *tail],
                  st.lists(steps, min_size=1, max_size=3), st.sampled_from([True, True, False]))
sequences = st.builds(lambda parts: [step for part in parts for step in part],
                      st.lists(parts, min_size=1, max_size=5))


@dataclass
class Witness:
    """Remembers what was sent last on each stream, and what had to be said of it."""

    is_coupled: bool
    newest: dict[str, Observation] = field(default_factory=dict)
    permits: dict[str, Permit] = field(default_factory=lambda: dict.fromkeys(ARMS, Permit.STOP))
    scales: dict[str, float] = field(default_factory=lambda: dict.fromkeys(ARMS, 1.0))
    last_stop_ns: int = -10**18
    running_since_ns: int | None = None

    def arms_of(self, name: str) -> tuple[str, ...]:
        return ARMS if self.is_coupled else RULE_OF[name].arms or ARMS

    def look(self, now_ns: int, steady_ns: int) -> None:
        """Find out the best that each arm may be permitted now."""
        self.permits = dict.fromkeys(ARMS, Permit.RUN)
        self.scales = dict.fromkeys(ARMS, 1.0)
        for name in SENSORS:
            rule = RULE_OF[name]
            item = self.newest.get(name)
            if item is None or self._is_bad(item, now_ns, steady_ns):
                self._restrain(self.arms_of(name), rule.reaction.permit)
            elif rule.role is StreamRole.GEOMETRY and isinstance(item.value, GeometryStatus):
                self._obey(item.value)
            elif rule.loads:
                self._feel(item.value)
        if any(permit is Permit.STOP for permit in self.permits.values()):
            self.last_stop_ns = steady_ns
        self._demand(steady_ns)

    def _is_bad(self, item: Observation, now_ns: int, steady_ns: int) -> bool:
        rule = RULE_OF[item.stream]
        return (now_ns - item.stamp_ns > rule.deadline_ns
                or steady_ns - item.received_ns > rule.deadline_ns
                or item.stamp_ns - now_ns > rule.max_lead_ns
                or bool(item.fault)
                or (rule.role is StreamRole.ESTOP and item.value is not False)
                or (rule.role is StreamRole.GEOMETRY
                    and not isinstance(item.value, GeometryStatus))
                or (rule.role is StreamRole.CONTROLLER
                    and not isinstance(item.value, ControllerStatus)))

    def _obey(self, status: GeometryStatus) -> None:
        for arm in ARMS:
            arms = ARMS if self.is_coupled else (arm,)
            if arm not in status.arms:
                self._restrain(arms, Permit.STOP)
                continue
            index = status.arms.index(arm)
            if index >= min(len(status.speed_scales), len(status.blocked)):
                self._restrain(ARMS, Permit.STOP)
                continue
            scale = status.speed_scales[index]
            if status.blocked[index] or not 0.0 <= scale <= 1.0:
                self._restrain(arms, Permit.STOP)
            elif scale < 1.0:
                self._restrain(arms, Permit.SLOW if scale else Permit.HOLD, scale)

    def _feel(self, value: object) -> None:
        arms = self.arms_of('tactile.left_a')
        if not isinstance(value, tuple) or len(value) != 1 or not 0.0 <= value[0] <= 10.0:
            self._restrain(arms, Permit.HOLD)
        elif value[0] > 5.0:
            self._restrain(arms, Permit.SLOW, 0.25)

    def _demand(self, steady_ns: int) -> None:
        if self.running_since_ns is None:
            return
        for arm in ARMS:
            item = self.newest.get(f'command.{arm}')
            last_ns = max(self.running_since_ns, 0 if item is None else item.received_ns)
            if steady_ns - last_ns > RULE_OF[f'command.{arm}'].deadline_ns:
                self._restrain(ARMS if self.is_coupled else (arm,), Permit.STOP)

    def _restrain(self, arms: tuple[str, ...], permit: Permit, scale: float = 1.0) -> None:
        for arm in arms:
            self.permits[arm] = min(self.permits[arm], permit)
            self.scales[arm] = min(self.scales[arm], scale)


class Trial:
    """Sends a sequence to a watchdog and compares its decisions with the witness."""

    def __init__(self, is_coupled: bool) -> None:
        self.dog = Watchdog(replace(RULES, is_coupled=is_coupled), first_epoch=FIRST_EPOCH)
        self.witness = Witness(is_coupled=is_coupled)
        self.now_ns = 10**18
        self.latest_ns = self.now_ns
        self.steady_ns = 10**12
        self.seq = 100
        self.last: SafetyDecision | None = None
        self.has_reset = False

    def run(self, step: dict[str, Any]) -> None:
        self._act(step['action'])
        self.now_ns += step['clock_ms'] * MS
        for _ in range(step['ticks']):
            self.now_ns += step['tick_ms'] * MS
            self.steady_ns += step['tick_ms'] * MS
            self.seq += step['seq_step']
            self._tick(step)

    def _act(self, action: str) -> None:
        if action == 'stop':
            self.dog.stop(self.now_ns, self.steady_ns)
        elif action == 'reset':
            before = self.dog.epoch
            try:
                self.dog.reset(self.steady_ns)
            except Refused:
                return
            assert self.dog.epoch > before
            assert self.last is not None
            assert self.steady_ns - self.witness.last_stop_ns >= QUIET_NS
            self.has_reset = True
            self.witness.running_since_ns = None

    def _tick(self, step: dict[str, Any]) -> None:
        names = [name for name in SENSORS if name not in step['without']]
        names += [f'command.{arm}' for arm in step['commands']]
        seen = [self._observation(name, step) for name in names]
        policy = None
        if step['word'] is not None:
            policy = PolicyActivity(stamp_ns=self.now_ns + 1, is_running=step['word'])
            self._hear(step['word'])
        self.witness.newest.update({item.stream: item for item in seen})
        decision = self.dog.update(self.now_ns, self.steady_ns, seen, policy)
        self.witness.look(self.now_ns, self.steady_ns)
        self._compare(decision)
        if any(permit is Permit.STOP for permit in decision.permits):
            self.witness.running_since_ns = None
        self.latest_ns = max(self.latest_ns, self.now_ns)
        self.last = decision
        self.has_reset = False

    def _hear(self, is_running: bool) -> None:
        if not is_running:
            self.witness.running_since_ns = None
        elif (self.witness.running_since_ns is None and self.now_ns > self.latest_ns
              and self.last is not None and self.last.mode is not Permit.STOP):
            self.witness.running_since_ns = self.steady_ns

    def _observation(self, name: str, step: dict[str, Any]) -> Observation:
        good = {'tactile.left_a': (1.0,), 'geometry': CLEAR, 'estop': False,
                'controller.left': FREE, 'controller.right': FREE}
        return Observation(
            stream=name,
            stamp_ns=self.now_ns + step['stamp_ms'] * MS,
            received_ns=self.steady_ns,
            seq=self.seq,
            content=self.seq if step['content'] is None else step['content'],
            value=step['values'].get(name, good.get(name)),
            fault=step['fault'] if name == 'tactile.left_a' else '',
        )

    def _compare(self, decision: SafetyDecision) -> None:
        last = self.last
        for i, arm in enumerate(decision.arms):
            permit, scale = decision.permits[i], decision.speed_scales[i]
            assert permit <= self.witness.permits[arm]
            if permit is Permit.SLOW:
                assert 0.0 < scale <= self.witness.scales[arm]
            else:
                assert scale == (1.0 if permit is Permit.RUN else 0.0)
            if last is None or (last.permits[i] is Permit.STOP and not self.has_reset):
                assert permit is Permit.STOP
            causes = [cause.permit for cause in decision.causes if arm in cause.arms]
            assert min(causes, default=Permit.RUN) is permit
            assert 0.0 <= decision.stop_times_s[i] <= RULES.max_stop_time_s
        assert decision.latched or decision.mode is not Permit.STOP
        if last is not None:
            assert decision.epoch >= last.epoch
            assert decision.seq == last.seq + 1
            if decision.epoch > last.epoch and not self.has_reset:
                assert set(decision.permits) == {Permit.STOP}
        if self.witness.is_coupled:
            assert len(set(decision.permits)) == 1
            assert len(set(decision.speed_scales)) == 1
            assert len(set(decision.stop_times_s)) == 1


@pytest.mark.timeout(3600)
@given(sequences, st.booleans())
@settings(max_examples=SAFETY_CASES)
def test_no_permit_is_better_than_what_was_shown(
    sequence: list[dict[str, Any]], is_coupled: bool
) -> None:
    trial = Trial(is_coupled)
    for step in sequence:
        trial.run(step)


def test_the_good_sequence_lets_the_arms_run() -> None:
    trial = Trial(is_coupled=True)
    for step in (*ARMED, GOOD):
        trial.run(step)
    assert trial.last is not None
    assert trial.last.mode is Permit.RUN

# SPDX-License-Identifier: Apache-2.0
"""All that is looked at in one stream, and what its faults mean."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable

from rho_core.safety.finding import Finding
from rho_core.safety.stream_rule import StreamRole
from rho_core.safety.stream_rule import StreamRule
from rho_core.streams.fault import StreamFault
from rho_core.streams.freeze import FreezeMonitor
from rho_core.streams.freshness import FreshnessMonitor
from rho_core.streams.load import LoadMonitor
from rho_core.streams.monitor import StreamMonitor
from rho_core.streams.observation import Observation
from rho_core.streams.rate import RateMonitor
from rho_core.streams.sequence import SequenceMonitor
from rho_core.streams.source_fault import SourceFaultMonitor


class StreamWatch:
    """The monitors that one rule asks for, and the causes that their faults are."""

    __slots__ = ('_all_arms', '_is_coupled', '_others', 'arms', 'freshness', 'rule')

    def __init__(
        self,
        rule: StreamRule,
        *,
        all_arms: tuple[str, ...],
        is_coupled: bool,
        is_moving: Callable[[], bool],
        monitors: Iterable[StreamMonitor] = (),
    ) -> None:
        """Set up the monitors.

        Args:
            rule: what to watch.
            all_arms: names of all arms.
            is_coupled: whether what restrains one arm restrains all.
            is_moving: whether an arm moves.
            monitors: further monitors, for what the stream's role asks.
        """
        self.rule = rule
        self.arms = rule.arms or all_arms
        self.freshness = FreshnessMonitor(
            deadline_ns=rule.deadline_ns, max_lead_ns=rule.max_lead_ns)
        self._all_arms = all_arms
        self._is_coupled = is_coupled
        others: list[StreamMonitor] = [SourceFaultMonitor(), *monitors]
        if rule.freeze is not None:
            others.append(FreezeMonitor(rule.freeze, is_moving))
        if rule.gap is not None:
            others.append(SequenceMonitor(rule.gap))
        if rule.rate is not None:
            others.append(RateMonitor(rule.rate))
        if rule.loads:
            others.append(LoadMonitor(rule.loads))
        self._others = tuple(others)

    def observe(self, item: Observation) -> None:
        """Take note of a sample."""
        self.freshness.observe(item)
        for monitor in self._others:
            monitor.observe(item)

    def forget(self) -> None:
        """Be as before the first sample."""
        self.freshness.forget()
        for monitor in self._others:
            monitor.forget()

    def check(self, now_ns: int, steady_ns: int) -> list[StreamFault]:
        """Return what is wrong now."""
        faults = [*self.freshness.check(now_ns, steady_ns)]
        for monitor in self._others:
            faults += monitor.check(now_ns, steady_ns)
        return faults

    def finding(self, fault: StreamFault) -> Finding:
        """Return what a fault of this stream means."""
        rule = self.rule
        arms = self.arms
        name = rule.name
        if fault.part:
            name = f'{name}.{fault.part}'
            if rule.role is StreamRole.GEOMETRY:
                arms = (fault.part,)
        reaction = rule.reaction_to(fault.kind)
        return Finding(
            id=f'{name}.{fault.kind.value}',
            arms=self._all_arms if self._is_coupled else arms,
            reaction=reaction,
            detail=fault.detail,
            speed_scale=(reaction.speed_scale if fault.speed_scale is None
                         else fault.speed_scale),
        )

# SPDX-License-Identifier: Apache-2.0
"""Loop statistics as diagnostics, the standard way of ROS to tell how a component is."""

from collections.abc import Mapping
from dataclasses import fields

from diagnostic_msgs.msg import DiagnosticStatus
from diagnostic_msgs.msg import KeyValue

from rho_core.errors import Refused
from rho_ros.duration_window import Percentiles
from rho_ros.loop_stats import LoopStats


def loop_stats_to_ros(stats: LoopStats, *, node: str, loop: str) -> DiagnosticStatus:
    """Makes the statistics of a loop a diagnostic status.

    Args:
        stats: the statistics.
        node: full name of the node, the status' hardware id.
        loop: name of the loop.
    """
    is_fit = stats.realtime != 'no' and stats.missed_cycles == 0
    return DiagnosticStatus(
        level=DiagnosticStatus.OK if is_fit else DiagnosticStatus.WARN,
        name=f'{node}: {loop}',
        message=_describe(stats),
        hardware_id=node,
        values=[KeyValue(key=key, value=text) for key, text in stats.key_values().items()],
    )


def loop_stats_from_ros(message: DiagnosticStatus) -> LoopStats:
    """Reads the statistics of a loop.

    Raises:
        Refused: a key is missing or its value is not a number.
    """
    texts = {item.key: item.value for item in message.values}
    try:
        return LoopStats(
            cycles=int(texts['cycles']),
            missed_cycles=int(texts['missed_cycles']),
            wake_late_us=_percentiles(texts, 'wake_late_us'),
            tick_us=_percentiles(texts, 'tick_us'),
            realtime=texts['realtime'],
        )
    except (KeyError, ValueError) as error:
        raise Refused(
            f"diagnostics '{message.name}': expected the statistics of a loop, got the keys "
            f'{sorted(texts)}: {error!r}'
        ) from error


def _percentiles(texts: Mapping[str, str], name: str) -> Percentiles:
    return Percentiles(**{
        item.name: float(texts[f'{name}_{item.name}']) for item in fields(Percentiles)})


def _describe(stats: LoopStats) -> str:
    if stats.realtime == 'no':
        return 'no real-time priority'
    if stats.missed_cycles:
        return f'{stats.missed_cycles} cycles missed since start'
    return 'in time'

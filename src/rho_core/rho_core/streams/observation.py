# SPDX-License-Identifier: Apache-2.0
"""What a monitor sees of one sample: its times, its number and the little it needs of the rest."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One sample of one stream, as a monitor sees it.

    A node makes one observation per received message, or one per cycle of the newest message. A
    stream whose gaps are limited needs one per message: a message that the node itself dropped
    looks like one that was lost.

    Attributes:
        stream: name of the stream, as in the rules.
        stamp_ns: its stamp [ns, ROS time]; for a message without a stamp the time of reception.
        received_ns: when it was received [ns, steady clock].
        seq: number that its source gave it, None if it gives none.
        content: hash of what it carries, without stamp and number: equal hashes mean equal
            content. Needed where the rule limits a freeze, else None.
        value: what the stream's role asks for, else None. Role ESTOP: a bool, True is pressed.
            Role CONTROLLER: a `ControllerStatus`. Role GEOMETRY: a `GeometryStatus`. Loads: a
            tuple of floats in the order of the rule's loads, for touch the largest length of a
            taxel's vector, for a wrench the lengths of force and torque.
        fault: why the source itself calls the sample unusable, empty if it does not.
    """

    stream: str
    stamp_ns: int
    received_ns: int
    seq: int | None = None
    content: int | None = None
    value: object = None
    fault: str = ''

# SPDX-License-Identifier: Apache-2.0
"""Decisions of the watchdog."""

import struct
from array import array

from rclpy.serialization import serialize_message

from rho_core.errors import Refused
from rho_core.safety.cause import Cause
from rho_core.safety.decision import SafetyDecision
from rho_core.safety.permit import Permit
from rho_interfaces.msg import SafetyCause
from rho_interfaces.msg import SafetyState
from rho_ros.conversions.time import time_from_ros
from rho_ros.conversions.time import time_to_ros

_NS_PER_S = 1_000_000_000
# Serialised with an empty frame_id: encapsulation, stamp, frame_id, padding, seq.
_STAMP = struct.Struct('<iI')
_STAMP_AT = 4
_SEQ = struct.Struct('<Q')
_SEQ_AT = 20


class SafetyEncoder:
    """Makes decisions serialised messages.

    Nearly all differ from the one before in stamp and number only, which are then all that is
    written anew.
    """

    def __init__(self) -> None:
        """Start without a decision to compare with."""
        self._content: tuple[object, ...] = ()
        self._stop_times_s: tuple[float, ...] = ()
        self._message = SafetyState()
        self._data = bytearray()

    def encode(self, decision: SafetyDecision) -> bytes:
        """Return a rho_interfaces/SafetyState as it goes over the wire."""
        content = (decision.epoch, decision.latched, decision.permits, decision.speed_scales,
                   decision.causes)
        if content != self._content:
            self._content = content
            self._stop_times_s = decision.stop_times_s
            self._message = safety_to_ros(decision)
            self._data = bytearray(serialize_message(self._message))
        elif decision.stop_times_s != self._stop_times_s:
            self._stop_times_s = decision.stop_times_s
            self._message.stop_times_s = array('f', decision.stop_times_s)
            self._data = bytearray(serialize_message(self._message))
        _STAMP.pack_into(self._data, _STAMP_AT, *divmod(decision.stamp_ns, _NS_PER_S))
        _SEQ.pack_into(self._data, _SEQ_AT, decision.seq)
        return bytes(self._data)


def safety_to_ros(decision: SafetyDecision) -> SafetyState:
    """Makes a decision a message."""
    message = SafetyState(
        seq=decision.seq,
        epoch=decision.epoch,
        mode=int(decision.mode),
        latched=decision.latched,
        arms=list(decision.arms),
        permits=[int(permit) for permit in decision.permits],
        speed_scales=list(decision.speed_scales),
        stop_times_s=list(decision.stop_times_s),
        causes=[_cause_to_ros(cause) for cause in decision.causes],
    )
    message.header.stamp = time_to_ros(decision.stamp_ns)
    return message


def safety_from_ros(message: SafetyState) -> SafetyDecision:
    """Reads a decision.

    Raises:
        Refused: the arrays per arm do not match, or a permit has no meaning.
    """
    arms, permits, scales = message.arms, message.permits, message.speed_scales
    times = message.stop_times_s
    if (not arms or not len(arms) == len(permits) == len(scales)
            or len(times) not in (0, len(arms))):
        raise Refused(
            f'safety state: expected one permit and speed scale per arm and as many stop times or '
            f'none, got {len(arms)} arms, {len(permits)} permits, {len(scales)} speed scales, '
            f'{len(times)} stop times'
        )
    return SafetyDecision(
        stamp_ns=time_from_ros(message.header.stamp),
        seq=message.seq,
        epoch=message.epoch,
        latched=message.latched,
        arms=tuple(arms),
        permits=tuple(_permit(value) for value in permits),
        speed_scales=tuple(scales),
        stop_times_s=tuple(times),
        causes=tuple(_cause_from_ros(cause) for cause in message.causes),
    )


def _cause_to_ros(cause: Cause) -> SafetyCause:
    return SafetyCause(
        id=cause.id,
        arms=list(cause.arms),
        permit=int(cause.permit),
        active=cause.active,
        detail=cause.detail,
        since=time_to_ros(cause.since_ns),
    )


def _cause_from_ros(message: SafetyCause) -> Cause:
    return Cause(
        id=message.id,
        arms=tuple(message.arms),
        permit=_permit(message.permit),
        active=message.active,
        detail=message.detail,
        since_ns=time_from_ros(message.since),
    )


def _permit(value: int) -> Permit:
    try:
        return Permit(value)
    except ValueError as error:
        allowed = ', '.join(f'{permit.value} ({permit.name})' for permit in Permit)
        raise Refused(f'safety state: expected a permit of {allowed}, got {value}') from error

# SPDX-License-Identifier: Apache-2.0
"""Times and durations: whole nanoseconds inside, seconds and nanoseconds on the wire."""

from builtin_interfaces.msg import Duration
from builtin_interfaces.msg import Time

_NS_PER_S = 1_000_000_000


def time_to_ros(stamp_ns: int) -> Time:
    """Makes a stamp [ns since the clock's epoch] a message."""
    sec, nanosec = divmod(stamp_ns, _NS_PER_S)
    return Time(sec=sec, nanosec=nanosec)


def time_from_ros(message: Time) -> int:
    """Reads a stamp [ns]."""
    return int(message.sec) * _NS_PER_S + int(message.nanosec)


def duration_to_ros(duration_ns: int) -> Duration:
    """Makes a duration [ns] a message; nanoseconds are never negative, as in rclcpp."""
    sec, nanosec = divmod(duration_ns, _NS_PER_S)
    return Duration(sec=sec, nanosec=nanosec)


def duration_from_ros(message: Duration) -> int:
    """Reads a duration [ns]."""
    return int(message.sec) * _NS_PER_S + int(message.nanosec)

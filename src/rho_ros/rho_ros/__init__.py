# SPDX-License-Identifier: Apache-2.0
"""The one seam between Rho and rclpy.

Nodes are parameters, wiring and one call into a pure core. What every node needs for that lives
here, once: the lifecycle base class and its main function, parameters declared from a dataclass,
QoS by intent, messages turned into values and back, subscriptions that a loop polls, and the
periodic loop in a thread of its own.

Modules named `*_node.py`, launch files and `rho_bringup` import this package; pure code never
does. This package imports rclpy, messages and `rho_core`.
"""

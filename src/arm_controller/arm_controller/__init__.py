# SPDX-License-Identifier: Apache-2.0
"""The arms' side of Rho: what makes them move, and what stops them.

`arm_controller_node` runs once per arm. Its loop reads the joints, the permit and the newest
trajectory, asks `rho_core.motion` for the next command and hands it to a back end (`backends`).
`watchdog_node` runs in a process of its own and publishes permits decided by `rho_core.safety`.
`geometry_guard_node`, also in a process of its own, hears all arms and publishes how close they
come (`rho_core.geometry`), which the watchdog turns into permits. None trusts the others: a
controller stops by itself when the permits cease, the watchdog stops the arms when the
trajectories or the judgements of the guard do.

It imports rho_ros and rho_core; nothing imports it but rho_bringup.
"""

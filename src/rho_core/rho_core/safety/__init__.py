# SPDX-License-Identifier: Apache-2.0
"""What each arm may do now, and why.

`Watchdog.update` is a pure function of clocks and observations. Each stream has a `StreamWatch`
with the monitors that its `StreamRule` asks for; their faults become findings with a `Reaction`;
the `Arbiter` follows them over time and gives each arm the worst permit of those in force.
"""

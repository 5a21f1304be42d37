# SPDX-License-Identifier: Apache-2.0
"""Fault injection: `./rho bench watchdog --out FILE.json`.

The whole simulated cell runs with the bundle `swing`, which keeps both arms in motion. Faults are
injected from outside only: signals to processes, messages on public topics, relays that stand
where a cable or a network would be. A recorder takes every command, arm state, safety state and
sensor sample with the time at which its writer sent it. What the arms did is computed afterwards,
from those records alone.

| module | what |
|---|---|
| `recording`, `motion_series` | what was recorded, as arrays |
| `stop_measure`, `trial`, `summary` | reaction, standstill and violations; figures of all trials |
| `deadlines` | when each stream's deadline expired |
| `faults/` | one file per kind of fault: how it is made, undone, and what must follow |
| `fault_cell` | the cell with relays in its cables |
| `rig_node`, `recorder_node`, `releaser_node` | the running cell: broken, heard, released |
| `relay_node`, `serial_bridge`, `stepped_clock` | network, cable and clock that misbehave |
| `campaign_node`, `watchdog_bench` | the trials in order, and the words of the command line |
"""

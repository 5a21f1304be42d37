# SPDX-License-Identifier: Apache-2.0
"""What a running cell needs besides physics: cadences, commands, serial lines, account of time.

No ROS here: `sim_node` wires these parts to topics and services.
"""

# SPDX-License-Identifier: Apache-2.0
"""Starts node specs as processes, watches them, ends them.

The way to run a cell where there is no `ros2 launch`. Every node gets a process group of its own,
a log file and a prefix on the terminal. The runner ends only what it started.
"""

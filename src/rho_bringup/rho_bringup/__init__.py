# SPDX-License-Identifier: Apache-2.0
"""Starts and watches a whole cell.

What to start is data: a cell file (`config/*.yaml`) becomes a tuple of `NodeSpec`, and two thin
layers that know nothing else carry it out: `launch_mapping` turns the specs into launch_ros
actions on an installed ROS 2, `runner` starts the very same specs as processes where there is no
launch. Bring-up and shutdown order belong to one lifecycle manager node that both use. The
command line (`cli`) puts a person's view on top: demo, eval, launch, doctor.

This package may import every other one; nothing imports it. ROS stays in modules named
`*_node.py` and in `launch/`.
"""

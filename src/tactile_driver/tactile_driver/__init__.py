# SPDX-License-Identifier: Apache-2.0
"""Driver of tactile sensors that talk over a serial line.

Bytes come from a `Transport`, a `WireFormat` finds the frames in them, `FramePipeline` turns raw
frames into readings (baseline, flags, stamps), `LinkHealth` says once what is wrong with the line.
`SensorReader` joins the four; all of that is free of ROS and gets time from outside. Only
`tactile_driver_node` imports ROS. A new sensor is a new file in `formats` or `transports`.

Nothing imports this package but launch files and tests.
"""

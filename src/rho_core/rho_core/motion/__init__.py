# SPDX-License-Identifier: Apache-2.0
"""Motion of one arm between an admitted trajectory and the next command.

A trajectory is admitted (`admission`), made a curve with continuous acceleration (`knots`, `path`,
`quintic`), spliced onto the motion in progress (`splice`), followed along its path with one time
scale that also stops it (`time_scaling`, `stopping`, `path_follower`), and every command passes
the limiter last (`limiter`, `brake`), which keeps position, velocity, acceleration and jerk.
`arm_motion` is the state machine around them. Nothing here steps to the measurement, and nothing
here writes a zero that nobody asked for.
"""

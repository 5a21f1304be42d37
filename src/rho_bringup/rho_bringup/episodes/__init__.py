# SPDX-License-Identifier: Apache-2.0
"""What demo and eval decide and report, without ROS: when an episode ends, how it is counted.

Pure functions and small classes that get time and observations as arguments.
"""

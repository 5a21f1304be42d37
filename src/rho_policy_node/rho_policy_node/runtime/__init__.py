# SPDX-License-Identifier: Apache-2.0
"""Policy runtime: bundle, sessions, pre- and post-processing, execution. No ROS, no torch."""

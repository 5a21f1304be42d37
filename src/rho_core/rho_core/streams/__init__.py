# SPDX-License-Identifier: Apache-2.0
"""Samples in time: buffers, alignment of several streams to one frame, and stream monitors."""

# SPDX-License-Identifier: Apache-2.0
"""Tasks: the instructions they know, how episodes are drawn, and how they are scored."""

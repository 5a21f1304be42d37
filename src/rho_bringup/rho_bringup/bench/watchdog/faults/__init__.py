# SPDX-License-Identifier: Apache-2.0
"""The faults: one file per kind, each of which knows how to make, undo and judge it."""

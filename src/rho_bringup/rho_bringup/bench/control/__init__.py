# SPDX-License-Identifier: Apache-2.0
"""Measures the 500 Hz loops of the controllers while the whole stack runs."""

# SPDX-License-Identifier: Apache-2.0
"""Optimisation: configuration, losses, the loop."""

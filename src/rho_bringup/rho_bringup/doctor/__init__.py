# SPDX-License-Identifier: Apache-2.0
"""Looks whether this machine can run Rho, and says what to do where it cannot.

Each check is a function of its own; none changes anything.
"""

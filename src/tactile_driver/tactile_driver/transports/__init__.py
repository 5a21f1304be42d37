# SPDX-License-Identifier: Apache-2.0
"""Ways by which bytes arrive: one file per kind, all behind `Transport`."""

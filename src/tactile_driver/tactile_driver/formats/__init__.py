# SPDX-License-Identifier: Apache-2.0
"""Wire formats: one file per sensor, all behind `WireFormat`, listed in `registry`."""

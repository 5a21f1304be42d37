# SPDX-License-Identifier: Apache-2.0
"""The network: a slow context part that sees and reads, a fast action part that feels and moves."""

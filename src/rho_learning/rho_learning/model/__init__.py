# SPDX-License-Identifier: Apache-2.0
"""The network: a slow half that sees and reads, a fast half that feels and moves."""

# SPDX-License-Identifier: Apache-2.0
"""Ways to join a new chunk with what is being executed, one per file, behind one protocol."""

# SPDX-License-Identifier: Apache-2.0
"""When the action graph runs: two ways behind one protocol."""

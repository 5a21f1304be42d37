# SPDX-License-Identifier: Apache-2.0
"""From what a model puts out to numbers with units: normalisations and token codes."""

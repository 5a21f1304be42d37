# SPDX-License-Identifier: Apache-2.0
"""Action chunks, the checks every chunk passes, and the report of what a policy does."""

# SPDX-License-Identifier: Apache-2.0
"""What files must look like: the strict loader, the policy bundle and joint limits."""

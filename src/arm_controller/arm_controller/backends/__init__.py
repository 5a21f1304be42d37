# SPDX-License-Identifier: Apache-2.0
"""Ways to an arm: each implements `ArmBackend` of `protocol`."""

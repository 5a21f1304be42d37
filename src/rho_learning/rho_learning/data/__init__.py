# SPDX-License-Identifier: Apache-2.0
"""Demonstrations: generation in the simulator, storage in shards, sampling for training."""

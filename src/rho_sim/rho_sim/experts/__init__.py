# SPDX-License-Identifier: Apache-2.0
"""Scripted experts: they see the privileged state and make demonstrations, nothing else."""

# SPDX-License-Identifier: Apache-2.0
"""Measures the seams between chunks in what an arm is commanded, with late inference."""

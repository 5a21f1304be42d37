# SPDX-License-Identifier: Apache-2.0
"""Wraps somebody's ONNX files into a bundle: reads from the graphs whatever they tell."""

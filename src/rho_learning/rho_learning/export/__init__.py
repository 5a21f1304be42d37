# SPDX-License-Identifier: Apache-2.0
"""From a trained policy to a bundle: ONNX graphs, golden sample, manifest."""

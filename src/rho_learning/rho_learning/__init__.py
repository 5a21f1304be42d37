# SPDX-License-Identifier: Apache-2.0
"""Behaviour cloning of vision-language-action-touch policies, from simulator to ONNX bundle.

A scripted expert with privileged state demonstrates a task in the simulated cell; a small network
learns to do it from images, touch, joint states and the sentence embedding alone; two graphs
(slow ``context``, fast ``action``) leave as a policy bundle. This is the only package that imports
torch, and nothing else imports this package; it may import rho_core, rho_description and the pure
parts of rho_sim and rho_policy_node.
"""

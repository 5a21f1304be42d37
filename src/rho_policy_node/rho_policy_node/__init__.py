# SPDX-License-Identifier: Apache-2.0
"""Runs a policy bundle on live topics.

`runtime` loads and verifies the bundle and turns observations into chunks; it knows no ROS, so
evaluation, bags and training use the very same code. `policy_node` is the shell: it polls topics,
calls the runtime at its two rates and publishes trajectories. Nothing here imports torch.

rho_bags, rho_learning and rho_bringup may import `runtime`; nobody imports the node.
"""

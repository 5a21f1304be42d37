# SPDX-License-Identifier: Apache-2.0
"""Shapes and names at the network's edges, the same ones the bundle's manifest states."""

ARMS = ('left', 'right')
JOINTS_PER_ARM = 7  # six rotary joints and the gripper
CELL_JOINTS = len(ARMS) * JOINTS_PER_ARM
CAMERA_SIZES = {'front': 128, 'left_wrist': 64, 'right_wrist': 64}  # [px], square
SENSORS = ('left_fingertip_a', 'left_fingertip_b', 'right_fingertip_a', 'right_fingertip_b')
TAXELS = 5
TAXEL_AXES = 3
EMBEDDING = 384
COLORS = ('red', 'blue', 'green', 'yellow')
FRONT_POINTS = 1 + len(COLORS) + 2 * len(ARMS)  # target, buttons, arm bases, tips

HORIZON = 10  # rows of a chunk
ROW_S = 0.1  # row i is the target at observation time + (i + 1) * ROW_S
GRIPPER_CLOSED_M = 0.0

LATENT = 32
CONTEXT = len(ARMS) + 3 + 6 + LATENT  # arm gates, target position, goal rotation, latent

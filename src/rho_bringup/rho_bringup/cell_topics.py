# SPDX-License-Identifier: Apache-2.0
"""Names of the cell's topics as an observer sees them, relative to the cell's namespace."""

from rho_bringup.cell import Cell


def image_topic(camera: str) -> str:
    """Return the topic of a camera's images."""
    return f'camera/{camera}/image_raw'


def camera_topics(cell: Cell) -> tuple[str, ...]:
    """Return the image topics."""
    return tuple(image_topic(name) for name in cell.cameras)


def tactile_topics(cell: Cell) -> tuple[str, ...]:
    """Return the topics of the fingertip frames."""
    return tuple(f'tactile/{name}/frame' for name in cell.tactile)


def trajectory_topic(arm: str) -> str:
    """Return the topic on which an arm takes trajectories."""
    return f'{arm}_arm_controller/joint_trajectory'


def arm_state_topic(arm: str) -> str:
    """Return the topic on which an arm's controller reports."""
    return f'{arm}_arm_controller/state'


def command_topic(arm: str) -> str:
    """Return the topic that carries an arm's position commands."""
    return f'{arm}_forward_position_controller/commands'

# SPDX-License-Identifier: Apache-2.0
"""The cell as data: joint names, limits, frames, cameras and skins, each written down once.

`data/cell.yaml` is the only place where a number of the cell stands. The URDF (rviz, planners),
the MJCF (simulator) and the kinematics (experts, policies) are made from it, so they cannot
disagree. Needs numpy and PyYAML only; any package may import it.
"""

from rho_description.cell import Arm
from rho_description.cell import Camera
from rho_description.cell import CellDescription
from rho_description.cell import Limits
from rho_description.errors import DescriptionError
from rho_description.load import cell
from rho_description.load import load_cell
from rho_description.mjcf import mjcf_arms
from rho_description.safety_geometry import safety_geometry
from rho_description.safety_geometry import safety_geometry_text
from rho_description.urdf import urdf

__all__ = [
    'Arm',
    'Camera',
    'CellDescription',
    'DescriptionError',
    'Limits',
    'cell',
    'load_cell',
    'mjcf_arms',
    'safety_geometry',
    'safety_geometry_text',
    'urdf',
]

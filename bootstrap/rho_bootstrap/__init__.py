# SPDX-License-Identifier: Apache-2.0
"""Sets the workspace up on first use, then starts a verb inside it.

Standard library only, because it runs before anything is installed. The steps are: system
packages, `.venv`, pinned wheels by group, repair of the wheels' CMake files, `colcon build`. Every
finished step leaves a stamp inside the thing it made (`.venv/.rho`, `install/.rho`), so a deleted
folder takes its stamp along and an interrupted step is done again. Nothing of the workspace
imports this.
"""

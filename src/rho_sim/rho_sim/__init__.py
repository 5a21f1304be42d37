# SPDX-License-Identifier: Apache-2.0
"""The dual-arm cell in MuJoCo.

`CellSim` is the cell without ROS and without wall time: training steps it as fast as it goes, the
node (`sim_node`) steps it in phase with the steady clock and puts the same topics around it that
the real drivers have. Fingertip skins leave as bytes on pseudo-terminals in a real sensor's wire
format, so the driver's own code always runs. The score is for operators: it never enters an
observation. Imports rho_core and rho_description; only `sim_node` imports ROS.
"""

# SPDX-License-Identifier: Apache-2.0
"""How well the ways to join chunks follow a model that answers late and changes its mind."""

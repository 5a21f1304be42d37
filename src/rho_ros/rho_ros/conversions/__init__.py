# SPDX-License-Identifier: Apache-2.0
"""Messages to values and back: `x_to_ros` and `x_from_ros`, one module per kind of value."""

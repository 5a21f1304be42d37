# SPDX-License-Identifier: Apache-2.0
"""A sensor description whose parts do not fit together cannot exist."""

from typing import Any

import numpy as np
import pytest

from rho_core.errors import ConfigError
from rho_core.touch import TactileSensor

VALID: dict[str, Any] = {
    'sensor_id': 'left_fingertip_a',
    'format': 'anyskin',
    'frame_id': 'left_fingertip_a',
    'channel_names': ('bx', 'by', 'bz'),
    'channel_units': ('uT', 'uT', 'uT'),
    'range_min': -1.0,
    'range_max': 1.0,
    'rate_hz': 100.0,
    'rows': 2,
    'cols': 1,
    'taxel_positions': np.zeros((2, 3)),
}


def test_the_shape_follows_from_grid_and_channels() -> None:
    sensor = TactileSensor(**VALID)
    assert sensor.shape == (2, 1, 3)
    assert not sensor.taxel_positions.flags.writeable


@pytest.mark.parametrize(
    ('field', 'value'),
    [
        ('taxel_positions', np.zeros((3, 3))),
        ('taxel_positions', np.full((2, 3), np.nan)),
        ('channel_units', ('uT',)),
        ('rate_hz', 0.0),
        ('rate_hz', float('nan')),
        ('range_min', 1.0),
    ],
)
def test_parts_that_do_not_fit_are_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f'^{field}: expected'):
        TactileSensor(**{**VALID, field: value})

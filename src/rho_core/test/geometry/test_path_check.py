# SPDX-License-Identifier: Apache-2.0
import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_core.geometry.path_check import GeometryPathCheck
from rho_core.geometry.surroundings import HalfSpace
from rho_core.geometry.surroundings import KeepOutBox
from rho_core.geometry.surroundings import Touching
from rho_core.geometry.surroundings import Workspace
from rho_core.geometry.testing import small_cell

CELL = small_cell()


def line(
    start: tuple[float, float], end: tuple[float, float], rows: int, seconds: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return (np.linspace(0.0, seconds, rows),
            np.linspace(np.array(start), np.array(end), rows))


def check(speed_limit_m_s: float = 5.0) -> GeometryPathCheck:
    return GeometryPathCheck(CELL, 'left', speed_limit_m_s=speed_limit_m_s)


def test_a_path_through_free_space_is_accepted() -> None:
    check().check(*line((0.0, 0.0), (1.0, 0.5), 40, 2.0))


def test_a_path_into_a_keep_out_box_is_refused_with_the_pair() -> None:
    with pytest.raises(Refused, match=r'left_\w+ - post, \d+\.\d mm closer than allowed'):
        check().check(*line((0.0, 0.0), (math.pi, 0.0), 60, 3.0))


def test_a_path_right_through_a_thin_box_is_refused_even_with_few_rows() -> None:
    cell = replace(CELL, workspace=Workspace(lower=(-2, -2, -1), upper=(2, 2, 2)),
                   keep_out_boxes=(KeepOutBox(
                       name='rod', center=(0.7, 0.25, 0.1), half=(0.12, 0.001, 0.01)),))
    judge = GeometryPathCheck(cell, 'left', speed_limit_m_s=50.0)
    with pytest.raises(Refused, match='rod'):
        judge.check(*line((-1.0, 0.0), (1.0, 0.0), 2, 1.0))


def test_a_path_that_keeps_its_distance_is_not_refused_for_having_few_rows() -> None:
    check(50.0).check(*line((-1.0, 0.0), (1.0, 0.0), 2, 1.0))


def test_a_path_may_lead_out_of_a_place_that_is_too_close() -> None:
    inside, free = (3.0, 0.0), (1.2, 0.0)
    check().check(*line(inside, free, 60, 3.0))
    with pytest.raises(Refused, match='post'):
        check().check(*line(inside, (3.05, 0.0), 60, 3.0))


def test_a_path_that_is_too_fast_is_refused_with_its_speed() -> None:
    times_s, positions = line((0.0, 0.0), (1.0, 0.0), 101, 1.0)
    check(0.61).check(times_s, positions)
    with pytest.raises(Refused, match=r'moves at 0\.600 m/s after .* allowed 0\.590 m/s'):
        check(0.59).check(times_s, positions)


def test_the_tip_stays_in_the_workspace() -> None:
    cell = replace(CELL, workspace=Workspace(lower=(-1, -1, -1), upper=(0.5, 1, 1)))
    judge = GeometryPathCheck(cell, 'left', speed_limit_m_s=5.0)
    with pytest.raises(Refused, match='left tip - workspace'):
        judge.check(*line((1.2, 0.0), (0.0, 0.0), 40, 2.0))


def test_links_that_may_touch_go_as_deep_as_declared() -> None:
    # The arm reaches 0.64 m: 3 cm into a wall at 0.61 m.
    for wall_m, is_allowed in ((0.611, True), (0.609, False)):
        wall = HalfSpace(name='wall', normal=(-1.0, 0.0, 0.0), offset_m=-wall_m,
                         distance_m=0.01, ignored=('left_upper_arm',))
        cell = replace(CELL, half_spaces=(wall,),
                       touching=Touching(links=('left_forearm',), depth_m=0.03))
        judge = GeometryPathCheck(cell, 'left', speed_limit_m_s=5.0)
        path = line((1.0, 0.0), (0.0, 0.0), 40, 2.0)
        if is_allowed:
            judge.check(*path)
        else:
            with pytest.raises(Refused, match='left_forearm - wall'):
                judge.check(*path)


def test_sliding_along_at_the_distance_to_keep_is_accepted() -> None:
    table = HalfSpace(name='table', normal=(0.0, 0.0, 1.0), offset_m=0.05, distance_m=0.01)
    judge = GeometryPathCheck(replace(CELL, half_spaces=(table,)), 'left', speed_limit_m_s=5.0)
    judge.check(*line((0.0, 0.0), (1.0, 0.0), 40, 2.0))


def test_a_long_path_is_judged_to_its_end() -> None:
    times_s, positions = line((0.0, 0.0), (0.5, 0.0), 600, 10.0)
    check().check(times_s, positions)
    positions[-1] = (math.pi, 0.0)
    with pytest.raises(Refused):
        check().check(times_s, positions)


def test_an_impossible_check_is_refused() -> None:
    with pytest.raises(ConfigError, match='speed_limit_m_s'):
        check(0.0)
    with pytest.raises(ConfigError, match='no geometry of the arm'):
        GeometryPathCheck(CELL, 'middle', speed_limit_m_s=1.0)

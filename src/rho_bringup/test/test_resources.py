# SPDX-License-Identifier: Apache-2.0
"""Tests of finding shared files."""

from pathlib import Path

import pytest

from rho_bringup.resources import prefixes
from rho_bringup.resources import resolve_bundle
from rho_bringup.resources import shared
from rho_core.errors import ConfigError


def installed(prefix: Path, relative: str) -> dict[str, str]:
    path = prefix / 'share' / 'rho_bringup' / relative
    path.mkdir(parents=True)
    return {'AMENT_PREFIX_PATH': f'{prefix}:/not/there'}


def test_prefixes_follow_the_environment() -> None:
    assert prefixes({'AMENT_PREFIX_PATH': '/a::/b c'}) == (Path('/a'), Path('/b c'))
    assert prefixes({}) == ()


def test_cell_file_is_found() -> None:
    assert shared('config/cell.yaml').is_file()


def test_missing_file_names_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r'nothing\.yaml') as caught:
        shared('config/nothing.yaml', {'AMENT_PREFIX_PATH': str(tmp_path)})
    assert str(tmp_path) in str(caught.value)


def test_bundle_of_an_install_is_found_by_name(tmp_path: Path) -> None:
    environment = installed(tmp_path, 'bundles/mine')
    assert resolve_bundle('mine', environment).name == 'mine'


def test_bundle_is_found_by_path(tmp_path: Path) -> None:
    assert resolve_bundle(str(tmp_path)) == tmp_path.resolve()


def test_unknown_bundle_lists_the_known_ones(tmp_path: Path) -> None:
    environment = installed(tmp_path, 'bundles/mine')
    with pytest.raises(ConfigError, match='mine'):
        resolve_bundle('yours', environment)

# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from rho_bootstrap.errors import SetupError
from rho_bootstrap.layout import Layout


def test_wheels_are_used_without_a_distribution(tmp_path: Path) -> None:
    layout = Layout(root=tmp_path)
    assert layout.uses_wheels
    assert layout.venv == tmp_path / '.venv'
    assert layout.install == tmp_path / 'install'


def test_a_distribution_has_folders_of_its_own(tmp_path: Path) -> None:
    wheels = Layout(root=tmp_path)
    jazzy = Layout(root=tmp_path, distribution='jazzy')
    assert not jazzy.uses_wheels
    assert {jazzy.venv, jazzy.build, jazzy.install}.isdisjoint(
        {wheels.venv, wheels.build, wheels.install}
    )


def test_an_unsupported_distribution_is_refused_with_the_supported_ones(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r'ROS_DISTRO=humble .*jazzy, kilted, lyrical.*unset'):
        Layout(root=tmp_path, distribution='humble')

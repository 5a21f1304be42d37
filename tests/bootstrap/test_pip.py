# SPDX-License-Identifier: Apache-2.0
import os
import sys
from pathlib import Path

import pytest

from rho_bootstrap import pip

LISTING = """\
:env:.cert='/etc/mine.pem'
global.cert='/etc/ca.pem'
global.index-url='https://mirror.example/simple'
global.target='/somewhere/else'
install.index-url='https://other.example/simple'
install.user='true'
nonsense
global.proxy=not a literal
"""


def test_only_sources_are_taken_from_the_users_settings() -> None:
    assert pip.source_options(LISTING) == {
        'cert': '/etc/mine.pem',
        'index-url': 'https://other.example/simple',
    }


def test_settings_that_change_the_target_do_not_reach_pip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / 'pip.conf'
    config.write_text('[global]\nuser = true\nretries = 7\n[install]\nno-deps = true\n')
    monkeypatch.setenv('PIP_CONFIG_FILE', str(config))
    monkeypatch.setenv('PIP_TARGET', '/somewhere/else')
    monkeypatch.setenv('PIP_TIMEOUT', '33')
    monkeypatch.setenv('PYTHONPATH', '/foreign')
    env = pip.environment(Path(sys.executable))
    assert env['PIP_CONFIG_FILE'] == os.devnull
    assert env['PIP_RETRIES'] == '7'
    assert env['PIP_TIMEOUT'] == '33'
    assert not {'PIP_TARGET', 'PIP_USER', 'PIP_NO_DEPS', 'PYTHONPATH'} & set(env)


def test_complete_lists_are_installed_as_they_are(tmp_path: Path) -> None:
    command = pip.install_command(Path('/v/python'), [tmp_path / 'a.txt'], is_complete=True)
    assert command[:4] == ['/v/python', '-m', 'pip', 'install']
    assert '--no-deps' in command
    assert command[-2:] == ['--requirement', str(tmp_path / 'a.txt')]


def test_an_open_list_brings_its_dependencies(tmp_path: Path) -> None:
    command = pip.install_command(Path('/v/python'), [tmp_path / 'a.txt'], is_complete=False)
    assert '--no-deps' not in command

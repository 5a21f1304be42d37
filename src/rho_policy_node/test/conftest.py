# SPDX-License-Identifier: Apache-2.0
"""One sound tiny bundle per session, and copies of it to break."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from rho_policy_node.testing import make_bundle
from rho_policy_node.testing import write_manifest

Tree = dict[str, Any]


@pytest.fixture(scope='session')
def sound_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that must not be changed."""
    pytest.importorskip('onnx', reason='the tiny bundle is made with onnx')
    return make_bundle(tmp_path_factory.mktemp('bundles') / 'tiny')


@pytest.fixture
def bundle(sound_bundle: Path, tmp_path: Path) -> Path:
    """A copy that may be broken."""
    return Path(shutil.copytree(sound_bundle, tmp_path / 'bundle'))


@pytest.fixture
def edit_manifest(bundle: Path) -> Callable[[Callable[[Tree], object]], None]:
    """Changes the manifest of `bundle`; empty hashes are filled in."""

    def edit(change: Callable[[Tree], object]) -> None:
        tree = yaml.safe_load((bundle / 'bundle.yaml').read_text(encoding='utf-8'))
        change(tree)
        write_manifest(bundle, tree)

    return edit

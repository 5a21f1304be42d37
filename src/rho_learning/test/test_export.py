# SPDX-License-Identifier: Apache-2.0
"""Exported graphs do what the torch policy does, and a whole tiny run works."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from rho_description import cell
from rho_learning.cli import main
from rho_learning.export.bundle import export_bundle
from rho_learning.model.policy import Policy
from rho_learning.sentences import embed
from rho_policy_node.runtime.opening import open_policy
from rho_sim.tasks.buttons import INSTRUCTIONS


@pytest.fixture(scope='module')
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle with random weights whose export was checked."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp('bundle')
    policy = Policy(cell(), embeddings=embed(INSTRUCTIONS), centre=[0.45, 0.0, 0.09])
    parity = export_bundle(policy, folder)
    assert set(parity) == {'context', 'chunk'}
    assert max(parity.values()) < 1e-5
    return folder


def test_run_time_accepts_what_is_exported(bundle: Path) -> None:
    policy = open_policy(bundle)
    policy.set_instruction(INSTRUCTIONS[3])
    assert policy.manifest.action.joints == cell().joint_names


def test_run_time_embeds_a_sentence_as_training_does(bundle: Path) -> None:
    with np.load(bundle / 'golden.npz') as golden:
        stored = golden['instruction.embedding']
    instruction = open_policy(bundle).manifest.golden.instruction
    assert stored[0] == pytest.approx(embed((instruction,))[0], abs=1e-6)


@pytest.mark.parametrize('name', ['context.onnx', 'action.onnx'])
def test_graphs_use_plain_operators_of_opset_17(bundle: Path, name: str) -> None:
    model = onnx.load(bundle / name)
    onnx.checker.check_model(model)
    assert [(entry.domain, entry.version) for entry in model.opset_import] == [('', 17)]


def test_manifest_holds_no_aliases(bundle: Path) -> None:
    assert '&id' not in (bundle / 'bundle.yaml').read_text()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_smoke_run_trains_exports_evaluates_and_resumes(tmp_path: Path) -> None:
    run = tmp_path / 'run'
    assert main(['train', '--smoke', '--out', str(run)]) == 0
    result = json.loads((run / 'evaluation.json').read_text())
    assert result['episodes'] == 1
    before = (run / 'policy.pt').read_bytes()
    shard = next((run / 'demonstrations').iterdir()).stat().st_mtime_ns
    assert main(['train', '--smoke', '--out', str(run)]) == 0
    assert next((run / 'demonstrations').iterdir()).stat().st_mtime_ns == shard
    assert len((run / 'policy.pt').read_bytes()) == len(before)
    assert main(['export', '--run', str(run), '--out', str(tmp_path / 'bundle')]) == 0
    assert (tmp_path / 'bundle' / 'bundle.yaml').is_file()
    # Other numbers would silently mix two runs in one folder.
    assert main(['train', '--smoke', '--steps', '9', '--out', str(run)]) == 1

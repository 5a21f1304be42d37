# SPDX-License-Identifier: Apache-2.0
"""The verb `bundle`, from the command line to the folder."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from rho_bringup import cli
from rho_bringup.exit_codes import ExitCode
from rho_bringup.resources import resolve_bundle
from rho_description import cell as describe_cell
from rho_policy_node.runtime.opening import open_policy

SCHEMA = Path(__file__).parents[3] / 'docs' / 'bundle.schema.json'


def test_a_sound_bundle_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(['bundle', 'check', 'buttons']) == ExitCode.OK
    assert 'is sound' in capsys.readouterr().out


def test_every_violation_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(shutil.copytree(resolve_bundle('flow'), tmp_path / 'flow'))
    path = folder / 'bundle.yaml'
    text = path.read_text(encoding='utf-8')
    text = text.replace('unit: si', 'unit: deg').replace('horizon: 32', 'horizon: many')
    path.write_text(text, encoding='utf-8')
    assert cli.main(['bundle', 'check', str(folder)]) == ExitCode.BAD_INPUT
    out = capsys.readouterr().out
    for line in ('streams.0.unit: expected one of: si', 'action.unit: expected one of: si',
                 "action.horizon: expected an integer, got 'many'", '3 problem(s)'):
        assert line in out


def test_show_says_what_it_reads_and_moves(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(['bundle', 'show', 'buttons']) == ExitCode.OK
    out = capsys.readouterr().out
    assert 'moves 14 joints, joint_absolute, 10 rows of 0.1 s, continuous' in out
    assert 'front            image    [1, 128, 128, 3], at most 200 ms old' in out


def test_the_published_schema_is_that_of_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(['bundle', 'schema']) == ExitCode.OK
    made = json.loads(capsys.readouterr().out)
    assert made == json.loads(SCHEMA.read_text(encoding='utf-8')), (
        'run ./rho bundle schema > docs/bundle.schema.json')


def test_the_graphs_of_the_shipped_policy_can_be_wrapped_again(tmp_path: Path) -> None:
    shipped = resolve_bundle('buttons')
    made = tmp_path / 'again'
    assert cli.main([
        'bundle', 'make', '--context', str(shipped / 'context.onnx'), '--action',
        str(shipped / 'action.onnx'), '--dt', '0.1', '--license', 'Apache-2.0', '--out',
        str(made)]) == ExitCode.OK
    again, original = open_policy(made).manifest, open_policy(shipped).manifest
    assert again.action == original.action
    assert again.action.joints == describe_cell().joint_names
    assert {one.kind for one in again.streams} == {one.kind for one in original.streams}


def test_a_graph_that_tells_too_little_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    onnx = pytest.importorskip('onnx', reason='makes a graph with onnx')
    from rho_policy_node.testing import model_bytes

    node = onnx.helper.make_node('Expand', ['x', 'shape'], ['chunk'])
    graph = tmp_path / 'p.onnx'
    graph.write_bytes(model_bytes(
        [node], {'x': ('FLOAT', (1, 1, 14))}, {'chunk': ('FLOAT', (1, 4, 14))},
        {'shape': np.array([1, 4, 14], np.int64)}))
    command = ['bundle', 'make', '--action', str(graph), '--dt', '0.1', '--license', 'MIT',
               '--out', str(tmp_path / 'b')]
    assert cli.main(command) == ExitCode.BAD_INPUT
    assert 'cannot tell what feeds x: float32 [1, 1, 14]' in capsys.readouterr().err
    assert cli.main([*command, '--map', 'x']) == ExitCode.BAD_INPUT
    assert '--map: expected INPUT=SOURCE' in capsys.readouterr().err

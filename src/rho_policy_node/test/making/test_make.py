# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import numpy as np
import pytest

from rho_core.errors import ConfigError
from rho_policy_node.making.cell_names import CellNames
from rho_policy_node.making.make import Recipe
from rho_policy_node.making.make import make_bundle
from rho_policy_node.runtime.opening import open_policy
from rho_policy_node.runtime.summary import summarise
from rho_policy_node.testing import model_bytes

onnx = pytest.importorskip('onnx', reason='makes graphs with onnx')

CELL = CellNames(embodiment='two', joints=('a', 'b'), cameras=('front', 'left_wrist', 'wrist'),
                 sensors=('s', 't'))
RECIPE = Recipe(name='mine', license='MIT', dt_s=0.05)


def write_graph(path: Path, inputs: dict[str, tuple[str, list[int]]], horizon: int = 4) -> Path:
    """A graph that answers with its first float input, spread over the rows."""
    node = onnx.helper.make_node
    first = next(name for name, (kind, _) in inputs.items() if kind == 'FLOAT')
    nodes = [node('ReduceMean', [first], ['mean'], keepdims=0),
             node('Expand', ['mean', 'shape'], ['chunk'])]
    path.write_bytes(model_bytes(nodes, inputs, {'chunk': ('FLOAT', (1, horizon, 2))},
                                 {'shape': np.array([1, horizon, 2], np.int64)}))
    return path


def test_everything_is_read_from_a_graph_with_telling_names(tmp_path: Path) -> None:
    graph = write_graph(tmp_path / 'policy.onnx', {
        'observation.state': ('FLOAT', [1, 4]),
        'observation.images.front': ('UINT8', [1, 8, 16, 3]),
        'observation.images.left_wrist': ('UINT8', [1, 8, 8, 3]),
        'skin': ('FLOAT', [1, 2, 5, 3]),
    })
    folder = make_bundle(tmp_path / 'bundle', {'action': graph}, CELL, RECIPE)
    manifest = open_policy(folder).manifest
    assert manifest.graphs.action.inputs == {
        'observation.state': 'joints', 'observation.images.front': 'front',
        'observation.images.left_wrist': 'left_wrist', 'skin': 'touch',
    }
    assert (manifest.action.horizon, manifest.action.dt_s) == (4, 0.05)
    joints = next(one for one in manifest.streams if one.name == 'joints')
    assert joints.fields == ('position', 'velocity')
    assert any('moves 2 joints' in line for line in summarise(manifest))


def test_what_cannot_be_known_is_asked_for_by_name(tmp_path: Path) -> None:
    graph = write_graph(tmp_path / 'policy.onnx', {
        'x': ('FLOAT', [1, 3]), 'state': ('FLOAT', [1, 2]), 'eye': ('UINT8', [1, 8, 8, 3])})
    with pytest.raises(ConfigError) as caught:
        make_bundle(tmp_path / 'bundle', {'action': graph}, CELL, RECIPE)
    assert str(caught.value) == (
        'graphs.action.inputs: cannot tell what feeds x: float32 [1, 3]; eye: uint8 [1, 8, 8, 3]: '
        'say --map INPUT=SOURCE, SOURCE one of action.noise, front, joints, left_wrist, touch, '
        'wrist')
    assert not (tmp_path / 'bundle').exists()


def test_what_the_maker_says_counts(tmp_path: Path) -> None:
    graph = write_graph(tmp_path / 'policy.onnx', {
        'state': ('FLOAT', [1, 2]), 'eye': ('UINT8', [1, 8, 8, 3])})
    recipe = Recipe(name='mine', license='MIT', dt_s=0.05, given={'eye': 'wrist'})
    manifest = open_policy(
        make_bundle(tmp_path / 'bundle', {'action': graph}, CELL, recipe)).manifest
    assert manifest.graphs.action.inputs['eye'] == 'wrist'


def test_noise_needs_a_sampler(tmp_path: Path) -> None:
    graph = write_graph(tmp_path / 'policy.onnx', {
        'state': ('FLOAT', [1, 2]), 'noise': ('FLOAT', [1, 4, 2])})
    with pytest.raises(ConfigError, match=r'action\.sampler: missing'):
        make_bundle(tmp_path / 'bundle', {'action': graph}, CELL, RECIPE)
    assert not (tmp_path / 'bundle').exists()
    sampler = {'direction': 'noise_to_action', 'steps': 10}
    recipe = Recipe(name='mine', license='MIT', dt_s=0.05, sampler=sampler)
    folder = make_bundle(tmp_path / 'bundle', {'action': graph}, CELL, recipe)
    assert open_policy(folder).manifest.action.sampler is not None


def test_an_output_that_is_no_chunk_of_this_cell_is_refused(tmp_path: Path) -> None:
    graph = write_graph(tmp_path / 'policy.onnx', {'state': ('FLOAT', [1, 3])})
    cell = CellNames(embodiment='three', joints=('a', 'b', 'c'), cameras=(), sensors=())
    with pytest.raises(ConfigError, match=r'one output of shape \[1, horizon, 3\]'):
        make_bundle(tmp_path / 'bundle', {'action': graph}, cell, RECIPE)


def test_an_existing_folder_is_left_alone(tmp_path: Path) -> None:
    graph = write_graph(tmp_path / 'policy.onnx', {'state': ('FLOAT', [1, 2])})
    with pytest.raises(ConfigError, match='exists already'):
        make_bundle(tmp_path, {'action': graph}, CELL, RECIPE)
    assert graph.exists()

# SPDX-License-Identifier: Apache-2.0
"""Rules of the manifest alone; rho_policy_node tests it together with files and graphs."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from rho_core.contract.bundle import BundleManifest
from rho_core.contract.bundle import parse_manifest
from rho_core.contract.strict import build
from rho_core.errors import ConfigError

Tree = dict[str, Any]
Edit = Callable[[Tree], object]

TIMING = {'normalisation': 'none', 'deadline_ms': 100, 'max_skew_ms': 20}
CHUNK_FEEDS = (
    'action.delay, action.guidance, action.noise, action.previous, action.weights, '
)
TREE: Tree = {
    'schema': 'rho-bundle/1',
    'name': 'tiny',
    'version': '1',
    'description': '',
    'license': 'Apache-2.0',
    'embodiment': 'test',
    'files': {role: {'path': role, 'sha256': '0' * 64} for role in ('t', 'v', 'c', 'a', 'g')},
    'streams': [
        {'name': 'text', 'kind': 'instruction'},
        {'name': 'eye', 'kind': 'image', 'camera': 'e', 'shape': [1, 4, 4, 3], 'unit': 'rgb8'}
        | TIMING,
        {
            'name': 'body',
            'kind': 'joint',
            'joints': ['b', 'a'],
            'fields': ['position', 'velocity'],
            'shape': [1, 4],
            'unit': 'si',
        }
        | TIMING,
        {
            'name': 'skin',
            'kind': 'tactile',
            'sensors': ['l', 'r'],
            'shape': [1, 2, 5, 3],
            'unit': 'uT',
        }
        | TIMING,
    ],
    'graphs': {
        'instruction': {
            'file': 't',
            'tokenizer': 'v',
            'stream': 'text',
            'max_tokens': 8,
            'inputs': {'x': 'ids'},
            'hidden': 'h',
            'pooling': 'mean',
            'normalisation': 'l2',
            'size': 4,
        },
        'context': {
            'file': 'c',
            'inputs': {'e': 'eye', 'w': 'instruction.embedding'},
            'outputs': {'k': [1, 6]},
            'max_age_ms': 400,
        },
        'action': {
            'file': 'a',
            'inputs': {'k': 'context.k', 'b': 'body', 's': 'skin'},
            'outputs': {'out': [1, 3, 2]},
        },
    },
    'action': {
        'output': 'action.out',
        'joints': ['b', 'a'],
        'space': 'joint_absolute',
        'decode': 'continuous',
        'unit': 'si',
        'normalisation': 'none',
        'horizon': 3,
        'dt_s': 0.1,
    },
    'golden': {
        'file': 'g',
        'instruction': 'go',
        'tolerance': {'instruction': 0.01, 'context': 0.01, 'action': 0.01},
    },
}


def edited(*edits: Edit) -> Tree:
    tree = copy.deepcopy(TREE)
    for edit in edits:
        edit(tree)
    return tree


def put(path: str, value: object) -> Edit:
    def edit(tree: Any) -> None:
        *parents, last = path.split('.')
        for key in parents:
            tree = tree[int(key)] if isinstance(tree, list) else tree[key]
        tree[int(last) if isinstance(tree, list) else last] = value

    return edit


def test_a_sound_manifest_is_read_from_text() -> None:
    manifest = parse_manifest(yaml.safe_dump(TREE))
    assert manifest.bundle_id == 'tiny 1'
    assert [stream.name for stream in manifest.sampled_streams] == ['eye', 'body', 'skin']
    assert [stream.name for stream in manifest.inputs_of('action')] == ['body', 'skin']
    assert [stream.name for stream in manifest.inputs_of('context')] == ['eye']
    assert manifest.stream('text').kind == 'instruction'


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (put('schema', 'rho-bundle/2'), "schema: expected one of: rho-bundle/1; got 'rho-bundle/2'"
         "; did you mean 'rho-bundle/1'?"),
        (put('name', 'My Bundle'), "name: expected only a-z, 0-9, _ and -, got 'My Bundle'"),
        (put('files.c.path', '../c'),
         "files.c.path: expected a relative path inside the folder, got '../c'"),
        (put('files.c.path', '/c'),
         "files.c.path: expected a relative path inside the folder, got '/c'"),
        (put('files.c.sha256', 'AB'),
         "files.c.sha256: expected 64 lower-case hex digits, got 'AB'"),
        (put('files.c.package', 'a.b'),
         "files.c.package: expected the name of a Python package, got 'a.b'"),
        (put('files.x', {'path': 'x', 'sha256': '0' * 64}),
         'files.x: is used by no graph and not by golden; remove it'),
        (put('golden.file', 'gg'), "golden.file: no file 'gg'; files has: a, c, g, t, v; "
         "did you mean 'g'?"),
        (put('golden.tolerance.action', 3),
         'golden.tolerance.action: expected above 0, at most 0.1, got 3'),
        (put('streams.0.kind', 'sound'), 'streams.0.kind: expected one of: instruction, image, '
         "joint, tactile, wrench; got 'sound'"),
        (put('streams.1.unit', 'bgr8'), "streams.1.unit: expected one of: rgb8, "
         "mono8, depth_mm; got 'bgr8'"),
        (put('streams.1.shape', [1, 4, 4]),
         'streams.1.shape: expected [1, height, width, 3], got [1, 4, 4]'),
        (put('streams.1.history_ms', [0, 100]),
         'streams.1.shape: expected [1, 2, height, width, 3], got [1, 4, 4, 3]'),
        (put('streams.2.normalisation', {'kind': 'z_score', 'mean': [0.0], 'std': [1.0]}),
         'streams.2.normalisation: expected 4 values, one per column, got 1'),
        (put('streams.2.normalisation', {'kind': 'min_max', 'low': [1.0], 'high': [1.0]}),
         'streams.2.normalisation.0: expected a finite offset and a scale > 0, got 1.0 and 0.0'),
        (put('streams.2.normalisation', 'zscore'),
         "streams.2.normalisation: expected one of: none or a mapping; got 'zscore'"),
        (put('streams.3.required', False), "graphs.action.inputs: 'skin' is not required: "
         "expected an input fed by 'skin.mask'"),
        (put('action.decode', {'kind': 'bins', 'low': [0.0], 'high': [1.0]}),
         'action.decode: expected bounds for 2 joints, got 1'),
        (put('action.decode', {'kind': 'text', 'low': [0.0, 1.0], 'high': [1.0, 1.0]}),
         'action.decode: expected finite bounds, low < high, got [0.0, 1.0] and [1.0, 1.0]'),
        (put('action.sampler', {'direction': 'noise_to_action', 'steps': 5}), 'action.sampler: '
         "expected an input of the action graph fed by 'action.noise', there is none"),
        (put('execution', {'merge': {'kind': 'rtc', 'executed': 1}}),
         'execution.merge: rtc needs inputs of the action graph fed by '
         "'action.previous' and by 'action.weights' or 'action.delay', it has: body, context.k, "
         'skin'),
        (put('execution', {'merge': {'kind': 'blend', 'rows': 0}}),
         'execution.merge.rows: expected at least 1, got 0'),
        (put('execution', {'merge': 'mix'}),
         "execution.merge: expected one of: replace or a mapping; got 'mix'"),
        (put('execution', {'never_blended': ['c']}),
         'execution.never_blended: no joint c; the action has: a, b'),
        (put('streams.1.shape', [1, 3, 4, 4]),
         'streams.1.shape: expected [1, height, width, 3], got [1, 3, 4, 4]'),
        (put('streams.1.deadline_ms', 0),
         'streams.1.deadline_ms: expected above 0, at most 10000, got 0'),
        (put('streams.2.joints', ['a', 'a']), "streams.2.joints: 'a' occurs 2 times"),
        (put('streams.2.shape', [1, 2]),
         'streams.2.shape: expected [1, 4] (2 joints x 2 fields), got [1, 2]'),
        (put('streams.2.unit', 'deg'), "streams.2.unit: expected one of: si; got 'deg'"),
        (put('streams.3.shape', [1, 3, 5, 3]),
         'streams.3.shape: expected [1, 2, taxels, channels], got [1, 3, 5, 3]'),
        (put('graphs.instruction.stream', 'eye'),
         "graphs.instruction.stream: expected 'text', got 'eye'"),
        (put('graphs.instruction.inputs', {'x': 'mask'}),
         'graphs.instruction.inputs: expected one graph input fed by ids'),
        (put('graphs.context.inputs.e', 'ear'), "graphs.context.inputs.e: 'ear' cannot feed it; "
         'allowed: body, eye, instruction.embedding, skin'),
        (put('graphs.context.outputs', {}),
         'graphs.context.outputs: expected at least one, got none'),
        (put('graphs.context.outputs.k', [2, 6]),
         'graphs.context.outputs.k: expected a shape [1, ...], got [2, 6]'),
        (put('graphs.context.max_age_ms', -1),
         'graphs.context.max_age_ms: expected above 0, at most 60000, got -1'),
        (put('graphs.action.inputs.e', 'eye'), "graphs.action.inputs.e: 'eye' cannot feed it; "
         f'allowed: {CHUNK_FEEDS}body, context.k, instruction.embedding, skin'),
        (put('graphs.action.outputs.out', [1, 4, 2]),
         'graphs.action.outputs.out: expected [1, 3, 2] (1, horizon, joints), got [1, 4, 2]'),
        (put('action.output', 'action.chunk'),
         "action.output: no output 'action.chunk'; allowed: action.out"),
        (put('action.joints', ['b', 'c']), 'action.joints: c: not measured by any joint stream '
         'with positions that the action graph reads; measured: a, b'),
        (put('action.horizon', 0), 'action.horizon: expected 1 to 1000, got 0'),
        (put('action.dt_s', 0), 'action.dt_s: expected 0.001 to 10, got 0'),
        (put('action.space', 'torque'), 'action.space: expected one of: joint_absolute, '
         "joint_delta; got 'torque'"),
    ],
)  # fmt: skip
def test_each_broken_manifest_has_its_exact_message(edit: Edit, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        build(BundleManifest, edited(edit))
    assert str(caught.value) == message


def test_a_stream_that_feeds_nothing_and_a_missing_one_are_found_together() -> None:
    def rename(tree: Tree) -> None:
        tree['streams'][3]['name'] = 'touch'

    with pytest.raises(ConfigError) as caught:
        build(BundleManifest, edited(rename))
    assert [str(error) for error in caught.value.all] == [
        "graphs.action.inputs.s: 'skin' cannot feed it; "
        f'allowed: {CHUNK_FEEDS}body, context.k, instruction.embedding, touch',
        "streams.3: 'touch' feeds no graph; remove it",
    ]


def test_there_must_be_one_instruction_and_different_names() -> None:
    with pytest.raises(ConfigError) as caught:
        build(BundleManifest, edited(put('streams.0.name', 'eye')))
    messages = [str(error) for error in caught.value.all]
    assert "streams: 'eye' occurs 2 times" in messages
    assert "graphs.instruction.stream: expected 'eye', got 'text'" in messages
    with pytest.raises(ConfigError, match='one stream of kind instruction, got 0'):
        build(BundleManifest, edited(lambda tree: tree['streams'].pop(0)))


def test_the_policy_must_see_and_feel_its_joints() -> None:
    blind = edited(
        lambda tree: tree['streams'].pop(1),
        lambda tree: tree['graphs']['context']['inputs'].pop('e'),
    )
    with pytest.raises(ConfigError, match='at least one stream of kind image'):
        build(BundleManifest, blind)
    numb = edited(
        lambda tree: tree['streams'].pop(2),
        lambda tree: tree['graphs']['action']['inputs'].pop('b'),
    )
    with pytest.raises(
        ConfigError, match=r'graphs\.action\.inputs: expected a stream of kind joint'
    ):
        build(BundleManifest, numb)

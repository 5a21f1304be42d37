# SPDX-License-Identifier: Apache-2.0
"""Every way to break a bundle has one exact message."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rho_core.errors import ConfigError
from rho_policy_node.runtime.opening import open_policy
from rho_policy_node.testing import model_bytes

Tree = dict[str, Any]
EditManifest = Callable[[Callable[[Tree], object]], None]


def refusal(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        open_policy(folder)
    return [str(error).replace(str(folder), 'BUNDLE') for error in caught.value.all]


def test_a_sound_bundle_opens(sound_bundle: Path) -> None:
    policy = open_policy(sound_bundle)
    assert policy.manifest.bundle_id == 'tiny 0.1.0'
    assert len(policy.sha256) == 64


def test_no_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path / 'none') == [
        'not a bundle, cannot read BUNDLE/bundle.yaml: No such file or directory'
    ]


def test_manifest_that_is_not_text(bundle: Path) -> None:
    (bundle / 'bundle.yaml').write_bytes(b'\xff\xff')
    assert refusal(bundle) == ['BUNDLE/bundle.yaml is not UTF-8 text: invalid start byte']


def test_duplicate_key(bundle: Path) -> None:
    path = bundle / 'bundle.yaml'
    lines = path.read_text(encoding='utf-8').count('\n')
    path.write_text(path.read_text(encoding='utf-8') + 'version: "2"\n', encoding='utf-8')
    assert refusal(bundle) == [f'version: duplicate key, repeated in line {lines + 1}']


def test_unknown_key(bundle: Path, edit_manifest: EditManifest) -> None:
    edit_manifest(lambda tree: tree['action'].update(dtt_s=0.1))
    assert refusal(bundle) == [
        'action.dtt_s: unknown key; allowed: output, joints, space, decode, unit, normalisation, '
        "horizon, dt_s, sampler; did you mean 'dt_s'?"
    ]


def test_missing_key(bundle: Path, edit_manifest: EditManifest) -> None:
    edit_manifest(lambda tree: tree['action'].pop('dt_s'))
    assert refusal(bundle) == ['action.dt_s: missing']


def test_wrong_type(bundle: Path, edit_manifest: EditManifest) -> None:
    edit_manifest(lambda tree: tree['action'].update(horizon='ten'))
    assert refusal(bundle) == ["action.horizon: expected an integer, got 'ten'"]


def test_unknown_unit(bundle: Path, edit_manifest: EditManifest) -> None:
    edit_manifest(lambda tree: tree['streams'][4].update(unit='mT'))
    assert refusal(bundle) == ["streams.4.unit: expected one of: uT; got 'mT'"]


def test_wrong_hash(bundle: Path) -> None:
    path = bundle / 'context.onnx'
    path.write_bytes(path.read_bytes() + b'x')
    (message,) = refusal(bundle)
    assert message.startswith('files.context.sha256: expected ')
    assert ', but context.onnx has ' in message


def test_missing_file(bundle: Path) -> None:
    (bundle / 'action.onnx').unlink()
    assert refusal(bundle) == ["files.action.path: no file 'action.onnx' in BUNDLE"]


def test_all_bad_files_are_named_at_once(bundle: Path) -> None:
    for name in ('action.onnx', 'golden.npz'):
        (bundle / name).unlink()
    assert len(refusal(bundle)) == 2


def test_link_that_leaves_the_bundle(bundle: Path) -> None:
    (bundle / 'action.onnx').rename(bundle.parent / 'elsewhere.onnx')
    (bundle / 'action.onnx').symlink_to(bundle.parent / 'elsewhere.onnx')
    assert refusal(bundle) == ["files.action.path: 'action.onnx' is a link that leaves the bundle"]


def test_package_that_is_not_installed(bundle: Path, edit_manifest: EditManifest) -> None:
    edit_manifest(lambda tree: tree['files']['text'].update(package='no_such_package'))
    assert refusal(bundle) == [
        "files.text.package: Python package 'no_such_package' is not installed: pip install it"
    ]


def test_file_that_a_package_does_not_have(bundle: Path, edit_manifest: EditManifest) -> None:
    edit_manifest(lambda tree: tree['files']['text'].update(package='numpy'))
    folder = Path(np.__file__).parent
    assert refusal(bundle) == [f"files.text.path: no file 'text.onnx' in {folder}"]


def rewrite(bundle: Path, edit_manifest: EditManifest, role: str, content: bytes) -> None:
    def clear(tree: Tree) -> None:
        tree['files'][role]['sha256'] = ''
        (bundle / tree['files'][role]['path']).write_bytes(content)

    edit_manifest(clear)


def test_file_that_is_no_onnx_model(bundle: Path, edit_manifest: EditManifest) -> None:
    rewrite(bundle, edit_manifest, 'context', b'not a model')
    (message,) = refusal(bundle)
    assert message.startswith('files.context: onnxruntime cannot load the context graph: ')


def test_graph_input_that_the_graph_does_not_have(
    bundle: Path, edit_manifest: EditManifest
) -> None:
    def rename(tree: Tree) -> None:
        inputs = tree['graphs']['action']['inputs']
        inputs['tuch'] = inputs.pop('touch')

    edit_manifest(rename)
    assert refusal(bundle) == [
        'graphs.action.inputs.touch: missing: the graph has it',
        'graphs.action.inputs.tuch: the graph has no such tensor; it has: context, '
        "proprioception, touch; did you mean 'touch'?",
    ]


def test_graph_output_of_another_shape(bundle: Path, edit_manifest: EditManifest) -> None:
    edit_manifest(lambda tree: tree['graphs']['context']['outputs'].update(context=[1, 99]))
    assert refusal(bundle) == [
        'graphs.context.outputs.context: expected shape [1, 99], the graph has [1, 14]',
        'graphs.action.inputs.context: expected shape [1, 99], the graph has [1, 14]',
    ]


def test_image_of_another_size(bundle: Path, edit_manifest: EditManifest) -> None:
    edit_manifest(lambda tree: tree['streams'][1].update(shape=[1, 16, 16, 3]))
    assert refusal(bundle) == [
        'graphs.context.inputs.front: expected shape [1, 16, 16, 3], the graph has [1, 8, 16, 3]'
    ]


def test_graph_input_of_another_type(bundle: Path, edit_manifest: EditManifest) -> None:
    from onnx import helper

    model = model_bytes(
        [
            helper.make_node('Cast', ['proprioception'], ['half'], to=1),
            helper.make_node('Identity', ['half'], ['chunk']),
            helper.make_node('Identity', ['context'], ['unused_context']),
            helper.make_node('Identity', ['touch'], ['unused_touch']),
        ],
        {
            'context': ('FLOAT', (1, 14)),
            'proprioception': ('DOUBLE', (1, 10, 4)),
            'touch': ('FLOAT', (1, 2, 5, 3)),
        },
        {'chunk': ('FLOAT', (1, 10, 4))},
        {},
    )
    rewrite(bundle, edit_manifest, 'action', model)
    assert refusal(bundle) == [
        'graphs.action.inputs.proprioception: expected float32, the graph has float64'
    ]


def test_hidden_output_that_the_text_graph_does_not_have(
    bundle: Path, edit_manifest: EditManifest
) -> None:
    edit_manifest(lambda tree: tree['graphs']['instruction'].update(hidden='last_hidden'))
    assert refusal(bundle) == [
        "graphs.instruction.hidden: the graph has no output 'last_hidden'; it has: "
        "last_hidden_state; did you mean 'last_hidden_state'?"
    ]


def test_tokenizer_that_is_none(bundle: Path, edit_manifest: EditManifest) -> None:
    rewrite(bundle, edit_manifest, 'tokenizer', b'{}')
    (message,) = refusal(bundle)
    assert message.startswith('graphs.instruction.tokenizer: not a tokenizer.json: ')


def rewrite_golden(
    bundle: Path, edit_manifest: EditManifest, change: Callable[[dict[str, Any]], object]
) -> None:
    with np.load(bundle / 'golden.npz') as archive:
        arrays: dict[str, Any] = dict(archive)
    change(arrays)
    np.savez(bundle / 'golden.npz', **arrays)
    edit_manifest(lambda tree: tree['files']['golden'].update(sha256=''))


def test_golden_file_that_is_no_npz(bundle: Path, edit_manifest: EditManifest) -> None:
    rewrite(bundle, edit_manifest, 'golden', b'PK\x03\x04 nonsense')
    (message,) = refusal(bundle)
    assert message.startswith('files.golden: not a plain npz file: ')


def test_golden_file_with_a_pickle(bundle: Path, edit_manifest: EditManifest) -> None:
    rewrite_golden(
        bundle,
        edit_manifest,
        lambda arrays: arrays.update({'action.input.touch': np.array([{}], dtype=object)}),
    )
    assert refusal(bundle) == [
        'files.golden: not a plain npz file: Object arrays cannot be loaded when '
        'allow_pickle=False'
    ]


def test_golden_file_with_missing_and_unknown_arrays(
    bundle: Path, edit_manifest: EditManifest
) -> None:
    def rename(arrays: dict[str, Any]) -> None:
        arrays['action.input.tuch'] = arrays.pop('action.input.touch')

    rewrite_golden(bundle, edit_manifest, rename)
    first, second = refusal(bundle)
    assert first.startswith("files.golden: lacks the array 'action.input.touch'; it has: ")
    assert second.startswith("files.golden: unknown array 'action.input.tuch'; allowed: ")


@pytest.mark.parametrize(
    ('key', 'start'),
    [
        ('instruction.embedding', 'golden: instruction.embedding: differs by '),
        ('context.output.context', 'golden: context.output.context: differs by '),
        ('action.output.chunk', 'golden: action.output.chunk: differs by '),
    ],
)
def test_golden_sample_that_the_graphs_do_not_reproduce(
    bundle: Path, edit_manifest: EditManifest, key: str, start: str
) -> None:
    rewrite_golden(bundle, edit_manifest, lambda arrays: arrays.update({key: arrays[key] + 0.01}))
    (message,) = refusal(bundle)
    assert message == f'{start}0.01, at most 0.0001 allowed'


def test_golden_sample_with_nan_never_agrees(bundle: Path, edit_manifest: EditManifest) -> None:
    key = 'action.output.chunk'
    rewrite_golden(
        bundle, edit_manifest, lambda arrays: arrays.update({key: arrays[key] * np.nan})
    )
    assert refusal(bundle) == [
        'golden: action.output.chunk: differs by nan, at most 0.0001 allowed'
    ]


def test_golden_output_of_another_shape(bundle: Path, edit_manifest: EditManifest) -> None:
    key = 'action.output.chunk'
    rewrite_golden(bundle, edit_manifest, lambda arrays: arrays.update({key: arrays[key][0]}))
    assert refusal(bundle) == [
        'golden: action.output.chunk: expected shape [10, 4], got [1, 10, 4]'
    ]


def test_provider_that_is_not_there(sound_bundle: Path) -> None:
    with pytest.raises(ConfigError, match=r'^providers: CUDAExecutionProvider not in this onnxru'):
        open_policy(sound_bundle, ['CUDAExecutionProvider'])

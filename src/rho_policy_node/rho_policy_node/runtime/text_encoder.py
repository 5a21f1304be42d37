# SPDX-License-Identifier: Apache-2.0
"""From a sentence to one vector: tokenizer, transformer, mean over the mask, unit length."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from rho_core.contract.graphs import TextGraph
from rho_core.errors import ConfigError
from rho_core.errors import Refused
from rho_policy_node.runtime.session import OnnxSession


class TextEncoder:
    """Embeds instructions."""

    def __init__(self, graph: TextGraph, tokenizer: bytes, session: OnnxSession) -> None:
        """Create the encoder.

        Raises:
            ConfigError: If the tokenizer file cannot be read.
        """
        self._graph = graph
        self._session = session
        try:
            self._tokenizer = Tokenizer.from_buffer(tokenizer)
        except Exception as error:  # tokenizers raises bare Exception
            raise ConfigError(
                f'not a tokenizer.json: {error}', 'graphs.instruction.tokenizer'
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def embed(self, text: str) -> NDArray[np.float32]:
        """Returns the embedding of a sentence, shape (1, size), unit length.

        Raises:
            Refused: If the sentence has no or more tokens than the bundle allows.
        """
        encoding = self._tokenizer.encode(text)
        if not 1 <= len(encoding.ids) <= self._graph.max_tokens:
            raise Refused(
                f'instruction: expected 1 to {self._graph.max_tokens} tokens, '
                f'got {len(encoding.ids)}'
            )
        rows = {
            'ids': encoding.ids,
            'mask': encoding.attention_mask,
            'types': encoding.type_ids,
        }
        feeds = {
            name: np.array([rows[source]], dtype=np.int64)
            for name, source in self._graph.inputs.items()
        }
        hidden = self._session.run(feeds)[self._graph.hidden]
        mask = np.array(encoding.attention_mask, dtype=np.float32)[None, :, None]
        mean = (hidden * mask).sum(axis=1) / mask.sum(axis=1)
        length = float(np.linalg.norm(mean))
        if not np.isfinite(length) or length < 1e-9:
            raise Refused(f"instruction: '{text}' has no usable embedding (length {length:g})")
        return np.asarray(mean / length, dtype=np.float32)

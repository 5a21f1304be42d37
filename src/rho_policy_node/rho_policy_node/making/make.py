# SPDX-License-Identifier: Apache-2.0
"""Writes a bundle around ONNX files that exist."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from rho_core.contract.strict import listing
from rho_core.errors import ConfigError
from rho_policy_node.making.cell_names import CellNames
from rho_policy_node.making.guess import EMBEDDING
from rho_policy_node.making.guess import guess_sources
from rho_policy_node.making.guess import stream_of
from rho_policy_node.runtime.opening import open_policy
from rho_policy_node.runtime.session import OnnxSession
from rho_policy_node.runtime.session import TensorInfo

Tree = dict[str, Any]

_CONTEXT_AGE_MS = 400.0
_TOLERANCE = 1e-3
_DTYPES = {'uint8': np.uint8, 'int64': np.int64}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What no graph tells.

    Attributes:
        name: Name of the bundle.
        license: Its licence.
        dt_s: Time from row to row [s].
        space: What the rows are.
        given: Source of inputs that cannot be guessed, by name of the input.
        sampler: Direction and steps of the sampler, for graphs that take noise.
        text: Sections `files` and `graphs.instruction` of the text encoder, and the sentence of
            the golden sample; for graphs that take an embedding.
    """

    name: str
    license: str
    dt_s: float
    space: str = 'joint_absolute'
    given: Mapping[str, str] = field(default_factory=dict)
    sampler: Tree | None = None
    text: Tree | None = None


def make_bundle(
    folder: Path, graphs: Mapping[str, Path], cell: CellNames, recipe: Recipe
) -> Path:
    """Writes a bundle, opens it as the node would, and returns its folder.

    Args:
        folder: New folder.
        graphs: ONNX files by role: `action` and perhaps `context`.
        cell: What the policy is for.
        recipe: What no graph tells.

    Raises:
        ConfigError: Something is missing or does not fit; nothing is left behind.
    """
    if folder.exists():
        raise ConfigError(f'{folder} exists already, expected a new folder')
    sessions = {role: OnnxSession(_read(path), role) for role, path in graphs.items()}
    tree = _manifest(sessions, cell, recipe)
    folder.mkdir(parents=True)
    try:
        for role, path in graphs.items():
            shutil.copyfile(path, folder / f'{role}.onnx')
        np.savez(folder / 'golden.npz', **_golden(sessions, tree, recipe))
        for entry in tree['files'].values():
            if 'package' not in entry:
                data = (folder / entry['path']).read_bytes()
                entry['sha256'] = hashlib.sha256(data).hexdigest()
        text = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)
        (folder / 'bundle.yaml').write_text(text, encoding='utf-8')
        open_policy(folder)
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f'cannot read {path}: {error.strerror}') from error


def _manifest(sessions: Mapping[str, OnnxSession], cell: CellNames, recipe: Recipe) -> Tree:
    files: Tree = {role: {'path': f'{role}.onnx', 'sha256': ''} for role in sessions}
    files['golden'] = {'path': 'golden.npz', 'sha256': ''}
    sources = {role: _sources(role, sessions, cell, recipe) for role in sessions}
    output = _chunk_output(sessions['action'], cell)
    info = sessions['action'].outputs[output]
    graphs: Tree = {
        role: {
            'file': role,
            'inputs': sources[role],
            'outputs': {name: [size or 1 for size in one.shape]
                        for name, one in session.outputs.items()},
        }
        for role, session in sessions.items()
    }
    golden: Tree = {'file': 'golden', 'tolerance': dict.fromkeys(sessions, _TOLERANCE)}
    if 'context' in graphs:
        graphs['context']['max_age_ms'] = _CONTEXT_AGE_MS
    streams = _streams(sessions, sources, cell)
    if any(EMBEDDING in one.values() for one in sources.values()):
        text = recipe.text
        if text is None:
            raise ConfigError(f"an input is fed by '{EMBEDDING}': expected a text encoder")
        files |= text['files']
        graphs = {'instruction': text['graph'], **graphs}
        golden |= {'instruction': text['sentence']}
        golden['tolerance']['instruction'] = text['tolerance']
        streams.insert(0, {'name': text['graph']['stream'], 'kind': 'instruction'})
    action: Tree = {
        'output': f'action.{output}', 'joints': list(cell.joints), 'space': recipe.space,
        'decode': 'continuous', 'unit': 'si', 'normalisation': 'none', 'horizon': info.shape[1],
        'dt_s': recipe.dt_s,
    }
    if recipe.sampler is not None:
        action['sampler'] = recipe.sampler
    return {
        'schema': 'rho-bundle/1', 'name': recipe.name, 'version': '0.1.0', 'description': '',
        'license': recipe.license, 'embodiment': cell.embodiment, 'files': files,
        'streams': streams, 'graphs': graphs, 'action': action, 'golden': golden,
    }


def _sources(
    role: str, sessions: Mapping[str, OnnxSession], cell: CellNames, recipe: Recipe
) -> dict[str, str]:
    given = dict(recipe.given)
    if role == 'action' and 'context' in sessions:
        for name in sessions['context'].outputs:
            if name in sessions['action'].inputs:
                given.setdefault(name, f'context.{name}')
    sources, unknown = guess_sources(sessions[role].inputs, cell, given)
    if unknown:
        choices = listing((*cell.cameras, 'joints', 'touch', 'action.noise'))
        raise ConfigError(f'cannot tell what feeds {"; ".join(unknown)}: say --map INPUT=SOURCE, '
                          f'SOURCE one of {choices}', f'graphs.{role}.inputs')
    return {name: 'joints' if source == 'joints' else source for name, source in sources.items()}


def _streams(
    sessions: Mapping[str, OnnxSession], sources: Mapping[str, dict[str, str]], cell: CellNames
) -> list[Tree]:
    streams: dict[str, Tree] = {}
    for role, session in sessions.items():
        for name, source in sources[role].items():
            stream = stream_of(source, session.inputs[name], cell)
            if stream is not None:
                streams.setdefault(source, stream)
    return list(streams.values())


def _chunk_output(session: OnnxSession, cell: CellNames) -> str:
    fitting = [name for name, info in session.outputs.items()
               if len(info.shape) == 3 and info.shape[2] == len(cell.joints)]
    if len(fitting) != 1:
        shapes = {name: list(info.shape) for name, info in session.outputs.items()}
        raise ConfigError(f'expected one output of shape [1, horizon, {len(cell.joints)}] for '
                          f'the joints {", ".join(cell.joints)}; got {shapes}',
                          'graphs.action.outputs')
    return fitting[0]


def _golden(sessions: Mapping[str, OnnxSession], tree: Tree, recipe: Recipe) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    arrays: dict[str, NDArray[Any]] = {}
    made: dict[str, NDArray[Any]] = {}
    if recipe.text is not None and EMBEDDING in _all_sources(tree):
        made[EMBEDDING] = arrays[EMBEDDING] = recipe.text['embedding']
    for role in ('context', 'action'):
        if role not in sessions:
            continue
        feeds = {}
        for name, source in tree['graphs'][role]['inputs'].items():
            if source not in made:
                made[source] = _sample(sessions[role].inputs[name], rng)
            feeds[name] = made[source]
        outputs = sessions[role].run(feeds)
        arrays |= {f'{role}.input.{name}': array for name, array in feeds.items()}
        arrays |= {f'{role}.output.{name}': array for name, array in outputs.items()}
        made |= {f'{role}.{name}': array for name, array in outputs.items()}
    return arrays


def _all_sources(tree: Tree) -> set[str]:
    return {source for role in ('context', 'action') if role in tree['graphs']
            for source in tree['graphs'][role]['inputs'].values()}


def _sample(info: TensorInfo, rng: np.random.Generator) -> NDArray[Any]:
    shape = [size or 1 for size in info.shape]
    dtype = _DTYPES.get(info.dtype)
    if dtype is np.uint8:
        return rng.integers(0, 256, shape, dtype=np.uint8)
    if dtype is np.int64:
        return np.zeros(shape, np.int64)
    return rng.uniform(-0.5, 0.5, shape).astype(np.float32)

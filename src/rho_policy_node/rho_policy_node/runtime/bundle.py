# SPDX-License-Identifier: Apache-2.0
"""A bundle on disk: its manifest and the verified content of its files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

from rho_core.contract.bundle import BundleManifest
from rho_core.contract.bundle import parse_manifest
from rho_core.contract.findings import Findings
from rho_core.errors import ConfigError
from rho_policy_node.runtime.files import read_verified

MANIFEST = 'bundle.yaml'


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle whose files are what the manifest says; the graphs are not opened yet.

    Attributes:
        folder: Where it lies.
        manifest: Content of bundle.yaml.
        sha256: Hash of bundle.yaml, which names the hashes of all other files.
        content: Bytes of each file, by role.
    """

    folder: Path
    manifest: BundleManifest
    sha256: str
    content: Mapping[str, bytes] = field(repr=False)


def load_bundle(folder: Path) -> Bundle:
    """Reads a bundle and verifies its manifest and files.

    Raises:
        ConfigError: If anything is wrong; the first problem, carrying all others.
    """
    path = folder / MANIFEST
    try:
        raw = path.read_bytes()
        text = raw.decode('utf-8')
    except OSError as error:
        raise ConfigError(f'not a bundle, cannot read {path}: {error.strerror}') from error
    except UnicodeDecodeError as error:
        raise ConfigError(f'{path} is not UTF-8 text: {error.reason}') from error
    manifest = parse_manifest(text)
    findings = Findings()
    content: dict[str, bytes] = {}
    for role, entry in manifest.files.items():
        try:
            content[role] = read_verified(folder, entry)
        except ConfigError as error:
            findings.include(f'files.{role}', error)
    findings.raise_if_any()
    return Bundle(
        folder=folder,
        manifest=manifest,
        sha256=hashlib.sha256(raw).hexdigest(),
        content=content,
    )

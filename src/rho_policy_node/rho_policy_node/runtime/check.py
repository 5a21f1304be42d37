# SPDX-License-Identifier: Apache-2.0
"""Prints every violation of a bundle: `python -m rho_policy_node.runtime.check BUNDLE`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rho_core.errors import ConfigError
from rho_policy_node.runtime.opening import open_policy


def main(arguments: Sequence[str] | None = None) -> int:
    """Checks one bundle; returns 0 if it is sound, 1 if not."""
    parser = argparse.ArgumentParser(description='Verify a policy bundle.')
    parser.add_argument('bundle', type=Path, help='folder with bundle.yaml')
    folder: Path = parser.parse_args(arguments).bundle
    out = sys.stdout
    try:
        policy = open_policy(folder)
    except ConfigError as error:
        for one in error.all:
            out.write(f'{one}\n')
        out.write(f'{folder}: {len(error.all)} problem(s)\n')
        return 1
    out.write(
        f'{folder}: {policy.manifest.bundle_id} is sound; instruction '
        f'{policy.last_ms("instruction"):.2f} ms, context {policy.last_ms("context"):.2f} ms, '
        f'action {policy.last_ms("action"):.2f} ms\n'
    )
    return 0


if __name__ == '__main__':
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Print the cell's description: `print_description urdf|mjcf`."""

import argparse
import sys

from rho_description.mjcf import mjcf_arms
from rho_description.urdf import urdf


def main() -> None:
    """Write the wanted description to standard output."""
    parser = argparse.ArgumentParser(description='Print the description of the cell.')
    parser.add_argument('format', choices=('urdf', 'mjcf'))
    text = urdf() if parser.parse_args().format == 'urdf' else mjcf_arms()
    sys.stdout.write(text + '\n')


if __name__ == '__main__':
    main()

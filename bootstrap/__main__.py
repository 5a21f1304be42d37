# SPDX-License-Identifier: Apache-2.0
"""Entry point of `./rho`: run with `python -I -S bootstrap <verb> ...`."""

import sys

from rho_bootstrap.cli import main

sys.exit(main(sys.argv[1:]))

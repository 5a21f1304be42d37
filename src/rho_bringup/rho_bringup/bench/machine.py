# SPDX-License-Identifier: Apache-2.0
"""On what machine figures were measured: without that they mean little."""

import os
import platform
from pathlib import Path
from typing import Any

_CPUINFO = Path('/proc/cpuinfo')


def describe_machine() -> dict[str, Any]:
    """Return processor, kernel, Python and the load before the measurement as plain data."""
    return {
        'processor': _processor(),
        'cores': os.cpu_count(),
        'kernel': f'{platform.release()} {platform.version()}',
        'python': platform.python_version(),
        'load_before': [round(value, 2) for value in os.getloadavg()],
    }


def _processor(cpuinfo: Path = _CPUINFO) -> str:
    if not cpuinfo.is_file():
        return platform.processor()
    for line in cpuinfo.read_text(encoding='utf-8').splitlines():
        if line.startswith('model name'):
            return line.partition(':')[2].strip()
    return platform.processor()

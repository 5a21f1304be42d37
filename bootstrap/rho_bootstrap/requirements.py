# SPDX-License-Identifier: Apache-2.0
"""The pinned requirements of a group, as one route wants them."""

import re

from rho_bootstrap.errors import SetupError
from rho_bootstrap.layout import Layout

_NAME = re.compile(r'^([A-Za-z0-9._-]+)\s*==')
_NUMPY1_DISTRIBUTIONS = frozenset({'jazzy', 'kilted'})


def requirements(layout: Layout, group: str) -> str:
    """Return the text of `requirements/<group>.txt` with the route's replacements."""
    text = _read(layout, group)
    if layout.distribution in _NUMPY1_DISTRIBUTIONS:
        text = replace_pins(text, _read(layout, 'numpy1'))
    return text


def pins(text: str) -> dict[str, str]:
    """Return the pinned lines by normalised name."""
    found = {}
    for line in text.splitlines():
        match = _NAME.match(line)
        if match:
            found[normalise(match[1])] = line
    return found


def replace_pins(text: str, replacements: str) -> str:
    """Return the text with each line replaced that pins a name of `replacements`."""
    others = pins(replacements)
    lines = []
    for line in text.splitlines():
        match = _NAME.match(line)
        lines.append(others.get(normalise(match[1]), line) if match else line)
    return '\n'.join(lines) + '\n'


def normalise(name: str) -> str:
    """Return a distribution's name in the form in which two spellings are equal."""
    return re.sub(r'[-_.]+', '-', name).lower()


def _read(layout: Layout, group: str) -> str:
    file = layout.requirements / f'{group}.txt'
    try:
        return file.read_text(encoding='utf-8')
    except FileNotFoundError:
        raise SetupError(f'{file} is missing; the clone is incomplete') from None

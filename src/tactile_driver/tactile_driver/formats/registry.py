# SPDX-License-Identifier: Apache-2.0
"""All wire formats by name."""

from collections.abc import Callable
from collections.abc import Mapping

from rho_core.errors import ConfigError
from tactile_driver.formats.anyskin import AnySkinFormat
from tactile_driver.formats.wire_format import WireFormat

FORMATS: Mapping[str, Callable[[int], WireFormat]] = {
    'anyskin': AnySkinFormat,
}
"""Each entry makes a parser from the number of magnetometers (sensing elements)."""


def create_format(name: str, elements: int) -> WireFormat:
    """Makes a parser.

    Args:
        name: name of the format.
        elements: number of sensing elements.

    Raises:
        ConfigError: there is no such format.
    """
    if name not in FORMATS:
        raise ConfigError(f'expected one of {", ".join(sorted(FORMATS))}, got {name!r}', 'format')
    return FORMATS[name](elements)

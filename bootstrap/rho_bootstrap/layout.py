# SPDX-License-Identifier: Apache-2.0
"""Where things are, for one of the two routes."""

import sys
from dataclasses import dataclass
from pathlib import Path

from rho_bootstrap.errors import SetupError

DISTRIBUTIONS = ('jazzy', 'kilted', 'lyrical')


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Paths of one route.

    Attributes:
        root: The folder that holds `rho`.
        distribution: The installed ROS 2 in use, or '' for the wheels. Each has folders of its
            own, so that switching between terminals rebuilds nothing.
        python: `major.minor` of the Python in use.
    """

    root: Path
    distribution: str = ''
    python: str = f'{sys.version_info.major}.{sys.version_info.minor}'

    def __post_init__(self) -> None:
        """Refuse a distribution that Rho does not run on."""
        if self.distribution and self.distribution not in DISTRIBUTIONS:
            raise SetupError(
                f'ROS_DISTRO={self.distribution} is not supported (expected one of '
                f'{", ".join(DISTRIBUTIONS)}); use one of these, or unset ROS_DISTRO to run on '
                'the wheels that ./rho installs by itself'
            )

    @property
    def uses_wheels(self) -> bool:
        """Whether ROS 2 comes from the wheels in `.venv`."""
        return not self.distribution

    @property
    def _suffix(self) -> str:
        return f'-{self.distribution}' if self.distribution else ''

    @property
    def venv(self) -> Path:
        """The virtual environment."""
        return self.root / f'.venv{self._suffix}'

    @property
    def venv_python(self) -> Path:
        """The interpreter that everything runs on."""
        return self.venv / 'bin' / 'python'

    @property
    def site_packages(self) -> Path:
        """Where pip puts packages."""
        return self.venv / 'lib' / f'python{self.python}' / 'site-packages'

    @property
    def build(self) -> Path:
        """Colcon's build folder."""
        return self.root / f'build{self._suffix}'

    @property
    def install(self) -> Path:
        """Colcon's merged install folder."""
        return self.root / f'install{self._suffix}'

    @property
    def state(self) -> Path:
        """Lock and logs of the bootstrap."""
        return self.root / '.rho'

    @property
    def requirements(self) -> Path:
        """The pinned requirements, one file per group."""
        return self.root / 'requirements'

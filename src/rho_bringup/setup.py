# SPDX-License-Identifier: Apache-2.0
"""Build description of rho_bringup."""

from pathlib import Path

from setuptools import find_packages
from setuptools import setup

PACKAGE = 'rho_bringup'
SHARED_FOLDERS = ('config', 'launch', 'bundles')


def shared_files() -> list[tuple[str, list[str]]]:
    """Return the files of the shared folders, one entry per folder that holds files."""
    entries = []
    for top in SHARED_FOLDERS:
        for folder in (Path(top), *sorted(Path(top).glob('**/'))):
            files = sorted(str(path) for path in folder.glob('*') if path.is_file())
            entry = (f'share/{PACKAGE}/{folder.as_posix()}', files)
            if files and entry not in entries:
                entries.append(entry)
    return entries


setup(
    name=PACKAGE,
    version='0.1.0',
    packages=find_packages(exclude=['test']),
    package_data={'rho_bringup.bench.control': ['*.c'], 'rho_bringup.bench.watchdog': ['*.c']},
    data_files=[
        ('share/ament_index/resource_index/packages', [f'resource/{PACKAGE}']),
        (f'share/{PACKAGE}', ['package.xml', 'README.md']),
        *shared_files(),
    ],
    install_requires=['setuptools'],
    zip_safe=True,
    maintainer='Rho maintainers',
    maintainer_email='maintainers@rho-robotics.dev',
    description='Starts and watches a whole cell.',
    license='Apache-2.0',
    extras_require={'test': ['pytest']},
    entry_points={
        'console_scripts': [
            'lifecycle_manager_node = rho_bringup.lifecycle_manager_node:main',
            'rho = rho_bringup.cli:main',
        ],
    },
)

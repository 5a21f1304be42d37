# SPDX-License-Identifier: Apache-2.0
"""Builds the package tactile_driver."""

from setuptools import find_packages
from setuptools import setup

PACKAGE = 'tactile_driver'

setup(
    name=PACKAGE,
    version='0.1.0',
    packages=find_packages(exclude=['test']),
    package_data={PACKAGE: ['py.typed']},
    data_files=[
        ('share/ament_index/resource_index/packages', [f'resource/{PACKAGE}']),
        (f'share/{PACKAGE}', ['package.xml']),
    ],
    install_requires=['setuptools', 'numpy', 'pyserial'],
    extras_require={'test': ['pytest', 'hypothesis']},
    entry_points={
        'console_scripts': ['tactile_driver_node = tactile_driver.tactile_driver_node:main'],
    },
    zip_safe=True,
    maintainer='Rho maintainers',
    maintainer_email='maintainers@rho-robotics.dev',
    description='Driver of serial tactile sensors.',
    license='Apache-2.0',
)

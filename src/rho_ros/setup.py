# SPDX-License-Identifier: Apache-2.0
"""Builds the package rho_ros."""

from setuptools import find_packages
from setuptools import setup

PACKAGE = 'rho_ros'

setup(
    name=PACKAGE,
    version='0.1.0',
    packages=find_packages(exclude=['test']),
    data_files=[
        ('share/ament_index/resource_index/packages', [f'resource/{PACKAGE}']),
        (f'share/{PACKAGE}', ['package.xml']),
    ],
    install_requires=['setuptools', 'numpy'],
    extras_require={'test': ['pytest', 'hypothesis']},
    package_data={PACKAGE: ['py.typed']},
    zip_safe=True,
    maintainer='Rho maintainers',
    maintainer_email='maintainers@rho-robotics.dev',
    description='The one seam between Rho and rclpy.',
    license='Apache-2.0',
)

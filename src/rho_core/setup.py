# SPDX-License-Identifier: Apache-2.0
"""Packaging of rho_core."""

from setuptools import find_packages
from setuptools import setup

PACKAGE = 'rho_core'

setup(
    name=PACKAGE,
    version='0.1.0',
    description='Bundle contract, streams, chunks, motion and safety logic of Rho, free of ROS',
    license='Apache-2.0',
    maintainer='Rho maintainers',
    maintainer_email='maintainers@rho-robotics.dev',
    packages=find_packages(include=[PACKAGE, PACKAGE + '.*']),
    package_data={PACKAGE: ['py.typed']},
    data_files=[
        ('share/ament_index/resource_index/packages', ['resource/' + PACKAGE]),
        ('share/' + PACKAGE, ['package.xml']),
    ],
    install_requires=['setuptools', 'numpy', 'PyYAML'],
    extras_require={'test': ['pytest', 'hypothesis']},
    zip_safe=False,
)

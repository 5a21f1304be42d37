# SPDX-License-Identifier: Apache-2.0
"""Package set-up of rho_learning."""

from setuptools import find_packages
from setuptools import setup

PACKAGE = 'rho_learning'

setup(
    name=PACKAGE,
    version='0.1.0',
    packages=find_packages(exclude=['test']),
    data_files=[
        ('share/ament_index/resource_index/packages', [f'resource/{PACKAGE}']),
        (f'share/{PACKAGE}', ['package.xml']),
    ],
    install_requires=['setuptools'],
    extras_require={'test': ['pytest'], 'torch': ['torch', 'onnx']},
    zip_safe=True,
    maintainer='Rho maintainers',
    maintainer_email='maintainers@rho-robotics.dev',
    description='Training of policies in simulation and their export to ONNX bundles.',
    license='Apache-2.0',
    entry_points={'console_scripts': ['rho_learning = rho_learning.cli:main']},
)

# SPDX-License-Identifier: Apache-2.0
"""Packaging of rho_policy_node."""

from setuptools import find_packages
from setuptools import setup

PACKAGE = 'rho_policy_node'

setup(
    name=PACKAGE,
    version='0.1.0',
    description='Policy runtime of Rho and the node around it',
    license='Apache-2.0',
    maintainer='Rho maintainers',
    maintainer_email='maintainers@rho-robotics.dev',
    packages=find_packages(include=[PACKAGE, PACKAGE + '.*']),
    package_data={PACKAGE: ['py.typed']},
    data_files=[
        ('share/ament_index/resource_index/packages', ['resource/' + PACKAGE]),
        ('share/' + PACKAGE, ['package.xml', 'README.md']),
    ],
    install_requires=[
        'setuptools',
        'numpy',
        'onnxruntime',
        'opencv-python-headless',
        'tokenizers',
        'PyYAML',
    ],
    extras_require={'test': ['pytest', 'hypothesis', 'onnx']},
    entry_points={'console_scripts': ['policy_node = rho_policy_node.policy_node:main']},
    zip_safe=False,
)

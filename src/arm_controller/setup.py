# SPDX-License-Identifier: Apache-2.0
"""Packaging of arm_controller."""

from setuptools import find_packages
from setuptools import setup

PACKAGE = 'arm_controller'

setup(
    name=PACKAGE,
    version='0.1.0',
    description='Arm controllers and the watchdog that can stop them',
    license='Apache-2.0',
    maintainer='Rho maintainers',
    maintainer_email='maintainers@rho-robotics.dev',
    packages=find_packages(include=[PACKAGE, PACKAGE + '.*']),
    package_data={PACKAGE: ['py.typed']},
    data_files=[
        ('share/ament_index/resource_index/packages', ['resource/' + PACKAGE]),
        ('share/' + PACKAGE, ['package.xml']),
    ],
    install_requires=['setuptools', 'numpy'],
    extras_require={'test': ['pytest']},
    entry_points={
        'console_scripts': [
            'arm_controller_node = arm_controller.arm_controller_node:main',
            'geometry_guard_node = arm_controller.geometry_guard_node:main',
            'watchdog_node = arm_controller.watchdog_node:main',
        ],
    },
    zip_safe=False,
)

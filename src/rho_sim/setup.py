# SPDX-License-Identifier: Apache-2.0
"""Build rules of rho_sim."""

from setuptools import find_packages
from setuptools import setup

package_name = 'rho_sim'

setup(
    name=package_name,
    version='0.1.0',
    packages=find_packages(exclude=['test']),
    package_data={package_name: ['py.typed']},
    data_files=[
        ('share/ament_index/resource_index/packages', ['resource/' + package_name]),
        ('share/' + package_name, ['package.xml', 'README.md']),
    ],
    install_requires=['setuptools', 'numpy', 'mujoco'],
    zip_safe=False,
    maintainer='Rho maintainers',
    maintainer_email='maintainers@rho-robotics.dev',
    description='The dual-arm cell in MuJoCo: arms, cameras, fingertip skins, tasks and score.',
    license='Apache-2.0',
    extras_require={'test': ['pytest']},
    entry_points={
        'console_scripts': [
            'sim_node = rho_sim.sim_node:main',
            'measure_expert = rho_sim.experts.measure:main',
        ],
    },
)

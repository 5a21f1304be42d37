# SPDX-License-Identifier: Apache-2.0
"""Build rules of rho_description."""

from setuptools import find_packages
from setuptools import setup

package_name = 'rho_description'

setup(
    name=package_name,
    version='0.1.0',
    packages=find_packages(exclude=['test']),
    package_data={package_name: ['data/*.yaml', 'py.typed']},
    data_files=[
        ('share/ament_index/resource_index/packages', ['resource/' + package_name]),
        ('share/' + package_name, ['package.xml', 'README.md']),
    ],
    install_requires=['setuptools', 'numpy', 'PyYAML'],
    zip_safe=False,
    maintainer='Rho maintainers',
    maintainer_email='maintainers@rho-robotics.dev',
    description='The cell as data: URDF, MJCF and kinematics from one file.',
    license='Apache-2.0',
    extras_require={'test': ['pytest']},
    entry_points={
        'console_scripts': ['print_description = rho_description.print_description:main'],
    },
)

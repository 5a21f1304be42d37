# SPDX-License-Identifier: Apache-2.0
"""Environment variables that a stack of its own needs, as a pure function."""

from collections.abc import Mapping

DEFAULTS = {
    # Images are larger than the default transport's buffers: without this most are lost.
    'FASTDDS_BUILTIN_TRANSPORTS': 'LARGE_DATA',
    'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
    # Many small matrices in several processes: threads of a maths library only get in the way.
    'OMP_NUM_THREADS': '1',
}
"""Set unless the user has set them."""


def stack_environment(
    environment: Mapping[str, str], *, domain_id: int | None = None
) -> dict[str, str]:
    """Return what must be added to the environment of a stack.

    Args:
        environment: The present environment; what it sets stays.
        domain_id: ROS domain for a stack that must not meet another one, None: leave it.
    """
    wanted = dict(DEFAULTS)
    if domain_id is not None:
        wanted['ROS_DOMAIN_ID'] = str(domain_id)
    return {key: value for key, value in wanted.items() if key not in environment}

# SPDX-License-Identifier: Apache-2.0
"""Environment variables that a stack of its own needs, as a pure function."""

from collections.abc import Mapping
from pathlib import Path

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


def loopback_environment(environment: Mapping[str, str], profile: Path) -> dict[str, str]:
    """Return what a process needs in order to share no memory with others.

    Only where the stack keeps to this machine, which is what we set unless the user sets
    something else: rmw_fastrtps then gives every process UDP and shared memory, whatever
    FASTDDS_BUILTIN_TRANSPORTS says, so one with UDP alone can speak with all of them.

    Args:
        environment: Environment of the stack.
        profile: Fast DDS profile with UDP on the loopback interface alone.
    """
    middleware = environment.get('RMW_IMPLEMENTATION', 'rmw_fastrtps_cpp')
    is_ours = (
        middleware.startswith('rmw_fastrtps')
        and environment.get('ROS_AUTOMATIC_DISCOVERY_RANGE') == 'LOCALHOST'
        and 'FASTDDS_DEFAULT_PROFILES_FILE' not in environment
    )
    if not is_ours:
        return {}
    return {
        'FASTDDS_DEFAULT_PROFILES_FILE': str(profile),
        'FASTDDS_BUILTIN_TRANSPORTS': 'DEFAULT',
        # The other ranges make rmw_fastrtps choose transports and peers by itself.
        'ROS_AUTOMATIC_DISCOVERY_RANGE': 'SYSTEM_DEFAULT',
    }

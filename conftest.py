# SPDX-License-Identifier: Apache-2.0
"""Settings of all tests: a busy machine must not turn a property into a failure.

`HYPOTHESIS_PROFILE=slow`, which `./rho test --slow` sets, tries many more cases. How many of those
properties that no input may break: `rho_core.properties`.
"""

import os

from hypothesis import HealthCheck
from hypothesis import settings

settings.register_profile(
    'ci', deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile('slow', parent=settings.get_profile('ci'), max_examples=1000)
settings.load_profile(os.environ.get('HYPOTHESIS_PROFILE', 'ci'))

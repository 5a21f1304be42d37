# SPDX-License-Identifier: Apache-2.0
"""Settings of all tests: a busy machine must not turn a property into a failure."""

from hypothesis import settings

settings.register_profile('rho', deadline=None)
settings.load_profile('rho')

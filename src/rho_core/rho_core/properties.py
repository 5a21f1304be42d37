# SPDX-License-Identifier: Apache-2.0
"""How hard the tests try to break a property on which safety rests."""

import os

CASES = {'ci': 500, 'slow': 20_000}
"""Generated cases per property, by hypothesis profile."""

SAFETY_CASES = CASES.get(os.environ.get('HYPOTHESIS_PROFILE', 'ci'), CASES['ci'])
"""Those of the profile in use: `@settings(max_examples=SAFETY_CASES)`."""

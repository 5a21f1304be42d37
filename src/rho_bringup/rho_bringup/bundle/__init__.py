# SPDX-License-Identifier: Apache-2.0
"""The verb `bundle`: check, show, make, schema."""

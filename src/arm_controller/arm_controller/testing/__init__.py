# SPDX-License-Identifier: Apache-2.0
"""Stand-ins for what lies around a controller: clocks, topics, links and a robot's network side.

For tests; nothing else imports it.
"""

# SPDX-License-Identifier: Apache-2.0
"""Ways to an arm: each implements `ArmBackend` of `protocol`, `registry` knows them all.

Arms that are reached by topics (`forward_position`, `joint_trajectory`) need nothing else. Arms
that are reached by a vendor's library are an `ArmLink` (open, exchange, close: calls that may
block). A `LinkServer` runs it in a process of its own, and `RemoteBackend` is the controller's
end of that. Vendor libraries are imported when a link is opened; nothing else needs them.

One suite of tests runs against all back ends (`test/backends/test_conformance.py`).
"""

# SPDX-License-Identifier: Apache-2.0
"""What each arm may do now: permits, causes, and the watchdog's decision as a pure function."""

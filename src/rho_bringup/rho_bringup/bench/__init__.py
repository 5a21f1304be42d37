# SPDX-License-Identifier: Apache-2.0
"""Benchmarks: `./rho bench NAME --out FILE.json`.

A benchmark measures and reports; it never passes or fails, so its exit code is 0 once it has
measured. Each has a folder of its own with one pure module that names it and its arguments, and a
`*_node.py` module, imported only when it runs, that speaks to the running cell. `registry` lists
them.
"""

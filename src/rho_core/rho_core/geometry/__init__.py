# SPDX-License-Identifier: Apache-2.0
"""How close arms come to each other, to themselves and to what stands around them.

Arms are trees of links with capsules on them (`link`, `arm`), the cell around them is half spaces
and keep-out boxes (`surroundings`); `cell` reads all of it from one YAML text. `link_tree` places
the capsules for many joint positions at once and `distances` has the closed forms; `pair_margins`
and `surrounding_margins` say by how much the distance that each pair has to keep is kept.
`path_check` judges the path of one arm before it is followed, `guard` both arms while they move.
"""

# SPDX-License-Identifier: Apache-2.0
"""One compiled cell for all tests of this package."""

from collections.abc import Iterator

import pytest

from rho_sim.cell_sim import CellSim


@pytest.fixture(scope='session')
def shared_sim() -> Iterator[CellSim]:
    """A cell; every test resets it."""
    sim = CellSim()
    yield sim
    sim.close()


@pytest.fixture
def sim(shared_sim: CellSim) -> CellSim:
    """The shared cell in the scene of seed 0."""
    shared_sim.reset(0)
    return shared_sim

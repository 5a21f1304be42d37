# SPDX-License-Identifier: Apache-2.0
"""A large overview picture of the cell, for documents."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from rho_sim.cell_sim import CellSim
from rho_sim.gl_context import OffscreenContext

LOOK_AT_M = (0.27, 0.0, 0.22)
DISTANCE_M = 1.42
AZIMUTH_DEG = 142.0
ELEVATION_DEG = -25.0


def render_picture(sim: CellSim, width: int = 960, height: int = 540) -> NDArray[np.uint8]:
    """Return a picture of the whole cell with shadows and smooth edges.

    Args:
        sim: the cell as it is now.
        width: at most 960 [px].
        height: at most 540 [px].

    Returns:
        Shape (height, width, 3), RGB.

    Raises:
        ConfigError: when the machine cannot draw.
    """
    with sim.studio.lock:
        sim.studio.light_buttons(sim.snapshot())
        model, data = sim.mj_model, mujoco.MjData(sim.mj_model)
        data.qpos[:] = sim.mj_data.qpos
        mujoco.mj_forward(model, data)
        option = mujoco.MjvOption()
        option.geomgroup[:] = (1, 1, 1, 0, 0, 0)
        option.sitegroup[:] = 0
        scene = mujoco.MjvScene(model, maxgeom=200)
        scene.flags[mujoco.mjtRndFlag.mjRND_REFLECTION] = 0
        camera = mujoco.MjvCamera()
        camera.lookat[:] = LOOK_AT_M
        camera.distance, camera.azimuth, camera.elevation = DISTANCE_M, AZIMUTH_DEG, ELEVATION_DEG
        mujoco.mjv_updateScene(
            model, data, option, mujoco.MjvPerturb(), camera,
            mujoco.mjtCatBit.mjCAT_ALL.value, scene)
        for light in scene.lights[:scene.nlight]:
            light.ambient[:] *= 1.5
            light.diffuse[:] *= 1.4
        image = np.empty((height, width, 3), dtype=np.uint8)
        rect = mujoco.MjrRect(0, 0, width, height)
        gl = OffscreenContext(width, height)
        try:
            with gl, _fine(model):
                context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_100)
                mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, context)
                mujoco.mjr_render(rect, scene, context)
                mujoco.mjr_readPixels(image, None, rect, context)
                context.free()
        finally:
            gl.free()
    return np.ascontiguousarray(image[::-1])


@contextmanager
def _fine(model: Any) -> Iterator[None]:
    """Raise the quality for contexts that are made meanwhile."""
    quality = model.vis.quality
    before = (quality.offsamples, quality.numslices, quality.numstacks, quality.shadowsize)
    quality.offsamples, quality.numslices, quality.numstacks = 8, 48, 24
    quality.shadowsize = 4096
    try:
        yield
    finally:
        (quality.offsamples, quality.numslices, quality.numstacks, quality.shadowsize) = before

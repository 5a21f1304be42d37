# SPDX-License-Identifier: Apache-2.0
"""Draws the cell's cameras with one off-screen context."""

import weakref
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from rho_description import Camera
from rho_sim.gl_context import OffscreenContext

NOT_DRAWN = (
    mujoco.mjtRndFlag.mjRND_SHADOW,
    mujoco.mjtRndFlag.mjRND_REFLECTION,
    mujoco.mjtRndFlag.mjRND_SKYBOX,
    mujoco.mjtRndFlag.mjRND_HAZE,
)


class Renderer:
    """One GL context for all cameras, without shadows and reflections."""

    def __init__(self, model: Any, cameras: dict[str, Camera]) -> None:
        """Create the off-screen context.

        Raises:
            ConfigError: when the machine cannot draw.
        """
        self._model = model
        width = max(camera.width for camera in cameras.values())
        height = max(camera.height for camera in cameras.values())
        self._scene = mujoco.MjvScene(model, maxgeom=200)
        for flag in NOT_DRAWN:
            self._scene.flags[flag] = 0
        self._option = mujoco.MjvOption()
        self._option.geomgroup[:] = (1, 1, 1, 0, 0, 0)
        self._option.sitegroup[:] = 0
        self._perturb = mujoco.MjvPerturb()
        self._views = {}
        for name, camera in cameras.items():
            view = mujoco.MjvCamera()
            view.type = mujoco.mjtCamera.mjCAMERA_FIXED
            view.fixedcamid = model.camera(name).id
            self._views[name] = (view, mujoco.MjrRect(0, 0, camera.width, camera.height))
        self._gl = OffscreenContext(width, height)
        with self._gl:
            self._context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_100)
            mujoco.mjr_resizeOffscreen(width, height, self._context)
            mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._context)
        # Left to the interpreter's end, the context would be freed after its library.
        self.close = weakref.finalize(self, _free, self._gl, self._context)

    def render(self, data: Any, camera: str) -> NDArray[np.uint8]:
        """Return the picture of a camera, shape (height, width, 3), RGB."""
        view, rect = self._views[camera]
        mujoco.mjv_updateScene(
            self._model, data, self._option, self._perturb, view,
            mujoco.mjtCatBit.mjCAT_ALL.value, self._scene)
        image = np.empty((rect.height, rect.width, 3), dtype=np.uint8)
        with self._gl:
            mujoco.mjr_render(rect, self._scene, self._context)
            mujoco.mjr_readPixels(image, None, rect, self._context)
        return np.ascontiguousarray(image[::-1])


def _free(gl: OffscreenContext, context: Any) -> None:
    with gl:
        context.free()
    gl.free()

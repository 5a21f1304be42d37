# SPDX-License-Identifier: Apache-2.0
"""Renders the cell's cameras with one off-screen context."""

from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from rho_description import Camera


class Renderer:
    """One GL context for all cameras, without shadows and reflections.

    The context belongs to the thread that creates this object; render only there.
    """

    def __init__(self, model: Any, cameras: dict[str, Camera]) -> None:
        """Create the off-screen context (MUJOCO_GL chooses egl, osmesa or glfw)."""
        self._model = model
        width = max(camera.width for camera in cameras.values())
        height = max(camera.height for camera in cameras.values())
        self._context_gl = mujoco.GLContext(width, height)
        self._context_gl.make_current()
        self._scene = mujoco.MjvScene(model, maxgeom=200)
        for flag in (
            mujoco.mjtRndFlag.mjRND_SHADOW,
            mujoco.mjtRndFlag.mjRND_REFLECTION,
            mujoco.mjtRndFlag.mjRND_SKYBOX,
            mujoco.mjtRndFlag.mjRND_HAZE,
        ):
            self._scene.flags[flag] = 0
        self._option = mujoco.MjvOption()
        self._option.geomgroup[:] = (1, 1, 1, 0, 0, 0)
        self._option.sitegroup[:] = 0
        self._context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_100)
        mujoco.mjr_resizeOffscreen(width, height, self._context)
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._context)
        self._views = {}
        for name, camera in cameras.items():
            view = mujoco.MjvCamera()
            view.type = mujoco.mjtCamera.mjCAMERA_FIXED
            view.fixedcamid = model.camera(name).id
            size = (camera.width, camera.height)
            self._views[name] = (view, mujoco.MjrRect(0, 0, *size))
        self._perturb = mujoco.MjvPerturb()

    def render(self, data: Any, camera: str) -> NDArray[np.uint8]:
        """Return the picture of a camera, shape (height, width, 3), RGB."""
        view, rect = self._views[camera]
        self._context_gl.make_current()
        mujoco.mjv_updateScene(
            self._model, data, self._option, self._perturb, view,
            mujoco.mjtCatBit.mjCAT_ALL.value, self._scene)
        mujoco.mjr_render(rect, self._scene, self._context)
        image = np.empty((rect.height, rect.width, 3), dtype=np.uint8)
        mujoco.mjr_readPixels(image, None, rect, self._context)
        return np.ascontiguousarray(image[::-1])

    def close(self) -> None:
        """Free the context; call it in the thread that created it."""
        self._context.free()
        self._context_gl.free()

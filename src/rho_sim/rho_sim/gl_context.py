# SPDX-License-Identifier: Apache-2.0
"""Off-screen GL without a display: EGL, or OSMesa when MUJOCO_GL=osmesa."""

import os
from collections.abc import Callable
from typing import Any

from rho_core.errors import ConfigError


class OffscreenContext:
    """A GL context that a thread holds only while it draws, so any thread may draw next.

    MuJoCo's own choice without MUJOCO_GL would be a window system, which robots do not have.
    """

    def __init__(self, width: int, height: int) -> None:
        """Create the context.

        Raises:
            ConfigError: when the machine cannot draw, with what to install.
        """
        kind = os.environ.get('MUJOCO_GL', '').strip().lower() or 'egl'
        if kind not in ('egl', 'osmesa'):
            raise ConfigError(f'expected egl or osmesa, got {kind!r}', 'MUJOCO_GL')
        self._release: Callable[[], object]
        try:
            self._create(kind, width, height)
        except (ImportError, OSError, AttributeError, RuntimeError) as error:
            raise ConfigError(
                f'cannot draw without a screen by {kind} ({error}): install '
                'libegl1 libgl1-mesa-dri libosmesa6, or set MUJOCO_GL=osmesa') from error

    def __enter__(self) -> 'OffscreenContext':
        """Take the context into this thread."""
        self._context.make_current()
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave the context to the next thread."""
        self._release()

    def free(self) -> None:
        """Destroy the context."""
        self._context.free()

    def _create(self, kind: str, width: int, height: int) -> None:
        if kind == 'egl':
            from mujoco import egl
            from OpenGL import EGL  # type: ignore[import-untyped]

            self._context: Any = egl.GLContext(width, height)
            nothing = (EGL.EGL_NO_SURFACE, EGL.EGL_NO_SURFACE, EGL.EGL_NO_CONTEXT)
            self._release = lambda: EGL.eglMakeCurrent(egl.EGL_DISPLAY, *nothing)
        else:
            from mujoco import osmesa as mujoco_osmesa
            from OpenGL import GL
            from OpenGL import osmesa

            self._context = mujoco_osmesa.GLContext(width, height)
            self._release = lambda: osmesa.OSMesaMakeCurrent(None, None, GL.GL_FLOAT, 0, 0)

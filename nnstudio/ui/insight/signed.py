"""Numbers with a sign as colours: orange below zero, blue above, the ground's colour at zero."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtGui import QColor, QImage

from nnstudio.ui import theme

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[Any]

_STEPS: Final = 127
"""Shades to each side of zero."""


def negative() -> QColor:
    """Return the colour of what is far below zero."""
    return theme.blend(theme.current().family("conv"), theme.current().text, 0.12)


def positive() -> QColor:
    """Return the colour of what is far above zero: a copy, as who paints wires makes it pale."""
    return QColor(theme.current().accent)


def signed_colour(value: float, reach: float) -> QColor:
    """Return the colour of one number; ``reach`` is the absolute value of the full colours."""
    strength = min(1.0, abs(value) / reach) if reach > 0.0 else 0.0
    return theme.blend(positive() if value >= 0.0 else negative(), _zero(), 1.0 - strength)


def signed_image(values: Numbers, reach: float) -> QImage:
    """Paint a matrix, one pixel per number; a number that is not finite has the colour of errors.

    Args:
        values: (height, width), not empty.
        reach: absolute value of the full colours.
    """
    import numpy as np

    known = np.isfinite(values)
    share = np.nan_to_num(values / reach if reach > 0.0 else values * 0.0, nan=0.0, posinf=0.0, neginf=0.0)
    places = np.rint(np.clip(share, -1.0, 1.0) * _STEPS).astype(np.intp) + _STEPS
    pixels = np.where(known, _table(theme.current().name)[places], np.uint32(theme.current().err.rgba()))
    pixels = np.ascontiguousarray(pixels, dtype=np.uint32)
    height, width = pixels.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def _zero() -> QColor:
    colours = theme.current()
    return theme.blend(colours.panel, colours.text, 0.06)


@cache
def _table(_theme: str) -> npt.NDArray[np.uint32]:
    """Return the colours from far below to far above zero, opaque 0xAARRGGBB."""
    import numpy as np

    rows = [signed_colour(number / _STEPS, 1.0).rgba() for number in range(-_STEPS, _STEPS + 1)]
    return np.array(rows, dtype=np.uint32)

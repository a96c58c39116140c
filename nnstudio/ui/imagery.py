"""Numbers as pictures: feature maps and samples as images, in one table of 256 colours.

The table's lightness rises evenly from dark to bright, so that a map reads the same for the colour-blind and in grey.
Nothing here imports numpy before it is asked for a picture.
"""

from __future__ import annotations

import json
import math
from functools import cache
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QImage

from nnstudio.core.resources import resource

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[Any]

NUM_COLOURS = 256
_ROUND_FROM = 8
"""Tiles smaller than this keep their corners."""


@cache
def colour_table() -> npt.NDArray[np.uint32]:
    """Return the 256 colours as opaque 0xAARRGGBB numbers, dark to bright."""
    import numpy as np

    colours: list[str] = json.loads(resource("themes", "colormap.json").read_text("utf-8"))["colours"]
    assert len(colours) == NUM_COLOURS
    return np.array([0xFF000000 | int(colour[1:], 16) for colour in colours], dtype=np.uint32)


@cache
def _faded_table(alpha: int) -> npt.NDArray[np.uint32]:
    """Return the colours with an opacity from 0 to 255, as premultiplied 0xAARRGGBB."""
    import numpy as np

    channels = [
        ((colour_table() >> np.uint32(shift)) & 0xFF) * alpha // 255 << np.uint32(shift) for shift in (16, 8, 0)
    ]
    return (np.uint32(alpha << 24) | channels[0] | channels[1] | channels[2]).astype(np.uint32)


def value_range(values: Numbers) -> tuple[float, float]:
    """Return the smallest and the largest finite value; (0, 0) where there is none."""
    import numpy as np

    if not values.size:
        return 0.0, 0.0
    low, high = float(values.min()), float(values.max())
    if math.isfinite(low) and math.isfinite(high):
        return low, high
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def places(values: Numbers, low: float | None = None, high: float | None = None) -> npt.NDArray[np.uint8]:
    """Give every number its place in `colour_table`.

    Args:
        values: any shape; numbers outside the range take the end colours, NaN takes the darkest.
        low: value of the darkest colour; the smallest finite number where None.
        high: value of the brightest colour; the largest finite number where None.
    """
    import numpy as np

    numbers = np.asarray(values, dtype=np.float32)
    if low is None or high is None:
        smallest, largest = value_range(numbers)
        low = smallest if low is None else low
        high = largest if high is None else high
    # A flat map is dark: it has nothing to show, as after a ReLU that lets nothing through.
    scale = (NUM_COLOURS - 1) / (high - low) if high > low else 0.0
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = (numbers - np.float32(low)) * np.float32(scale) + np.float32(0.5)
    # fmax, unlike clip, prefers a number to NaN.
    found: npt.NDArray[np.uint8] = np.fmin(np.fmax(scaled, 0.0), NUM_COLOURS - 0.5).astype(np.uint8)
    return found


def shades(values: Numbers, low: float | None = None, high: float | None = None) -> npt.NDArray[np.uint32]:
    """Give every number its colour, as 0xAARRGGBB; the arguments are those of `places`."""
    colours: npt.NDArray[np.uint32] = colour_table()[places(values, low, high)]
    return colours


def map_image(values: Numbers, low: float | None = None, high: float | None = None) -> QImage:
    """Paint a matrix, one pixel per number.

    Args:
        values: (height, width).
        low: value of the darkest colour, as in `places`.
        high: value of the brightest colour.

    Raises:
        ValueError: ``values`` is no matrix, or has no numbers in it.
    """
    if values.ndim != 2 or not values.size:
        raise ValueError(f"values: expected a matrix (height, width), got the shape {values.shape}")
    pixels = shades(values, low, high)
    height, width = pixels.shape
    # The copy owns its memory; the array may go.
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def strip_image(
    values: Numbers, tile: tuple[int, int], gap: int, low: float | None = None, high: float | None = None
) -> QImage:
    """Paint several maps beside each other, enlarged to hard-edged tiles with rounded corners.

    One picture for a whole row is many times cheaper to paint than a picture per map.

    Args:
        values: (maps, height, width), not empty.
        tile: width and height of one tile in pixels of the device.
        gap: transparent pixels after each tile.
        low: value of the darkest colour, as in `places`; the range is the same for all maps.
        high: value of the brightest colour.
    """
    import numpy as np

    count, rows, columns = values.shape
    width, height = tile
    y = np.arange(height) * rows // height
    x = np.arange(width) * columns // width
    spread = places(values, low, high).transpose(1, 0, 2)[y][:, :, x]
    pixels = np.zeros((height, count, width + gap), dtype=np.uint32)
    pixels[:, :, :width] = colour_table()[spread]
    if min(width, height) >= _ROUND_FROM:
        for alpha, corner_y, corner_x in _corners():
            pixels[corner_y, :, corner_x - gap * (corner_x < 0)] = _faded_table(alpha)[spread[corner_y, :, corner_x]]
    length = count * (width + gap)
    return QImage(pixels.data, length, height, 4 * length, QImage.Format.Format_ARGB32_Premultiplied).copy()


@cache
def _corners() -> tuple[tuple[int, npt.NDArray[np.intp], npt.NDArray[np.intp]], ...]:
    """Return opacity, rows and columns of the pixels that corners with a radius of two pixels cut."""
    import numpy as np

    tips = (20, [(0, 0), (0, -1), (-1, 0), (-1, -1)])
    flanks = (150, [(0, 1), (1, 0), (0, -2), (1, -1), (-1, 1), (-2, 0), (-1, -2), (-2, -1)])
    return tuple((alpha, *np.array(pixels, dtype=np.intp).T) for alpha, pixels in (tips, flanks))


def array_tiles(values: Numbers, most: int) -> list[npt.NDArray[np.float32]]:
    """Cut what one layer gives for one sample into matrices to show beside each other.

    Args:
        values: without batch axis. (channels, height, width) gives one matrix per channel, (time, features) and other
            matrices stay one, a vector becomes one row, further leading axes count as channels.
        most: how many matrices at most.
    """
    import numpy as np

    numbers = np.asarray(values, dtype=np.float32)
    if not numbers.size:
        return []
    if numbers.ndim < 2:
        return [numbers.reshape(1, -1)][:most]
    return list(numbers.reshape(-1, *numbers.shape[-2:])[:most])

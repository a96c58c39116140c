"""Numbers as pictures: feature maps and samples as images, in one table of 256 colours.

The table's lightness rises evenly from dark to bright, so that a map reads the same for the colour-blind and in grey.
Nothing here imports numpy before it is asked for a picture.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QImage

from nnstudio.core.resources import resource

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[Any]

NUM_COLOURS = 256


@cache
def colour_table() -> npt.NDArray[np.uint32]:
    """Return the 256 colours as opaque 0xAARRGGBB numbers, dark to bright."""
    import numpy as np

    colours: list[str] = json.loads(resource("themes", "colormap.json").read_text("utf-8"))["colours"]
    assert len(colours) == NUM_COLOURS
    return np.array([0xFF000000 | int(colour[1:], 16) for colour in colours], dtype=np.uint32)


def value_range(values: Numbers) -> tuple[float, float]:
    """Return the smallest and the largest finite value; (0, 0) where there is none."""
    import numpy as np

    numbers = np.asarray(values, dtype=np.float64)
    finite = numbers[np.isfinite(numbers)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def shades(values: Numbers, low: float | None = None, high: float | None = None) -> npt.NDArray[np.uint32]:
    """Give every number its colour, as 0xAARRGGBB.

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
        places = np.nan_to_num((numbers - low) * scale, nan=0.0, posinf=NUM_COLOURS - 1.0, neginf=0.0)
    colours: npt.NDArray[np.uint32] = colour_table()[np.clip(np.rint(places), 0, NUM_COLOURS - 1).astype(np.uint8)]
    return colours


def map_image(values: Numbers, low: float | None = None, high: float | None = None) -> QImage:
    """Paint a matrix, one pixel per number.

    Args:
        values: (height, width).
        low: value of the darkest colour, as in `shades`.
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
        low: value of the darkest colour, as in `shades`; the range is the same for all maps.
        high: value of the brightest colour.
    """
    import numpy as np

    count, rows, columns = values.shape
    width, height = tile
    y = np.arange(height) * rows // height
    x = np.arange(width) * columns // width
    pixels = np.zeros((height, count, width + gap), dtype=np.uint32)
    pixels[:, :, :width] = shades(values, low, high)[:, y][:, :, x].transpose(1, 0, 2)
    _round_corners(pixels, width)
    length = count * (width + gap)
    return QImage(pixels.data, length, height, 4 * length, QImage.Format.Format_ARGB32_Premultiplied).copy()


def _round_corners(pixels: npt.NDArray[np.uint32], width: int) -> None:
    height = pixels.shape[0]
    if min(width, height) < 8:
        return
    for row, column, alpha in _CORNER:
        for y in (row, height - 1 - row):
            for x in (column, width - 1 - column):
                colour = pixels[y, :, x]
                red, green, blue = (((colour >> shift) & 0xFF) * alpha // 255 << shift for shift in (16, 8, 0))
                pixels[y, :, x] = (alpha << 24) | red | green | blue


_CORNER = ((0, 0, 20), (0, 1, 150), (1, 0, 150))
"""Row, column and opacity of the pixels that a corner with a radius of two pixels cuts."""


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

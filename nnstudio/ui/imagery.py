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


def map_image(values: Numbers, low: float | None = None, high: float | None = None) -> QImage:
    """Paint a matrix, one pixel per number.

    Args:
        values: (height, width); numbers outside the range take the end colours, NaN takes the darkest.
        low: value of the darkest colour; the smallest finite number where None.
        high: value of the brightest colour; the largest finite number where None.

    Raises:
        ValueError: ``values`` is no matrix, or has no numbers in it.
    """
    import numpy as np

    numbers = np.asarray(values)
    if numbers.ndim != 2 or not numbers.size:
        raise ValueError(f"values: expected a matrix (height, width), got the shape {numbers.shape}")
    if low is None or high is None:
        smallest, largest = value_range(numbers)
        low = smallest if low is None else low
        high = largest if high is None else high
    # A flat map is dark: it has nothing to show, as after a ReLU that lets nothing through.
    scale = (NUM_COLOURS - 1) / (high - low) if high > low else 0.0
    shades = np.nan_to_num((numbers.astype(np.float64) - low) * scale, nan=0.0, posinf=NUM_COLOURS - 1, neginf=0.0)
    pixels = colour_table()[np.clip(np.rint(shades), 0, NUM_COLOURS - 1).astype(np.intp)]
    height, width = pixels.shape
    # The copy owns its memory; the array may go.
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


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

"""Pictures of simple shapes, made by a rule and a seed: where each is, and which pixel is whose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nnstudio.data.arrays import Indices, Numbers

SIZE = 32
NAMES = ("disk", "square", "triangle")
MOST = 3
"""Objects in a picture, at most."""

_SMALLEST, _LARGEST = 4.0, 7.5
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Shapes:
    """Pictures of shapes that do not overlap.

    Attributes:
        images: ``(N, 1, 32, 32)``, about 0 to 1, with noise.
        masks: ``(N, 32, 32)``: 0 for the ground, 1 more than the class for pixels of an object.
        boxes: ``(N, 3, 5)``: class, middle x, y, width and height as shares of the picture; class -1 for no object.
    """

    images: Numbers
    masks: Indices
    boxes: Numbers


def shapes(num_samples: int, seed: int, noise: float = 0.2) -> Shapes:
    """Make pictures of one to three disks, squares and triangles.

    Args:
        num_samples: pictures.
        seed: the same seed gives the same pictures.
        noise: standard deviation of what is added to each pixel.
    """
    chance = np.random.default_rng(seed)
    images = np.zeros((num_samples, SIZE, SIZE))
    masks = np.zeros((num_samples, SIZE, SIZE), np.int64)
    boxes = np.full((num_samples, MOST, 5), -1.0)
    boxes[:, :, 1:] = 0
    for image, mask, placed in zip(images, masks, boxes, strict=True):
        image += chance.uniform(0.0, 0.3)
        for number in range(chance.integers(1, MOST + 1)):
            box = _free_place(placed[:number], chance)
            if box is None:
                continue
            label = int(chance.integers(len(NAMES)))
            inside = _inside(label, *box)
            image[inside] = chance.uniform(0.45, 1.0)
            mask[inside] = label + 1
            placed[number] = label, *(np.array((*box[:2], 2 * box[2], 2 * box[2])) / SIZE)
    images += chance.normal(0, noise, images.shape)
    return Shapes(images[:, None].astype(np.float32), masks, boxes.astype(np.float32))


def _free_place(placed: npt.NDArray[np.float64], chance: np.random.Generator) -> tuple[float, float, float] | None:
    """Return middle x, y and half the width of a box that meets no other; None where none was found."""
    taken = placed[placed[:, 0] >= 0, 1:] * SIZE
    for _ in range(_TRIES):
        half = chance.uniform(_SMALLEST, _LARGEST)
        x, y = chance.uniform(half, SIZE - half, 2)
        if (np.maximum(abs(taken[:, 0] - x), abs(taken[:, 1] - y)) > taken[:, 2] / 2 + half).all():
            return float(x), float(y), float(half)
    return None


def _inside(label: int, x: float, y: float, half: float) -> npt.NDArray[np.bool_]:
    """Return which pixels ``(32, 32)`` lie in a shape; a triangle stands on its base."""
    down, across = np.mgrid[:SIZE, :SIZE] + 0.5
    if label == 0:
        return np.asarray((across - x) ** 2 + (down - y) ** 2 <= half**2)
    if label == 1:
        return np.asarray(np.maximum(abs(across - x), abs(down - y)) <= half)
    return np.asarray((abs(across - x) <= (down - (y - half)) / 2) & (abs(down - y) <= half))

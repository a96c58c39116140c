"""The answers to all points of a plane: as a picture, and as the lines between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtGui import QColor, QImage

from nnstudio.ui import theme
from nnstudio.ui.insight.classes import class_colour
from nnstudio.ui.insight.contour import contour
from nnstudio.ui.insight.signed import signed_image

if TYPE_CHECKING:
    import numpy.typing as npt

    from nnstudio.data.dataset import Dataset

_SURE: Final = 0.72
"""How strong the colour of a class is where the network is sure of it."""


def answer_image(answers: npt.NDArray[Any], dataset: Dataset) -> QImage:
    """Paint answers ``(K, n, n)``, a pixel for each cell, the highest y on top.

    A place has the colour of the class with the highest score, the paler the smaller its lead over the second. The
    first value of a regression goes from orange over the ground to blue, around the middle of the data's values.
    """
    import numpy as np

    if dataset.task != "classification":
        low, high = float(dataset.targets[:, 0].min()), float(dataset.targets[:, 0].max())
        reach = (high - low) / 2.0 or 1.0
        return signed_image(answers[0][::-1] - (low + high) / 2.0, reach)
    ordered = np.sort(answers, axis=0)
    lead = ordered[-1] - (ordered[-2] if len(ordered) > 1 else 0.0)
    scale = float(np.nan_to_num(np.abs(answers)).max())
    lead = lead / max(1.0, scale)
    winners = answers.argmax(axis=0)
    panel = np.array(_rgb(theme.current().panel))
    colours = np.array([_rgb(class_colour(number)) for number in range(len(answers))])
    share = (_SURE * (0.25 + 0.75 * np.clip(np.nan_to_num(lead), 0.0, 1.0)))[..., None]
    pixels = np.rint(panel * (1.0 - share) + colours[winners] * share).astype(np.uint32)[::-1]
    packed = np.ascontiguousarray(
        np.uint32(0xFF000000) | (pixels[..., 0] << 16) | (pixels[..., 1] << 8) | pixels[..., 2], dtype=np.uint32
    )
    height, width = packed.shape
    return QImage(packed.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def answer_lines(answers: npt.NDArray[Any], dataset: Dataset) -> npt.NDArray[Any]:
    """Return the segments ``(n, 2, 2)``, as `contour` does, between places with different answers.

    Between classes both have the highest score there; the first value of a regression is in the middle of the data's.
    """
    import numpy as np

    if dataset.task != "classification":
        low, high = float(dataset.targets[:, 0].min()), float(dataset.targets[:, 0].max())
        return contour(answers[0], (low + high) / 2.0)
    found = []
    for number in range(len(answers) if len(answers) > 2 else 1):
        others = np.delete(answers, number, axis=0)
        if len(others):
            found.append(contour(answers[number] - others.max(axis=0), 0.0))
    return np.concatenate(found) if found else np.empty((0, 2, 2))


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()

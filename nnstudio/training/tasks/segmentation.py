"""Segmentation: a class for every pixel of a picture."""

from __future__ import annotations

from nnstudio.training.tasks.base import Meter
from nnstudio.training.tasks.places import ClassMeter, Places


class Segmentation(Places):
    """Compares scores ``(B, classes, H, W)`` with class numbers ``(B, H, W)``."""

    axis = 1

    def meter(self) -> Meter:
        """Measure the mean IoU, too."""
        return MaskMeter(self)


class MaskMeter(ClassMeter):
    """Mean intersection over union: over the classes, pixels that both say / pixels that either says.

    Long, Shelhamer, Darrell: Fully convolutional networks for semantic segmentation, 2015. Classes that neither says
    are left out.
    """

    names = ("mean_iou",)

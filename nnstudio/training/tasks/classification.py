"""Classification: scores for classes, of which one is right."""

from __future__ import annotations

from nnstudio.training.tasks.places import Places


class Classification(Places):
    """Compares scores ``(B, classes)`` with class numbers ``(B,)``: a sample is one place."""

    axis = 1

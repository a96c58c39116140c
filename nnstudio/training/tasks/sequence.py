"""Sequence labelling: a class for every place of a sequence."""

from __future__ import annotations

from nnstudio.training.tasks.places import Places


class SequenceLabelling(Places):
    """Compares scores ``(B, T, classes)`` with class numbers ``(B, T)``."""

"""A colour for each class: the same in every view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QColor

from nnstudio.core.words import figure, tr
from nnstudio.data.class_words import class_title
from nnstudio.ui import theme
from nnstudio.ui.figures import sign_text

if TYPE_CHECKING:
    from nnstudio.data.dataset import Dataset

_FAMILIES: Final = ("dense", "conv", "pool", "act", "rec", "merge", "gen", "classic", "norm", "io")
"""Families of layers whose colours are far apart, in the order in which classes take them."""


def class_colour(number: int) -> QColor:
    """Return the colour of a class; after ten they begin anew, darker or lighter."""
    colours = theme.current()
    turn, place = divmod(number, len(_FAMILIES))
    colour = colours.family(_FAMILIES[place])
    return theme.blend(colour, colours.text, min(0.75, 0.35 * turn)) if turn else colour


def mask_colour(number: int) -> QColor:
    """Return the colour of a pixel's class; 0 is the ground, so that 1 has the colour of the first class in a box."""
    return class_colour(number - 1)


def class_name(classes: tuple[str, ...], number: int) -> str:
    """Return what a person calls a class; an output that has no class by its number."""
    return sign_text(class_title(classes[number])) if number < len(classes) else str(number)


def sign_names(dataset: Dataset | None, tokens: Sequence[int]) -> tuple[str, ...]:
    """Return what a person reads for a row of signs: the letters of a text, else the numbers themselves."""
    if dataset is None or dataset.task != "next_token":
        return tuple(map(str, tokens))
    return tuple(sign_text(dataset.classes[token]) for token in tokens)


def sample_colour(dataset: Dataset, row: int) -> QColor:
    """Return the colour of a sample: that of its class, or of its first value between orange and blue."""
    if dataset.task == "classification":
        return class_colour(int(dataset.targets[row]))
    if dataset.task != "regression":
        return theme.current().accent
    from nnstudio.ui.insight.signed import signed_colour

    low, high = float(dataset.targets[:, 0].min()), float(dataset.targets[:, 0].max())
    return signed_colour(float(dataset.targets[row, 0]) - (low + high) / 2.0, (high - low) / 2.0 or 1.0)


def sample_name(dataset: Dataset, row: int) -> str:
    """Say which sample this is, and of which class or value."""
    if dataset.task == "classification":
        return tr("Sample {row}: {name}", row=row, name=class_name(dataset.classes, int(dataset.targets[row])))
    if dataset.task != "regression":
        return tr("Sample {row}", row=row)
    values = ", ".join(figure(value, ".3g") for value in dataset.targets[row].reshape(-1)[:6])
    return tr("Sample {row}: {name}", row=row, name=values)

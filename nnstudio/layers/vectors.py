"""Lists of features: what layers share that work on the last axis."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.axes import fixed_length
from nnstudio.layers.spec import LayerError, Shape, count_elements


def features_of(layer: Words, shape: Shape) -> int:
    """Return how many numbers the last axis has.

    Raises:
        LayerError: there is no axis, or the length of the last one is free.
    """
    if not shape:
        raise LayerError(tr("{layer} needs a list of features; it gets one number.", layer=layer))
    return fixed_length(layer, shape[-1])


def at_every_place(shape: Shape, number: int) -> int | None:
    """Return ``number`` times the places before the last axis; None where a length there is free."""
    places = count_elements(shape[:-1])
    return None if places is None else places * number

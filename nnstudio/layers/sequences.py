"""Sequences, steps × features: what recurrent layers and attention ask of what comes in."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.spec import Dim, LayerError, ParamFix, Shape, Signal, shape_text


def sequence_of(layer: Words, shape: Shape) -> tuple[Dim, int]:
    """Return steps and features.

    Raises:
        LayerError: the shape is not one of a sequence, or the number of features is free.
    """
    if len(shape) != 2:
        raise LayerError(
            tr("{layer} needs a sequence, steps × features; it gets {shape}.", layer=layer, shape=shape_text(shape))
        )
    steps, features = shape
    if isinstance(features, str):
        raise LayerError(
            tr(
                "{layer} needs a fixed number of features; the last length here is free ({axis}).",
                layer=layer,
                axis=features,
            )
        )
    return steps, features


def check_lengths(layer: Words, lengths: Signal | None) -> None:
    """Refuse anything but one number of steps per sequence.

    Raises:
        LayerError: several numbers arrive.
    """
    if lengths is not None and lengths.shape:
        raise LayerError(
            tr(
                "{layer} wants the length of each sequence as one number; lengths gets {shape}.",
                layer=layer,
                shape=shape_text(lengths.shape),
            )
        )


def check_heads(setting: str, heads: int, features: int) -> None:
    """Refuse a number of heads that does not divide the features, and offer the nearest ones that do.

    Args:
        setting: what torch calls the number of heads in this layer.
        heads: how many there are to be.
        features: width of the sequence; every head works on an equal share of it.

    Raises:
        LayerError: the shares are not equal.
    """
    if features % heads == 0:
        return
    fewer = next(number for number in range(min(heads, features), 0, -1) if features % number == 0)
    more = next((number for number in range(heads, min(features, 2 * heads) + 1) if features % number == 0), None)
    near = [fewer] if more is None else sorted((fewer, more), key=lambda number: abs(number - heads))
    raise LayerError(
        tr(
            "{heads} heads cannot share {features} features equally: the number of heads must divide them.",
            heads=heads,
            features=features,
        ),
        *(ParamFix(tr("Set the heads to {heads}", heads=number), {setting: number}) for number in near),
    )

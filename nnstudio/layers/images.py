"""Images, channels × height × width: what layers that work on them share."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.spec import Dim, LayerError, Shape, shape_text


def image_of(layer: Words, shape: Shape) -> tuple[Dim, Dim, Dim]:
    """Return channels, height and width.

    Raises:
        LayerError: the shape is not one of an image.
    """
    if len(shape) == 3:
        return shape
    if len(shape) == 1:
        raise LayerError(
            tr(
                "{layer} needs channels × height × width; it gets {count} features: place it before Flatten.",
                layer=layer,
                count=shape[0],
            )
        )
    if len(shape) == 2:
        raise LayerError(
            tr(
                "{layer} needs channels × height × width; it gets {shape}. A grey image has one channel: {grey}.",
                layer=layer,
                shape=shape_text(shape),
                grey=shape_text((1, *shape)),
            )
        )
    raise LayerError(
        tr("{layer} needs channels × height × width; it gets {shape}.", layer=layer, shape=shape_text(shape))
    )


def channels_of(layer: Words, shape: Shape) -> int:
    """Return the number of channels of an image.

    Raises:
        LayerError: the shape is not one of an image, or the number of channels is free.
    """
    channels = image_of(layer, shape)[0]
    if isinstance(channels, str):
        raise LayerError(
            tr(
                "{layer} needs a fixed number of channels; the first length here is free ({axis}).",
                layer=layer,
                axis=channels,
            )
        )
    return channels

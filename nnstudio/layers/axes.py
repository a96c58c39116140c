"""Axes by number, and signals of one shape: what the layers share that rearrange or join signals.

People count the axes of one sample: 0 is its first, -1 its last. torch counts the batch as axis 0.
"""

from __future__ import annotations

from collections.abc import Iterable

from nnstudio.core.words import Words, tr
from nnstudio.layers.lengths import divide
from nnstudio.layers.parameters import MAX_AXES, Int
from nnstudio.layers.spec import Dim, LayerError, ParamFix, Shape, Signal, shape_text


def axis_setting(label: Words, text: Words, *, name: str = "axis", default: int = 0) -> Int:
    """Return the setting for one axis, counted from the start or, negative, from the end."""
    return Int(name=name, default=default, low=-MAX_AXES, high=MAX_AXES - 1, label=label, help=text)


def place(shape: Shape, axis: int, setting: str = "axis") -> int:
    """Return where an axis stands, counted from 0.

    Raises:
        LayerError: the shape has no such axis; offers the nearest one that there is.
    """
    if not shape:
        raise LayerError(tr("There is no axis {axis}: a single number has none.", axis=axis))
    if not -len(shape) <= axis < len(shape):
        nearest = len(shape) - 1 if axis > 0 else -len(shape)
        raise LayerError(
            tr(
                "There is no axis {axis}: {shape} has axes 0 to {last}.",
                axis=axis,
                shape=shape_text(shape),
                last=len(shape) - 1,
            ),
            take_axis(nearest, setting),
        )
    return axis % len(shape)


def places(shape: Shape, axes: Iterable[int]) -> tuple[int, ...]:
    """Return where several axes stand, from first to last.

    Raises:
        LayerError: the shape lacks one of them.
    """
    found = []
    for axis in axes:
        try:
            found.append(place(shape, axis))
        except LayerError as error:
            raise LayerError(str(error)) from error  # without the mend, which is for settings of one axis
    return tuple(sorted(found))


def place_between(shape: Shape, axis: int) -> int:
    """Return before which axis a new one comes, which shall then have the number ``axis``.

    Raises:
        LayerError: the shape has too few axes for that; offers the nearest number.
    """
    axes = len(shape) + 1
    if not -axes <= axis < axes:
        raise LayerError(
            tr(
                "A new axis {axis} leaves a gap: with it {shape} has axes 0 to {last}.",
                axis=axis,
                shape=shape_text(shape),
                last=axes - 1,
            ),
            take_axis(axes - 1 if axis > 0 else -axes),
        )
    return axis % axes


def torch_place(shape: Shape, dim: int, setting: str = "dim") -> int:
    """Return where in a sample torch's axis ``dim`` stands, for layers that bear torch's own names for settings.

    Raises:
        LayerError: it is the batch, or the shape has no such axis; offers the nearest one that there is.
    """
    axes = len(shape)
    if dim == 0:
        raise LayerError(tr("Axis 0 is the batch here, as torch counts; samples stay apart."), take_axis(1, setting))
    if not -axes <= dim <= axes:
        raise LayerError(
            tr("There is no axis {axis}: torch counts those of {shape} from 1.", axis=dim, shape=shape_text(shape)),
            *((take_axis(axes if dim > 0 else -axes, setting),) if axes else ()),
        )
    return dim - 1 if dim > 0 else dim + axes


def take_axis(axis: int, setting: str = "axis") -> ParamFix:
    """Offer another axis."""
    return ParamFix(tr("Take axis {axis}", axis=axis), {setting: axis})


def torch_dim(axis: int) -> int:
    """Return torch's number of an axis: the batch comes before those that are counted from the start."""
    return axis + 1 if axis >= 0 else axis


def require_one_shape(layer: Words, signals: Iterable[Signal], *fixes: ParamFix) -> Signal:
    """Return the signal that all inputs are like; torch would stretch unequal ones silently.

    Raises:
        LayerError: shapes differ; carries ``fixes``.
    """
    first, *others = signals
    for other in others:
        if other.shape != first.shape:
            raise LayerError(
                tr(
                    "{layer} needs inputs of one shape; it gets {first} and {other}.",
                    layer=layer,
                    first=shape_text(first.shape),
                    other=shape_text(other.shape),
                ),
                *fixes,
            )
    return first


def fixed_length(layer: Words, length: Dim) -> int:
    """Return the number of features on the last axis.

    Raises:
        LayerError: it is free.
    """
    if isinstance(length, str):
        raise LayerError(
            tr(
                "{layer} needs a fixed number of features; the last length here is free ({axis}).",
                layer=layer,
                axis=length,
            )
        )
    return length


def regroup(lengths: Shape, wanted: Shape, setting: str) -> tuple[Shape, tuple[int, ...]]:
    """Arrange the numbers on some axes on other ones.

    Args:
        lengths: the axes there are.
        wanted: the axes that shall be; one of them may be -1 or a name and follows from the others.
        setting: where ``wanted`` comes from, for the mend.

    Returns:
        The new lengths, and the same as torch takes them: with -1 for a length that torch works out.

    Raises:
        LayerError: the numbers do not come out even, or more than one length would have to be worked out.
    """
    open_ = [index for index, length in enumerate(wanted) if isinstance(length, str) or length == -1]
    if len(open_) > 1:
        raise LayerError(
            tr("Only one length can follow from the others; in {wanted} there are several.", wanted=shape_text(wanted))
        )
    rest = divide(lengths, (length for length in wanted if isinstance(length, int) and length != -1))
    follows = wanted[open_[0]] if open_ else 1
    named = isinstance(follows, str) and isinstance(rest, int)  # a name stands for any number, as -1 does
    if rest is None or (follows not in (-1, rest) and not named):
        raise LayerError(
            tr("{given} cannot be arranged as {wanted}.", given=shape_text(lengths), wanted=shape_text(wanted)),
            *_worked_out(lengths, wanted, setting),
        )
    known = tuple(rest if index in open_ else length for index, length in enumerate(wanted))
    return known, tuple(-1 if isinstance(length, str) else length for length in wanted)


def _worked_out(lengths: Shape, wanted: Shape, setting: str) -> tuple[ParamFix, ...]:
    """Offer to let the first length follow that can."""
    for index in range(len(wanted)):
        others = [length for at, length in enumerate(wanted) if at != index]
        if -1 not in others and divide(lengths, others) is not None and not any(isinstance(o, str) for o in others):
            value = (*wanted[:index], -1, *wanted[index + 1 :])
            return (ParamFix(tr("Work out length number {number}", number=index + 1), {setting: value}),)
    return ()

"""The arithmetic of one number that a layer gives: every product and sum, and the slopes on the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from nnstudio.training.studies.base import Study

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnstudio.training.drill.frozen import Frozen
    from nnstudio.training.drill.sheet import Line, Number
    from nnstudio.training.studies.base import Scene

_ARRIVALS = 200
"""Places from which a slope comes that are told one by one; the rest is added up."""

_KEPT = 2_048
"""Numbers of a layer that are told, to see what changes."""


class Operand(msgspec.Struct, frozen=True, gc=False):
    """A number that goes into a line.

    Attributes:
        symbol: in TeX.
        value: what it is.
        slope: what the slope of the line's result comes to here.
        kind: ``input``, ``weight``, ``line`` or ``constant``.
        name: the layer that gave it, or the key of the weight.
        index: its place there; of a line, its number.
    """

    symbol: str
    value: float
    slope: float
    kind: str
    name: str
    index: tuple[int, ...]


class Worked(msgspec.Struct, frozen=True):
    """One line.

    Attributes:
        symbol: of the result, in TeX.
        rule: ``dot`` for Σ left·right + Σ added, ``max``, or a name in `nnstudio.training.drill.functions`.
        left, right, added: what goes in; of a curve ``left`` alone.
        value: what comes out.
        slope: how fast the loss changes with it.
        local: of a curve, how steep it is there.
    """

    symbol: str
    rule: str
    left: tuple[Operand, ...]
    right: tuple[Operand, ...]
    added: tuple[Operand, ...]
    value: float
    slope: float
    local: float


class Arrival(msgspec.Struct, frozen=True):
    """A place from which a slope comes: how fast it changes with the number, and the slope of the loss there."""

    name: str
    index: tuple[int, ...]
    local: float
    slope: float

    @property
    def product(self) -> float:
        """What it adds to the slope."""
        return self.local * self.slope


class LayerValues(msgspec.Struct, frozen=True, eq=False):
    """The numbers of one layer, flat, at most so many; and how many there are."""

    name: str
    values: npt.NDArray[np.float64]
    count: int


class ArithmeticSeen(msgspec.Struct, frozen=True, eq=False):
    """One number of one layer.

    Attributes:
        layer: its name.
        index: which of its numbers.
        shape: of all of them.
        values, slopes: all of them, without the batch.
        lines: how it is worked out, in order; the last gives ``value``.
        value: the number.
        slope: how fast the loss changes with it; of a recurrent state through all later steps.
        arrivals: where the slope comes from, the largest first; None where torch cannot tell.
        rest: what further places add.
        layers: what every layer gives, in the order of the network.
        loss: of this sample.
    """

    layer: str
    index: tuple[int, ...]
    shape: tuple[int, ...]
    values: npt.NDArray[np.float64]
    slopes: npt.NDArray[np.float64]
    lines: tuple[Worked, ...]
    value: float
    slope: float
    arrivals: tuple[Arrival, ...] | None
    rest: float
    layers: tuple[LayerValues, ...]
    loss: float


class ArithmeticStudy(Study, frozen=True):
    """How does this layer come to this number?

    Attributes:
        layer: its name; ``loss`` for the loss.
        index: which number, without the batch; empty for the one whose slope is the largest, the middle where none has
            one; and what is too large is the last.
        row: of the data set.
    """

    layer: str
    index: tuple[int, ...]
    row: int

    def see(self, scene: Scene) -> ArithmeticSeen:
        """Work it out in float64, on a copy.

        Raises:
            ValueError: there is no such layer, or its arithmetic is not written out.
        """
        import numpy as np

        from nnstudio.training.drill.frozen import LOSS, Frozen
        from nnstudio.training.drill.sheet import Sheet

        frozen = Frozen(scene, self.row)
        shape = frozen.layer_shape(self.layer)
        wanted = self.index if len(self.index) == len(shape) else _telling(frozen, self.layer, shape)
        index = tuple(min(at, size - 1) for at, size in zip(wanted, shape, strict=False))
        sheet = Sheet()
        result = frozen.write(sheet, self.layer, index)
        is_loss = self.layer == LOSS
        found = [] if is_loss else frozen.arriving(self.layer, index)
        arrivals, rest = None, 0.0
        if found is not None:
            told = sorted(
                (Arrival(origin.name, origin.index, local, slope) for origin, local, slope in found),
                key=lambda arrival: -abs(arrival.product),
            )
            arrivals = tuple(told[:_ARRIVALS])
            rest = sum(arrival.product for arrival in told[_ARRIVALS:])
        values = np.array(result.value) if is_loss else frozen.value(self.layer)
        return ArithmeticSeen(
            layer=self.layer,
            index=index,
            shape=shape,
            values=values.copy(),
            slopes=np.array(1.0) if is_loss else frozen.slope(self.layer).copy(),
            lines=tuple(_worked(line) for line in sheet.lines),
            value=result.value,
            slope=result.slope,
            arrivals=arrivals,
            rest=rest,
            layers=tuple(
                LayerValues(name, array.reshape(-1)[:_KEPT].copy(), array.size) for name, array in frozen.layers()
            ),
            loss=float(frozen.loss.detach()),
        )


def _telling(frozen: Frozen, layer: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a number to begin with: the one that the loss feels most, else one in the middle."""
    import numpy as np

    slopes = frozen.slope(layer) if shape else np.zeros(shape)
    if slopes.any():
        return tuple(int(at) for at in np.unravel_index(int(np.abs(slopes).argmax()), shape))
    return tuple(size // 2 for size in shape) if len(shape) > 1 else (0,) * len(shape)


def _worked(line: Line) -> Worked:
    from nnstudio.training.drill.functions import FUNCTIONS

    slopes = line.slopes()
    left, right, added = (
        tuple(_operand(number, slope) for number, slope in zip(numbers, steep, strict=False))
        for numbers, steep in zip((line.left, line.right, line.added), slopes, strict=True)
    )
    local = FUNCTIONS[line.rule].slope(line.left[0].value, **line.options) if line.rule in FUNCTIONS else 1.0
    return Worked(line.result.symbol, line.rule, left, right, added, line.result.value, line.result.slope, local)


def _operand(number: Number, slope: float) -> Operand:
    origin = number.origin
    return Operand(number.symbol, number.value, slope, origin.kind, origin.name, origin.index)

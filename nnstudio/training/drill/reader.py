"""What a recurrent layer reads while one of its steps is written out: the states before, and those below."""

from __future__ import annotations

from collections.abc import Callable

from nnstudio.training.drill.cells import Cell, Strand, place_of
from nnstudio.training.drill.sheet import Number, Origin, Sheet
from nnstudio.training.drill.unroll import Unrolled, strands


class Reader:
    """Gives the numbers of states by their cells.

    Args:
        states: of the layer.
        layer: its name.
        sheet: where numbers are taken from.
        start: gives a number of the first state where one is wired: (0 for h or 1 for c, row, unit) -> number.
    """

    def __init__(
        self, states: Unrolled, layer: str, sheet: Sheet, start: Callable[[int, int, int], Number] | None
    ) -> None:
        self._states, self._layer, self._sheet, self._start = states, layer, sheet, start

    def state(self, cell: Cell, symbol: str) -> Number:
        """Return a state or a memory; before the first step what the layer begins with."""
        if not 0 <= cell.step < len(self._states.inputs):
            if self._start is None:
                return self._sheet.constant(0.0)
            return self._start(int(cell.memory), cell.strand.row(self._states.module), cell.unit)
        name, index = place_of(self._layer, self._states.module, cell)
        return self._sheet.leaf(Origin("input", name, index), self._states.value(cell), symbol)

    def strands(self, level: int) -> list[Strand]:
        """Return the strands of one level."""
        return strands(self._states.module, level)

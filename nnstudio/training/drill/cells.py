"""Where the states of a recurrent layer are: level, direction, step and unit, and what each is called."""

from __future__ import annotations

from typing import Any, NamedTuple


class Strand(NamedTuple):
    """One reading of a sequence: by which level of a stack, and whether from its end.

    Attributes:
        level: 0 for the lowest.
        back: whether it reads from the end.
    """

    level: int
    back: bool

    @property
    def suffix(self) -> str:
        """What torch puts behind the names of its weights."""
        return f"_l{self.level}" + ("_reverse" if self.back else "")

    def before(self, step: int) -> int:
        """Return the step that is read before this one."""
        return step + 1 if self.back else step - 1

    def row(self, module: Any) -> int:
        """Return its place in what torch stacks of all strands."""
        return self.level * ways(module) + int(self.back)


class Cell(NamedTuple):
    """One unit of a strand at one step of the sample; ``memory`` is the c of an LSTM, else the state h is meant."""

    strand: Strand
    step: int
    unit: int
    memory: bool = False


def ways(module: Any) -> int:
    """Return in how many directions a layer reads."""
    return 2 if module.bidirectional else 1


def top(module: Any, index: tuple[int, ...]) -> Cell:
    """Return the cell behind a number of the layer's output ``(T, H·d)``."""
    step, place = index
    back, unit = divmod(place, module.hidden_size)
    return Cell(Strand(module.num_layers - 1, bool(back)), step, unit)


def place_of(layer: str, module: Any, cell: Cell) -> tuple[str, tuple[int, int]]:
    """Return what the numbers of a cell's strand are called, and which of them it is.

    States of the highest level are what the layer gives. All others have names of their own: that of the layer, the
    number of the level where there are several, ← for reading from the end, and c for memories.
    """
    level, back = cell.strand
    if level == module.num_layers - 1 and not cell.memory:
        return layer, (cell.step, int(back) * module.hidden_size + cell.unit)
    parts = [layer]
    if module.num_layers > 1:
        parts.append(str(level + 1))
    if back:
        parts.append("←")
    if cell.memory:
        parts.append("c")
    return " ".join(parts), (cell.step, cell.unit)


def read_name(name: str) -> tuple[str, Strand | None, bool]:
    """Take a name of `place_of` apart: layer, strand if it says one, and whether memories are meant."""
    layer, *parts = name.split(" ")
    if not parts:
        return layer, None, False
    level = next((int(part) - 1 for part in parts if part.isdecimal()), 0)
    return layer, Strand(level, "←" in parts), "c" in parts

"""A recurrent layer step by step in float64, with the slopes of the loss at every state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from nnstudio.training.drill.cells import Cell, Strand, ways
from nnstudio.training.drill.graph import Array, column
from nnstudio.training.drill.sheet import Number, Sheet

States = Mapping[Strand, Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Unrolled:
    """States after each step of the sample, by strand.

    Attributes:
        module: the layer.
        inputs: ``(T, D)``.
        starts: state and memory before the first step, ``(H,)`` each.
        state, memory: ``(T, H)`` for each strand; memory is zero but for LSTM.
        state_slope, memory_slope: how fast the loss changes with each, through all that comes later.
    """

    module: Any
    inputs: Tensor
    starts: Mapping[Strand, tuple[Tensor, Tensor]]
    state: States
    memory: States
    state_slope: States
    memory_slope: States

    def value(self, cell: Cell) -> float:
        """Return a state or a memory."""
        return float((self.memory if cell.memory else self.state)[cell.strand][cell.step, cell.unit])

    def slope(self, cell: Cell) -> float:
        """Return how fast the loss changes with it, through all that comes later."""
        return float((self.memory_slope if cell.memory else self.state_slope)[cell.strand][cell.step, cell.unit])

    def table(self, strand: Strand, *, memory: bool, slopes: bool) -> Array:
        """Return all numbers of a strand, ``(T, H)``."""
        tables = (self.state_slope, self.memory_slope) if slopes else (self.state, self.memory)
        array: Array = tables[memory][strand].detach().numpy().copy()
        return array

    @property
    def output_slope(self) -> Array:
        """How fast the loss changes with what the layer gives, ``(T, H·d)``, through all that comes later."""
        level = self.module.num_layers - 1
        array: Array = torch.cat([self.state_slope[strand] for strand in strands(self.module, level)], 1).numpy()
        return array

    def seeds(self, sheet: Sheet, result: Number, cell: Cell) -> dict[Number, float]:
        """Return where the way back through one step begins: at its state, and at the memory by what comes later."""
        seeds = {result: self.slope(cell)}
        memory = next((line.result for line in sheet.lines if line.result.symbol == "c"), None)
        if memory is not None and not cell.memory:
            gate = next(line.result.value for line in sheet.lines if line.result.symbol == "o")
            here = self.slope(cell) * gate * (1.0 - float(torch.tensor(memory.value, dtype=torch.float64).tanh()) ** 2)
            seeds[memory] = self.slope(cell._replace(memory=True)) - here
        return seeds

    def arriving(self, cell: Cell) -> Iterator[tuple[Cell, float]]:
        """Give the cells that a state or a memory goes to within the layer, and how fast each changes with it."""
        module = self.module
        later = cell.step - 1 if cell.strand.back else cell.step + 1
        if cell.memory:
            yield from self._from_memory(cell)
        if 0 <= later < len(self.inputs):
            yield from self._through(cell, cell.strand, later, 2 if cell.memory else 1)
        if not cell.memory and cell.strand.level < module.num_layers - 1:
            place = int(cell.strand.back) * module.hidden_size + cell.unit
            for strand in strands(module, cell.strand.level + 1):
                yield from self._through(cell._replace(unit=place), strand, cell.step, 0)

    def entered(self, index: tuple[int, ...]) -> Iterator[tuple[Cell, float]]:
        """Give the cells that a number of the input goes to, and how fast each changes with it."""
        step, place = index
        for strand in strands(self.module, 0):
            yield from self._through(Cell(strand, step, place), strand, step, 0)

    def begun(self, row: int, unit: int, *, memory: bool) -> Iterator[tuple[Cell, float]]:
        """Give the cells that a number of the first states goes to; ``row`` as torch stacks them."""
        level, back = divmod(row, ways(self.module))
        strand, step = Strand(level, bool(back)), len(self.inputs) - 1 if back else 0
        yield from self._through(Cell(strand, step, unit), strand, step, 2 if memory else 1)

    def _from_memory(self, cell: Cell) -> Iterator[tuple[Cell, float]]:
        """Give the state that the memory shows in, that the state of the same step: ∂h/∂c = o (1 − tanh² c)."""
        memory = self.memory[cell.strand][cell.step].detach().requires_grad_()
        x, before, _ = self._parts(cell.strand, cell.step)
        with torch.enable_grad():
            shown = _shown(self.module, _weights(self.module), cell.strand, x, before, memory)
            found = column(shown, memory, (cell.unit,))
        if found is not None:
            yield cell._replace(memory=False), float(found[cell.unit])

    def _through(self, cell: Cell, strand: Strand, step: int, which: int) -> Iterator[tuple[Cell, float]]:
        """Give the columns of one step's Jacobian: ``which`` of its input, its state or its memory before is asked."""
        x, before, kept = (
            part.detach().requires_grad_(number == which) for number, part in enumerate(self._parts(strand, step))
        )
        asked = (x, before, kept)[which]
        weights, is_lstm = _weights(self.module), isinstance(self.module, torch.nn.LSTM)
        with torch.enable_grad():
            state, memory = _step(self.module, weights, strand, x, before, kept)
            if is_lstm:  # the state changes with the memory of its step, and that is told there
                state = _shown(self.module, weights, strand, x, before, memory.detach())
            told = ((state, False), (memory, True)) if is_lstm else ((state, False),)
            for after, is_memory in told:
                found = column(after, asked, (cell.unit,))
                for unit, local in enumerate([] if found is None else found.tolist()):
                    yield Cell(strand, step, unit, is_memory), local

    def _parts(self, strand: Strand, step: int) -> tuple[Tensor, Tensor, Tensor]:
        """Return what goes into one step: input, state and memory before."""
        before = strand.before(step)
        if strand.level == 0:
            given = self.inputs[step]
        else:
            given = torch.cat([self.state[below][step] for below in strands(self.module, strand.level - 1)])
        if not 0 <= before < len(self.inputs):
            return (given.detach(), *self.starts[strand])
        return given.detach(), self.state[strand][before].detach(), self.memory[strand][before].detach()


def strands(module: Any, level: int) -> list[Strand]:
    """Return the strands of one level, the forward one first."""
    return [Strand(level, bool(back)) for back in range(ways(module))]


def unroll(module: Any, inputs: Tensor, slopes: Any, first: Sequence[Tensor] | None = None) -> Unrolled:
    """Go through one sequence by the cell's own formulas, level by level and in each direction.

    Args:
        module: an RNN, LSTM or GRU, batch first.
        inputs: ``(1, T, D)`` float64.
        slopes: of the loss at the layer's outputs, as ``{0: at all states, 1: at the last states, 2: at the last
            memories}`` in torch's shapes; None where it does not depend on them.
        first: the states that it begins with, and the memories of an LSTM, as torch stacks them; None for zeros.
    """
    weights, size = _weights(module), module.hidden_size
    given = (*(first or ()), None, None)[:2]
    starts: dict[Strand, tuple[Tensor, Tensor]] = {}
    states: dict[Strand, list[Tensor]] = {}
    memories: dict[Strand, list[Tensor]] = {}
    count = inputs.shape[1]
    with torch.enable_grad():
        arriving = list(inputs[0].detach())
        for level in range(module.num_layers):
            for strand in strands(module, level):
                zero = torch.zeros(size, dtype=torch.float64, requires_grad=True)
                row = strand.row(module)
                state, memory = (zero if part is None else part[row, 0].detach().requires_grad_() for part in given)
                starts[strand] = (state.detach(), memory.detach())
                states[strand], memories[strand] = [zero] * count, [zero] * count
                for step in reversed(range(count)) if strand.back else range(count):
                    state, memory = _step(module, weights, strand, arriving[step], state, memory)
                    states[strand][step], memories[strand][step] = state, memory
            arriving = [torch.cat([states[strand][step] for strand in strands(module, level)]) for step in range(count)]
        loss = _surrogate(module, arriving, states, memories, slopes if isinstance(slopes, dict) else {0: slopes})
        every = [*(state for strand in states for state in states[strand])]
        every += [memory for strand in states for memory in memories[strand]]
        found = torch.autograd.grad(loss, every, allow_unused=True) if loss.requires_grad else [None] * len(every)
    steep = [torch.zeros(size, dtype=torch.float64) if slope is None else slope for slope in found]
    tables = [torch.stack(steep[start : start + count]) for start in range(0, len(steep), count)]
    half = len(states)
    return Unrolled(
        module=module,
        inputs=inputs[0].detach(),
        starts=starts,
        state={strand: torch.stack(rows).detach() for strand, rows in states.items()},
        memory={strand: torch.stack(rows).detach() for strand, rows in memories.items()},
        state_slope=dict(zip(states, tables[:half], strict=True)),
        memory_slope=dict(zip(states, tables[half:], strict=True)),
    )


def _weights(module: Any) -> dict[str, Tensor]:
    return {name: value.detach() for name, value in module.named_parameters()}


def _sums(
    module: Any, weights: Mapping[str, Tensor], strand: Strand, x: Tensor, state: Tensor
) -> tuple[Tensor, Tensor]:
    """Return what input and state tell all gates."""
    suffix, zero = strand.suffix, torch.zeros(1, dtype=torch.float64)
    told = weights[f"weight_ih{suffix}"] @ x + weights.get(f"bias_ih{suffix}", zero)
    return told, weights[f"weight_hh{suffix}"] @ state + weights.get(f"bias_hh{suffix}", zero)


def _step(
    module: Any, weights: Mapping[str, Tensor], strand: Strand, x: Tensor, state: Tensor, memory: Tensor
) -> tuple[Tensor, Tensor]:
    """Return state and memory after a step; the formulas and their sources stand in `drill.recurrent`."""
    told, own = _sums(module, weights, strand, x, state)
    size = module.hidden_size
    if isinstance(module, torch.nn.LSTM):
        i, f, g, _ = (told + own).chunk(4)
        after = f.sigmoid() * memory + i.sigmoid() * g.tanh()
        return _shown(module, weights, strand, x, state, after), after
    if isinstance(module, torch.nn.GRU):
        r, z = (told + own)[: 2 * size].sigmoid().chunk(2)
        n = (told[2 * size :] + r * own[2 * size :]).tanh()
        return (1 - z) * n + z * state, memory
    return ((told + own).relu() if module.nonlinearity == "relu" else (told + own).tanh()), memory


def _shown(
    module: Any, weights: Mapping[str, Tensor], strand: Strand, x: Tensor, state: Tensor, memory: Tensor
) -> Tensor:
    """Return what an LSTM shows of its memory: o tanh(c)."""
    told, own = _sums(module, weights, strand, x, state)
    return (told + own)[3 * module.hidden_size :].sigmoid() * memory.tanh()


def _surrogate(
    module: Any,
    output: list[Tensor],
    states: Mapping[Strand, list[Tensor]],
    memories: Mapping[Strand, list[Tensor]],
    slopes: Mapping[int, Any],
) -> Tensor:
    """Return a sum with the loss' slopes at the layer's outputs: going back from it is going back from the loss."""
    loss = torch.zeros((), dtype=torch.float64)
    if slopes.get(0) is not None:
        loss = loss + (torch.stack(output) * slopes[0][0]).sum()
    for number, tables in ((1, states), (2, memories)):
        if slopes.get(number) is not None:
            for strand, rows in tables.items():
                loss = loss + (rows[0 if strand.back else -1] * slopes[number][strand.row(module), 0]).sum()
    return loss

"""Cells with a memory: one step of a sequence, from the state before it to the state after.

The state before counts as given, and so do the states of the level below, where layers are stacked. How fast the loss
changes with a state, through all that comes later, is worked out by going through the whole sequence: that slope is
where the way back through one step begins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from nnstudio.training.drill.cells import Cell, top
from nnstudio.training.drill.sheet import Number
from nnstudio.training.drill.work import Index, Work, Worker

LAYERS = ("RNN", "FlexRNN", "LSTM", "FlexLSTM", "GRU", "FlexGRU")

Rule = Callable[[Work, Cell], Number]


def gate(work: Work, cell: Cell, symbol: str, number: int, name: str) -> Number:
    """Return f(W_i x + b_i + W_h h + b_h) for one unit of the ``number``-th of torch's stacked gates."""
    inputs, state = _inputs(work, cell), _states(work, cell)
    row, suffix = number * work.module.hidden_size + cell.unit, cell.strand.suffix
    left = [work.weight(f"weight_ih{suffix}", (row, j)) for j in range(len(inputs))]
    left += [work.weight(f"weight_hh{suffix}", (row, j), "u") for j in range(len(state))]
    added = [*_bias(work, "bias_ih", cell, row, "b"), *_bias(work, "bias_hh", cell, row, "b'")]
    total = work.sheet.dot(f"z_{symbol}", left, [*inputs, *state], added)
    return work.sheet.apply(symbol, name, total)


def rnn(work: Work, cell: Cell) -> Number:
    """h_t = tanh(W_i x_t + b_i + W_h h_(t−1) + b_h) (Elman 1990)."""
    return gate(work, cell, "h", 0, work.module.nonlinearity)


def lstm(work: Work, cell: Cell) -> Number:
    """c = f c + i g, h = o tanh(c) (Hochreiter, Schmidhuber 1997; f: Gers and others 2000)."""
    sheet = work.sheet
    # torch stacks i, f, g, o.
    i = gate(work, cell, "i", 0, "sigmoid")
    f = gate(work, cell, "f", 1, "sigmoid")
    g = gate(work, cell, "g", 2, "tanh")
    memory = sheet.dot("c", [f, i], [_before(work, cell._replace(memory=True), "c'"), g])
    if cell.memory:
        return memory
    o = gate(work, cell, "o", 3, "sigmoid")
    return sheet.dot("h", [o], [sheet.apply("t", "tanh", memory)])


def gru(work: Work, cell: Cell) -> Number:
    """n = tanh(W x + b + r (U h + b′)), h = (1 − z) n + z h′; torch applies r after the matrix (Cho 2014)."""
    size, sheet = work.module.hidden_size, work.sheet
    inputs, state = _inputs(work, cell), _states(work, cell)
    r = gate(work, cell, "r", 0, "sigmoid")
    z = gate(work, cell, "z", 1, "sigmoid")
    row, suffix = 2 * size + cell.unit, cell.strand.suffix
    own = sheet.dot(
        "u",
        [work.weight(f"weight_hh{suffix}", (row, j)) for j in range(size)],
        state,
        _bias(work, "bias_hh", cell, row, "b'"),
    )
    added = [sheet.dot("v", [r], [own]), *_bias(work, "bias_ih", cell, row, "b")]
    weights = [work.weight(f"weight_ih{suffix}", (row, j)) for j in range(len(inputs))]
    n = sheet.apply("n", "tanh", sheet.dot("s", weights, inputs, added))
    rest = sheet.dot("q", [sheet.constant(-1.0)], [z], [sheet.constant(1.0)])
    return sheet.dot("h", [rest, z], [n, state[cell.unit]])


def _inputs(work: Work, cell: Cell) -> list[Number]:
    """Return what comes in at a step: of the sequence, or the states of the level below, those of both directions."""
    if cell.strand.level == 0:
        return [work.get(0, (cell.step, j)) for j in range(work.module.input_size)]
    reader: Any = work.options["reader"]
    return [
        reader.state(cell._replace(strand=below, unit=unit, memory=False), "x")
        for below in reader.strands(cell.strand.level - 1)
        for unit in range(work.module.hidden_size)
    ]


def _states(work: Work, cell: Cell) -> list[Number]:
    return [_before(work, cell._replace(unit=j, memory=False), "h'") for j in range(work.module.hidden_size)]


def _before(work: Work, cell: Cell, symbol: str) -> Number:
    """Return a number of the state or memory before a step."""
    reader: Any = work.options["reader"]
    before: Number = reader.state(cell._replace(step=cell.strand.before(cell.step)), symbol)
    return before


def _bias(work: Work, name: str, cell: Cell, row: int, symbol: str) -> list[Number]:
    return [work.weight(f"{name}{cell.strand.suffix}", (row,), symbol)] if work.module.bias else []


def _of_output(rule: Rule) -> Worker:
    def work_out(work: Work, index: Index) -> Number:
        return rule(work, top(work.module, index))

    return work_out


RULES: Final[Mapping[str, Rule]] = {
    "RNN": rnn,
    "FlexRNN": rnn,
    "LSTM": lstm,
    "FlexLSTM": lstm,
    "GRU": gru,
    "FlexGRU": gru,
}
RECURRENT: Final[Mapping[str, Worker]] = {name: _of_output(rule) for name, rule in RULES.items()}

"""Cells with a memory: one step of a sequence, from the state before it to the state after.

The state before counts as given. How fast the loss changes with a state, through all that comes later, is worked out
by going through the whole sequence: that slope is where the way back through one step begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nnstudio.core.words import tr
from nnstudio.training.drill.sheet import Number
from nnstudio.training.drill.work import Index, Work, Worker

LAYERS = ("RNN", "FlexRNN", "LSTM", "FlexLSTM", "GRU", "FlexGRU")


def gate(work: Work, symbol: str, row: int, state: list[Number], inputs: list[Number], name: str) -> Number:
    """Return f(W_i x + b_i + W_h h + b_h) for one row of torch's stacked weights."""
    total = work.sheet.dot(f"z_{symbol}", *_weighed(work, row, inputs, state))
    return work.sheet.apply(symbol, name, total)


def rnn(work: Work, index: Index) -> Number:
    """h_t = tanh(W_i x_t + b_i + W_h h_(t−1) + b_h) (Elman 1990)."""
    step, unit = index
    inputs, state = _given(work, step)
    return gate(work, "h", unit, state, inputs, work.module.nonlinearity)


def lstm(work: Work, index: Index) -> Number:
    """c = f c + i g, h = o tanh(c) (Hochreiter, Schmidhuber 1997); torch's order is i, f, g, o."""
    step, unit = index
    size, sheet = work.module.hidden_size, work.sheet
    inputs, state = _given(work, step)
    curves = (("i", "sigmoid"), ("f", "sigmoid"), ("g", "tanh"), ("o", "sigmoid"))
    i, f, g, o = (
        gate(work, symbol, number * size + unit, state, inputs, name) for number, (symbol, name) in enumerate(curves)
    )
    before = _before(work, "memory", step, unit, "c'")
    memory = sheet.dot("c", [f, i], [before, g])
    return sheet.dot("h", [o], [sheet.apply("t", "tanh", memory)])


def gru(work: Work, index: Index) -> Number:
    """n = tanh(W x + b + r (U h + b′)), h = (1 − z) n + z h′; torch applies r after the matrix (Cho 2014)."""
    step, unit = index
    size, sheet = work.module.hidden_size, work.sheet
    inputs, state = _given(work, step)
    r = gate(work, "r", unit, state, inputs, "sigmoid")
    z = gate(work, "z", size + unit, state, inputs, "sigmoid")
    row = 2 * size + unit
    biased = work.module.bias
    own = sheet.dot(
        "u",
        [work.weight("weight_hh_l0", (row, j)) for j in range(size)],
        state,
        [work.weight("bias_hh_l0", (row,), "b'")] if biased else [],
    )
    gated = sheet.dot("v", [r], [own])
    added = [gated, *([work.weight("bias_ih_l0", (row,), "b")] if biased else [])]
    total = sheet.dot("s", [work.weight("weight_ih_l0", (row, j)) for j in range(len(inputs))], inputs, added)
    n = sheet.apply("n", "tanh", total)
    rest = sheet.dot("q", [sheet.constant(-1.0)], [z], [sheet.constant(1.0)])
    return sheet.dot("h", [rest, z], [n, state[unit]])


def _given(work: Work, step: int) -> tuple[list[Number], list[Number]]:
    module = work.module
    if module.num_layers > 1 or module.bidirectional or getattr(module, "proj_size", 0):
        raise ValueError(tr("The arithmetic of recurrent layers is written out for one layer that reads one way."))
    inputs = [work.get(0, (step, j)) for j in range(module.input_size)]
    return inputs, [_before(work, "state", step, j, "h'") for j in range(module.hidden_size)]


def _before(work: Work, name: str, step: int, unit: int, symbol: str) -> Number:
    """Return a number of the state or memory before a step: `nnstudio.training.drill.frozen` has them."""
    earlier: Any = work.options[name]
    return earlier(step - 1, unit, symbol)  # type: ignore[no-any-return]


def _weighed(
    work: Work, row: int, inputs: list[Number], state: list[Number]
) -> tuple[list[Number], list[Number], list[Number]]:
    left = [work.weight("weight_ih_l0", (row, j)) for j in range(len(inputs))]
    left += [work.weight("weight_hh_l0", (row, j), "u") for j in range(len(state))]
    added = []
    if work.module.bias:
        added = [work.weight("bias_ih_l0", (row,), "b"), work.weight("bias_hh_l0", (row,), "b'")]
    return left, [*inputs, *state], added


RECURRENT: Final[Mapping[str, Worker]] = {
    "RNN": rnn,
    "FlexRNN": rnn,
    "LSTM": lstm,
    "FlexLSTM": lstm,
    "GRU": gru,
    "FlexGRU": gru,
}

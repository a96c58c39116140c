"""What recurrent layers, attention and positions are tried with."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from nnstudio.core.graph import Value
from nnstudio.layers.spec import Dim, Signal
from tests.layers.strategies import SMALL, Case, Draw, Line, Working, Wrong

STEPS: st.SearchStrategy[Dim] = st.sampled_from([1, 2, 4, "T"])
LENGTHS = Signal((), "index")


@st.composite
def recurrent(draw: Draw, kind: str) -> Case:
    """A sequence, how to read it, and now and then states to start from and lengths."""
    params: dict[str, Value] = {
        "hidden_size": draw(SMALL),
        "num_layers": draw(st.integers(1, 3)),
        "bidirectional": draw(st.booleans()),
        "dropout": draw(st.sampled_from([0.0, 0.25])),
        "bias": draw(st.booleans()),
        "states": draw(st.sampled_from(["last", "all"])),
    }
    if kind == "RNN":
        params["nonlinearity"] = draw(st.sampled_from(["tanh", "relu"]))
    if kind == "LSTM" and params["bias"]:
        params["forget_bias"] = draw(st.sampled_from([0.0, 1.0, -2.5]))
    states = [_state(draw, params) for _ in range(2 if kind == "LSTM" else 1)]
    lengths = draw(st.sampled_from([None, LENGTHS]))
    return params, (Signal((draw(STEPS), draw(SMALL))), *states, lengths)


def _state(draw: Draw, params: dict[str, Any]) -> Signal | None:
    ways, units = 1 + params["bidirectional"], params["hidden_size"]
    shapes: list[tuple[int, ...] | None] = [None, (params["num_layers"] * ways, units)]
    if params["num_layers"] == 1:
        shapes.append((ways * units,))
    shape = draw(st.sampled_from(shapes))
    return None if shape is None else Signal(shape)


WORKING: Working = {kind: recurrent(kind) for kind in ("GRU", "LSTM", "RNN")}

SEQUENCE = Signal((5, 4))
ROW = Signal((120,))

WRONG: list[Wrong] = [
    ("GRU", {}, (ROW,), "GRU needs a sequence, steps × features; it gets 120.", []),
    (
        "RNN",
        {},
        (Signal((5, "T")),),
        "RNN needs a fixed number of features; the last length here is free (T).",
        [],
    ),
    (
        "GRU",
        {},
        (SEQUENCE, None, Signal((5,), "index")),
        "GRU wants the length of each sequence as one number; lengths gets 5.",
        [],
    ),
    ("GRU", {}, (SEQUENCE, ROW), "GRU starts from a state of 64; h_0 gets 120.", [{"hidden_size": 120}]),
    (
        "RNN",
        {"bidirectional": True},
        (SEQUENCE, Signal((2, 20))),
        "RNN starts from a state of 128; h_0 gets 2 × 20.",
        [{"hidden_size": 20}],
    ),
    ("RNN", {"bidirectional": True}, (SEQUENCE, Signal((7,))), "RNN starts from a state of 128; h_0 gets 7.", []),
    ("RNN", {}, (SEQUENCE, Signal(("T",))), "RNN starts from a state of 64; h_0 gets T.", []),
    (
        "LSTM",
        {"num_layers": 2},
        (SEQUENCE, None, Signal((64,))),
        "LSTM starts from a state of 2 × 64; c_0 gets 64.",
        [{"num_layers": 1}],
    ),
    (
        "LSTM",
        {"bias": False, "forget_bias": 1.0},
        (SEQUENCE,),
        "The forget gate has no bias to start from while the layer has none.",
        [{"bias": True}, {"forget_bias": 0.0}],
    ),
]
LINES: list[Line] = [
    ("LSTM", {"hidden_size": 1, "forget_bias": 1.5}, (SEQUENCE,), "1 unit, forget bias 1.5"),
    ("GRU", {"num_layers": 2, "bidirectional": True}, (SEQUENCE,), "64 units, 2 layers, both ways"),
    ("RNN", {"nonlinearity": "relu"}, (SEQUENCE,), "64 units, ReLU"),
]

"""What recurrent layers, attention and positions are tried with."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from nnstudio.core.graph import Value
from nnstudio.layers.spec import Dim, Signal
from tests.layers.strategies import SMALL, Case, Draw, Line, Working, Wrong, one

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


@st.composite
def attention(draw: Draw) -> Case:
    """A query, with or without keys and values of its own."""
    heads = draw(st.integers(1, 4))
    params: dict[str, Value] = {
        "num_heads": heads,
        "dropout": draw(st.sampled_from([0.0, 0.25])),
        "bias": draw(st.booleans()),
        "is_causal": draw(st.booleans()),
    }
    steps, width = draw(STEPS), heads * draw(st.integers(1, 3))
    seen = draw(STEPS)
    key = draw(st.sampled_from([None, Signal((seen, width)), Signal((seen, draw(SMALL)))]))
    pairs = seen if key is not None else steps
    value = draw(st.sampled_from([None, Signal((pairs, width)), Signal((pairs, draw(SMALL)))]))
    return params, (Signal((steps, width)), key, value)


@st.composite
def dot_attention(draw: Draw) -> Case:
    """Queries, keys and values, with heads or without."""
    heads = draw(st.sampled_from([(), (1,), (3,)]))
    width, seen = draw(SMALL), draw(STEPS)
    shapes = ((draw(STEPS), width), (seen, width), (seen, draw(SMALL)))
    return {"is_causal": draw(st.booleans())}, tuple(Signal((*heads, *shape)) for shape in shapes)


@st.composite
def transformer(draw: Draw, memory: bool = False) -> Case:
    """A sequence, and for the decoder's layer another one."""
    heads = draw(st.integers(1, 4))
    params: dict[str, Value] = {
        "nhead": heads,
        "dim_feedforward": draw(st.sampled_from([1, 5, 8])),
        "dropout": draw(st.sampled_from([0.0, 0.1, 0.5])),
        "activation": draw(st.sampled_from(["relu", "gelu"])),
        "norm_first": draw(st.booleans()),
        "layer_norm_eps": draw(st.sampled_from([1e-5, 1e-6, 0.1])),
        "bias": draw(st.booleans()),
        "is_causal": draw(st.booleans()),
    }
    width = max(2, heads * draw(st.integers(1, 3)))  # of one number alone the normalisation leaves nothing
    signals = [Signal((draw(STEPS), width)) for _ in range(1 + memory)]
    return params, tuple(signals)


_SEQUENCE_SHAPE = st.tuples(STEPS, st.integers(1, 9))

WORKING: Working = {
    **{kind: recurrent(kind) for kind in ("GRU", "LSTM", "RNN")},
    "ClassToken": one({}, _SEQUENCE_SHAPE),
    "LearnedPosition": one({"max_length": st.integers(5, 20)}, _SEQUENCE_SHAPE),
    "MultiheadAttention": attention(),
    "ScaledDotProductAttention": dot_attention(),
    "SinusoidalPosition": one({}, _SEQUENCE_SHAPE),
    "TransformerDecoderLayer": transformer(memory=True),
    "TransformerEncoderLayer": transformer(),
}

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
    ("MultiheadAttention", {}, (ROW,), "Multi-head attention needs a sequence, steps × features; it gets 120.", []),
    (
        "MultiheadAttention",
        {},
        (SEQUENCE, Signal((3, "T"))),
        "Multi-head attention needs a fixed number of features; the last length here is free (T).",
        [],
    ),
    (
        "MultiheadAttention",
        {"num_heads": 4},
        (Signal((5, 10)),),
        "4 heads cannot share 10 features equally: the number of heads must divide them.",
        [{"num_heads": 5}, {"num_heads": 2}],
    ),
    (
        "MultiheadAttention",
        {},
        (SEQUENCE, Signal((3, 4)), Signal((2, 4))),
        "Multi-head attention needs a value for every key; it gets 3 keys and 2 values.",
        [],
    ),
    (
        "MultiheadAttention",
        {},
        (SEQUENCE, None, Signal(("T", 4))),
        "Multi-head attention needs a value for every key; it gets 5 keys and T values.",
        [],
    ),
    (
        "ScaledDotProductAttention",
        {},
        (SEQUENCE, ROW, SEQUENCE),
        "Scaled dot product needs steps × features, or heads × steps × features; key gets 120.",
        [],
    ),
    (
        "ScaledDotProductAttention",
        {},
        (Signal((2, 5, 4)), SEQUENCE, SEQUENCE),
        "Scaled dot product needs equally many heads in query, key and value; it gets 2 × 5 × 4, 5 × 4 and 5 × 4.",
        [],
    ),
    (
        "ScaledDotProductAttention",
        {},
        (SEQUENCE, Signal((3, 6)), SEQUENCE),
        "Queries are compared with keys number by number, so both need one width; they are 5 × 4 and 3 × 6.",
        [],
    ),
    (
        "ScaledDotProductAttention",
        {},
        (SEQUENCE, SEQUENCE, Signal((3, 4))),
        "Scaled dot product needs a value for every key; it gets 5 keys and 3 values.",
        [],
    ),
    (
        "TransformerEncoderLayer",
        {"nhead": 8},
        (Signal(("T", 4)),),
        "8 heads cannot share 4 features equally: the number of heads must divide them.",
        [{"nhead": 4}],
    ),
    (
        "TransformerEncoderLayer",
        {},
        (ROW,),
        "Encoder layer needs a sequence, steps × features; it gets 120.",
        [],
    ),
    (
        "TransformerDecoderLayer",
        {"nhead": 6},
        (Signal((5, 64)), Signal((5, 64))),
        "6 heads cannot share 64 features equally: the number of heads must divide them.",
        [{"nhead": 4}, {"nhead": 8}],
    ),
    (
        "TransformerDecoderLayer",
        {},
        (SEQUENCE, Signal((5, 8))),
        "Decoder layer needs target and memory of one width; they are 5 × 4 and 5 × 8.",
        [],
    ),
    (
        "SinusoidalPosition",
        {},
        (Signal((5, "T")),),
        "Sinusoidal position needs a fixed number of features; the last length here is free (T).",
        [],
    ),
    (
        "LearnedPosition",
        {"max_length": 3},
        (SEQUENCE,),
        "The sequence has 5 steps and the table a row for 3 alone.",
        [{"max_length": 5}],
    ),
    (
        "LearnedPosition",
        {},
        (Signal((1_000_001, 4)),),
        "The sequence has 1,000,001 steps and the table a row for 512 alone.",
        [],
    ),
    ("ClassToken", {}, (ROW,), "Class token needs a sequence, steps × features; it gets 120.", []),
]
LINES: list[Line] = [
    ("LSTM", {"hidden_size": 1, "forget_bias": 1.5}, (SEQUENCE,), "1 unit, forget bias 1.5"),
    ("GRU", {"num_layers": 2, "bidirectional": True}, (SEQUENCE,), "64 units, 2 layers, both ways"),
    ("RNN", {"nonlinearity": "relu"}, (SEQUENCE,), "64 units, ReLU"),
    ("MultiheadAttention", {"is_causal": True}, (SEQUENCE,), "4 heads, causal"),
    ("ScaledDotProductAttention", {"is_causal": True}, (SEQUENCE,) * 3, "causal"),
    ("TransformerEncoderLayer", {"nhead": 1}, (SEQUENCE,), "1 head, 2,048 inside"),
    ("TransformerDecoderLayer", {}, (SEQUENCE,) * 2, "4 heads, causal, 2,048 inside"),
    ("LearnedPosition", {"max_length": 1024}, (SEQUENCE,), "up to 1,024 steps"),
]

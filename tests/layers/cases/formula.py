"""What the formula layer is tried with."""

from __future__ import annotations

from hypothesis import strategies as st

from nnstudio.layers.spec import Signal
from tests.layers.strategies import Line, Working, Wrong, one

_ROW = (Signal((5,)),)
_FORMULAS = (
    "x",
    "y = x * sigmoid(beta * x)",
    "max(x, 0) + a * min(x, 0)",
    "-(x + b) ** 2 / (1 + exp(-x * c))",
    "max(abs(x), a) - 2 * softplus(x - -3)",
)

WORKING: Working = {
    "Formula": one({"formula": st.sampled_from(_FORMULAS)}, st.lists(st.integers(1, 9), max_size=3).map(tuple))
}
WRONG: list[Wrong] = [
    (
        "Formula",
        {"formula": "x + exp(2)"},
        _ROW,
        "A function needs x or a trained number in it; write a plain number as such.",
        [],
    ),
    ("Formula", {"formula": "x + 1 / 0"}, _ROW, "A division is by zero.", []),
    ("Formula", {"values": "gamma = 2"}, _ROW, "The formula has no number called 'gamma'.", []),
]
LINES: list[Line] = [("Formula", {"formula": "x * tanh(a * x)"}, _ROW, "x * tanh(a * x)")]

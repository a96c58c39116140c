"""Formulas that mean no good: told in a sentence, never run, and never out of bounds."""

from __future__ import annotations

import pytest

import nnstudio
from nnstudio.layers.arithmetic import evaluate, parse
from nnstudio.layers.kinds.formula import read


def told(formula: str) -> str:
    """Compile a drawing with this formula; return the one problem that it has."""
    b = nnstudio.Builder("hostile")
    b.output(b.add("Formula", b.input("x", shape=(4,)), formula=formula, name="formula"))
    compiled = nnstudio.compile(b.project())
    (problem,) = compiled.problems
    assert (problem.node, problem.severity) == ("formula", "error")
    with pytest.raises(nnstudio.CompileError):
        _ = compiled.module
    return problem.message


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("(" * 10_000 + "x" + ")" * 10_000, "one line of at most 500 signs"),
        ("(" * 200 + "x" + ")" * 200, "more than 32 deep"),
        ("-" * 400 + "x", "more than 32 deep"),
        ("x" + "**x" * 120, "more than 32 deep"),
        ("__class__ * x", "'_' has no meaning"),
        ("x.__class__", "'.' has no meaning"),
        ("x[0]", "'[' has no meaning"),
        ("exec(x)", "'exec' is no function"),
        ("lambda x: x", "':' has no meaning"),
        ("import os", "expected the end"),
        ("x; x", "';' has no meaning"),
        ("forward * x", "'forward' already means something in PyTorch code"),
        ("self * x", "'self' already means something in PyTorch code"),
        ("class * x", "'class' is a word of the Python language"),
        ("x + 'a'", "has no meaning"),
        ("x * 9**9**9", "cannot be worked out"),
        ("x * 10**60", "too large"),
        ("x / 0 / 0 + 1/0", "A division is by zero"),
        ("", "expected a number, a name or a bracket"),
        ("x +", "got the end"),
        ("max(x)", "max takes 2 numbers"),
        ("beta", "says what becomes of x"),
        ("z = x", "expected y = …"),
        ("x\nimport os", "one line"),
        ("x" * 501, "at most 500"),
    ],
)
def test_a_hostile_formula_is_refused_in_words(formula: str, expected: str) -> None:
    assert expected in told(formula)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 // 0", "by zero"),
        ("5 % 0", "by zero"),
        ("0 ** -1", "cannot be worked out"),
        ("(-8) ** 0.5", "cannot be worked out"),
        ("min()", "expected a number"),
        ("floor(1, 2)", "takes one number"),
        ("huge", "has no value"),
    ],
)
def test_what_has_no_value_is_told(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        evaluate(parse(text), {})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2*channels + 1", 129),
        ("channels // 4", 16),
        ("max(8, channels // 16)", 8),
        ("-channels ** 2", -4096),
        ("3 - 2 - 1", 0),
        ("2 ** 3 ** 2", 512),
        ("7 % 4 * 2", 6),
        ("6 / 3", 2),
        ("1 / 4", 0.25),
        ("round(2.5) + floor(2.9) + ceil(2.1)", 8),
    ],
)
def test_arithmetic_is_that_of_python(text: str, value: float) -> None:
    result = evaluate(parse(text), {"channels": 64})
    assert (result, type(result)) == (value, type(value))


def test_a_formula_reads_as_it_is_written() -> None:
    assert read("y = x * sigmoid(beta * x)") == read("x*sigmoid(beta*x)")

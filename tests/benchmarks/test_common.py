"""The harness of the benchmarks; none of its figures is a test."""

from __future__ import annotations

import json
from functools import partial

import pytest

from benchmarks import __main__ as command
from benchmarks.common import Row, at_least, at_most, median_ratio, quantile, take_turns


def test_goals() -> None:
    assert at_most("b", "f", 1.0, 1.03) == Row("b", "f", 1.0, "<= 1.03", True)
    assert not at_most("b", "f", 1.04, 1.03).holds
    assert at_least("b", "f", 0.9, 0.9) == Row("b", "f", 0.9, ">= 0.9", True)
    assert not at_least("b", "f", 0.89, 0.9).holds


def test_turns_alternate() -> None:
    order: list[str] = []
    seconds = take_turns({name: partial(order.append, name) for name in "ab"}, rounds=4)
    assert "".join(order) == "ab" + "ab" + "ba" + "ab" + "ba"
    assert [len(found) for found in seconds.values()] == [4, 4]


def test_ratio_is_taken_within_rounds() -> None:
    """A round in which everything took ten times as long changes nothing."""
    assert median_ratio([2.0, 20.0, 2.2], [1.0, 10.0, 1.0]) == 2.0


def test_quantile() -> None:
    assert quantile(range(100), 0.99) == 99
    assert quantile([3.0], 0.5) == 3.0


def test_rows_are_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    found = [at_most("training_step", "ratio", 1.0, 1.03), at_most("training_step", "ratio", 1.5, 1.03)]
    monkeypatch.setattr("benchmarks.training_step.rows", lambda: iter(found))
    assert command.main(["training_step", "--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == {
        "benchmark": "training_step", "figure": "ratio", "value": 1.0, "goal": "<= 1.03", "holds": True
    }  # fmt: skip
    assert not lines[1]["holds"]
    monkeypatch.setattr("benchmarks.training_step.rows", lambda: iter(found[:1]))
    assert command.main(["training_step"]) == 0
    assert "holds" in capsys.readouterr().out


def test_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["speed"])
    assert ended.value.code == 2
    assert "no benchmark is called speed" in capsys.readouterr().err

"""The harness over every kind of layer: ``python -m tests.layers.harness --cases 200 [--kind Conv2d …]``.

For each kind it takes random settings and inputs from ``cases`` and checks that our shapes and counts are those of
torch, that nonsense is refused in words, that the compiled drawing and its exported source agree bit by bit, and that
a training step moves the weights. It prints a line per kind and ends with 1 when anything disagrees.
"""

from __future__ import annotations

import argparse
import re
import sys
import warnings
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import hypothesis
import torch
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from nnstudio.core.graph import Value
from nnstudio.core.resources import resource
from nnstudio.core.words import Words
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import Signal
from nnstudio.layers.weights import START
from tests.layers.cases import WORKING
from tests.layers.strategies import ANY_SHAPE, Case
from tests.layers.trials import (
    Record,
    Signals,
    check_compiled,
    check_foreign_inputs,
    check_nonsense,
    check_shape_and_counts,
)

_CHOICES: dict[str, st.SearchStrategy[Any]] = {
    "start": st.sampled_from(START.options),
    "start_scale": st.floats(0, 2),
    "frozen": st.booleans(),
}
_ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.lists(st.one_of(st.integers(-3, 50), st.text(max_size=3)), max_size=8).map(tuple),
)
_ENDS: Mapping[str, st.SearchStrategy[Case]] = {
    "Input": st.tuples(
        st.fixed_dictionaries({"shape": ANY_SHAPE, "element": st.sampled_from(["real", "index"])}), st.just(())
    ),
    "Output": st.tuples(st.just({}), ANY_SHAPE.map(lambda shape: (Signal(shape),))),
}
_SHOWN = 3
"""How many disagreements of a kind are written out."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the trials of one kind came to; ``resting`` are weights that have gradients and never moved."""

    kind: str
    num_cases: int
    disagreements: tuple[str, ...]
    resting: tuple[str, ...] = ()

    def line(self) -> str:
        """Say it in a line, with the first disagreements below."""
        text = f"{self.kind:<24} {self.num_cases:>5} cases {len(self.disagreements):>5} disagreements"
        if self.resting:
            text += f"   (without gradients: {', '.join(self.resting)})"
        return "\n".join([text, *(f"    {told}" for told in self.disagreements[:_SHOWN])])


def judge(kind: str, num_cases: int, seed: int = 0) -> Verdict:
    """Try one kind with random cases."""
    told = list(check_presence(kind))
    if kind not in _ENDS and kind not in WORKING:
        return Verdict(kind, 0, (*told, "there is nothing to try it with in tests/layers/cases"))
    record = Record()
    drawn = draw_cases(kind, num_cases, seed)
    for number, (params, signals, values) in enumerate(drawn):
        foreign = drawn[(7 * number + 1) % len(drawn)][1]
        checks = [check_compiled(kind, params, signals, seed + number, record), check_nonsense(kind, params, values)]
        if kind not in _ENDS:
            checks += [check_shape_and_counts(kind, params, signals), check_foreign_inputs(kind, params, foreign)]
        told += [f"{sentence}\n        with {params} {signals}" for check in checks for sentence in _heard(check)]
    return Verdict(kind, len(drawn), tuple(told), tuple(sorted(record.trained - record.moved)))


def _heard(check: Iterator[str]) -> Iterator[str]:
    """Give what a check tells; one that breaks down disagrees too."""
    try:
        yield from check
    except Exception as error:  # whatever it is, it is told
        yield f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"


def draw_cases(kind: str, num_cases: int, seed: int) -> list[tuple[dict[str, Value], Signals, dict[str, Any]]]:
    """Draw settings, inputs, and anything at all for each setting; where there are fewer cases they come again."""
    spec = catalog()[kind]
    choices = _CHOICES if spec.weights else {}
    case = st.tuples(
        _ENDS[kind] if kind in _ENDS else WORKING[kind],
        st.fixed_dictionaries({}, optional=choices),
        st.fixed_dictionaries(dict.fromkeys(spec.parameters_by_name, _ANYTHING)),
    )
    found: list[tuple[dict[str, Value], Signals, dict[str, Any]]] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=num_cases,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case)
    def collect(drawn: tuple[Case, dict[str, Value], dict[str, Any]]) -> None:
        (params, signals), chosen, values = drawn
        found.append(({**chosen, **params}, signals, values))

    collect()
    return [found[number % len(found)] for number in range(num_cases)]


def check_presence(kind: str) -> Iterator[str]:
    """Look for what a kind owes its readers: texts in both languages, a formula with its source, an icon, cases."""
    spec = catalog()[kind]
    texts: list[tuple[str, Words]] = [("title", spec.title), ("summary", spec.summary), ("help", spec.help)]
    for parameter in spec.params:
        texts += [(f"{parameter.name}'s label", parameter.label), (f"{parameter.name}'s help", parameter.help)]
    for what, words in texts:
        if not words.en.strip() or re.search(r"[\u4e00-\u9fff]", words.en):
            yield f"the {what} is missing in English"
        if not words.zh.strip() or (what.endswith(("help", "summary")) and not re.search(r"[\u4e00-\u9fff]", words.zh)):
            yield f"the {what} is missing in Chinese"
    if not (spec.formula and spec.source) and kind not in _ENDS:
        yield "formula or source is missing"
    try:
        ElementTree.fromstring(resource("icons", "kinds", f"{kind}.svg").read_text("utf-8"))  # noqa: S314  our own
    except (OSError, ElementTree.ParseError) as error:
        yield f"the icon is missing: {error}"


def main(argv: list[str] | None = None) -> int:
    """Try every kind, or those that are named; return 1 when anything disagrees."""
    parser = argparse.ArgumentParser(prog="python -m tests.layers.harness", description="Every layer against torch.")
    parser.add_argument("--cases", type=int, default=200, help="random cases per kind (200)")
    parser.add_argument("--kind", nargs="+", choices=list(catalog()), metavar="KIND", help="only these kinds")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    verdicts = []
    for kind in options.kind or catalog():
        with warnings.catch_warnings():
            # torch's notes, such as on even kernels with "same" padding, are for people who write code by hand
            warnings.simplefilter("ignore")
            verdicts.append(judge(kind, options.cases, options.seed))
        sys.stdout.write(verdicts[-1].line() + "\n")
        sys.stdout.flush()
    num_cases = sum(verdict.num_cases for verdict in verdicts)
    wrong = sum(len(verdict.disagreements) for verdict in verdicts)
    sys.stdout.write(f"{len(verdicts)} kinds, {num_cases} cases, {wrong} disagreements\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    torch.set_num_threads(1)  # with tensors this small a second thread only costs
    sys.exit(main())

"""The setting that is a table: what it takes, and what it says of anything else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstudio.core.words import Words
from nnstudio.layers.parameters import Preset, Table

_WORDS: dict[str, Any] = {
    "label": Words("Table", "表"),
    "help": Words("Help.", "说明。"),
    "row": Words("Row", "行"),
    "column": Words("Column", "列"),
}
_PAIRS = Preset("pairs", Words("Pairs", "成对"), ("XX.", ".XX"))
LINKS = Table(name="table", default=("X",), presets=(_PAIRS,), most_rows=3, most_columns=4, **_WORDS)
PATTERNS = Table(name="patterns", default=(), empty=True, blank=True, most_rows=2, most_columns=2, **_WORDS)


@pytest.mark.parametrize(
    ("table", "value", "rows"),
    [
        (LINKS, ("X.", ".X"), ("X.", ".X")),
        (LINKS, ["X.", ".X"], ("X.", ".X")),
        (LINKS, "X..X", ("X..X",)),
        (LINKS, "pairs", ("XX.", ".XX")),
        (PATTERNS, (), ()),
        (PATTERNS, ("..", "X."), ("..", "X.")),
    ],
)
def test_tables_come_out_as_rows(table: Table, value: Any, rows: tuple[str, ...]) -> None:
    assert table.check(value) == rows


_LINKS = "table: expected 1 to 3 rows of 1 to 4 signs X and ., all of one length, or pairs, got "
_PATTERNS = "patterns: expected 1 to 2 rows of 1 to 2 signs X and ., all of one length, or nothing, got "


@pytest.mark.parametrize(
    ("table", "value", "message"),
    [
        *((LINKS, value, f"{_LINKS}{value!r}") for value in ((), "", ("X", "XX"), ("X",) * 4, "XXXXX", "xx", 3, None)),
        *((LINKS, value, f"{_LINKS}{value!r}") for value in (("X", 1), ("", ""), "others", True)),
        (LINKS, ("XX", ".."), "table: expected an X in every row, got ('XX', '..')"),
        *((PATTERNS, value, f"{_PATTERNS}{value!r}") for value in ("", None, ("X", "XX"), ("X.",) * 3, "...")),
    ],
)
def test_everything_else_is_refused(table: Table, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match="expected") as caught:
        table.check(value)
    assert str(caught.value) == message


_TEXT = st.text("X.x", max_size=5)
_VALUE = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _TEXT, st.lists(_TEXT, max_size=4).map(tuple))


@pytest.mark.parametrize("table", [LINKS, PATTERNS], ids=lambda table: table.name)
@settings(max_examples=300, deadline=None, derandomize=True)
@given(value=_VALUE)
def test_any_value_is_either_a_table_or_refused(table: Table, value: Any) -> None:
    try:
        rows = table.check(value)
    except ValueError as error:
        assert str(error).startswith(f"{table.name}: expected ")  # noqa: PT017  a value may also be good
    else:
        assert table.check(rows) == rows

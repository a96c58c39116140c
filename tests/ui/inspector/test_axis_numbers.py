"""Fields for several axes, and for shapes with a length that follows from the others."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from nnstudio.core.graph import Value
from nnstudio.core.words import Words
from nnstudio.layers.parameters import Axes, AxisNumbers, Parameter
from nnstudio.ui.inspector.fields import make_field

LABEL = Words("Label", "标签")
ORDER = AxisNumbers(name="axes", default=(1, 0), order=True, label=LABEL, help=LABEL)
NUMBERS = AxisNumbers(name="axes", default=(0,), label=LABEL, help=LABEL)
REST = Axes(name="shape", default=(-1,), rest=True, label=LABEL, help=LABEL)


@pytest.mark.parametrize(
    ("parameter", "before", "shown", "typed", "value", "after"),
    [
        (ORDER, (1, 0), "1, 0", "1 2 0", (1, 2, 0), "1, 2, 0"),
        (NUMBERS, (0,), "0", "-2,-1", (-2, -1), "-2, -1"),
        (REST, (-1,), "-1", "T, -1", ("T", -1), "T × -1"),
    ],
)
def test_axes_are_typed_as_numbers_in_a_row(
    qtbot: QtBot, parameter: Parameter, before: Value, shown: str, typed: str, value: Value, after: str
) -> None:
    field = make_field(parameter)
    qtbot.addWidget(field)
    heard: list[Value] = []
    field.edited.connect(heard.append)
    field.show_value(before)
    line = field.editor
    assert isinstance(line, QLineEdit)
    assert line.text() == shown
    line.clear()
    QTest.keyClicks(line, typed)
    field.flush()
    assert heard[-1] == value
    assert field.fault == ""
    assert line.text() == after


def test_an_axis_named_twice_is_told(qtbot: QtBot) -> None:
    field = make_field(NUMBERS)
    qtbot.addWidget(field)
    field.show_value((0,))
    line = field.editor
    assert isinstance(line, QLineEdit)
    line.clear()
    QTest.keyClicks(line, "1, 1")
    field.flush()
    assert field.fault.startswith("Label: expected different axes")

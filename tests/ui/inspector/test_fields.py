"""Fields that may be left empty: nothing typed is None, and the layer chooses."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from nnstudio.core.graph import Value
from nnstudio.core.words import Words
from nnstudio.layers.parameters import Axis, Float, Parameter
from nnstudio.ui.inspector.fields import make_field

LABEL = Words("Label", "标签")
MOMENTUM = Float(name="momentum", default=0.1, empty=True, label=LABEL, help=LABEL)
AXIS = Axis(name="axis", label=LABEL, help=LABEL)


@pytest.mark.parametrize(
    ("parameter", "before", "typed", "value"),
    [
        (MOMENTUM, 0.1, "", None),
        (MOMENTUM, None, "0,25", 0.25),
        (AXIS, -1, "", None),
        (AXIS, None, "-2", -2),
        (AXIS, 3, "0", 0),
    ],
)
def test_a_field_may_be_emptied_and_filled(
    qtbot: QtBot, parameter: Parameter, before: Value, typed: str, value: Value
) -> None:
    field = make_field(parameter)
    qtbot.addWidget(field)
    heard: list[Value] = []
    field.edited.connect(heard.append)
    field.show_value(before)
    line = field.editor
    assert isinstance(line, QLineEdit)
    assert line.placeholderText() == "automatic"
    assert line.text() == ("" if before is None else f"{before:g}" if isinstance(before, float) else str(before))
    line.clear()
    QTest.keyClicks(line, typed)
    field.flush()
    assert heard[-1] == value
    assert field.fault == ""
    assert line.text() == typed.replace(",", ".")


@pytest.mark.parametrize(
    ("parameter", "typed", "fault"),
    [
        (MOMENTUM, "much", "Label: expected a number from 0 to 1, or nothing, got 'much'"),
        (AXIS, "last", "Label: expected a whole number from -6 to 5, or nothing, got 'last'"),
        (AXIS, "9" * 80, "Label: expected a whole number from -6 to 5, or nothing, got '" + "9" * 56 + "…"),
        (AXIS, "-", "Label: expected a whole number from -6 to 5, or nothing, got '-'"),
    ],
)
def test_what_is_neither_number_nor_nothing_is_told(qtbot: QtBot, parameter: Parameter, typed: str, fault: str) -> None:
    field = make_field(parameter)
    qtbot.addWidget(field)
    field.show_value(None)
    line = field.editor
    assert isinstance(line, QLineEdit)
    QTest.keyClicks(line, typed)
    field.flush()
    assert field.fault == fault

"""Sizes of one, three and four axes, as layers along other than two axes ask for them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.core.graph import Value
from nnstudio.layers.catalog import catalog
from nnstudio.ui.inspector.fields import make_field
from nnstudio.ui.inspector.typed_fields import SizeField


@pytest.mark.parametrize(
    ("kind", "name", "shown", "typed", "value", "text"),
    [
        ("Conv1d", "kernel_size", "3", "5", 5, "5"),
        ("Conv1d", "padding", "0", "same", "same", "same"),
        ("Conv3d", "kernel_size", "3 × 3 × 3", "1,3,3", (1, 3, 3), "1 × 3 × 3"),
        ("Conv3d", "stride", "1 × 1 × 1", "2", 2, "2 × 2 × 2"),
        ("MaxPool3d", "stride", "", "2x2x2", 2, "2 × 2 × 2"),
        ("ZeroPad2d", "padding", "1 × 1 × 1 × 1", "0 1 0 1", (0, 1, 0, 1), "0 × 1 × 0 × 1"),
    ],
)
def test_sizes_are_shown_and_typed_by_axis(
    qtbot: QtBot, kind: str, name: str, shown: str, typed: str, value: Value, text: str
) -> None:
    parameter = catalog()[kind].parameters_by_name[name]
    field = make_field(parameter)
    assert isinstance(field, SizeField)
    qtbot.addWidget(field)
    field.show_value(parameter.default)
    assert field.line.text() == shown
    got: list[Value] = []
    field.edited.connect(got.append)
    field.line.clear()
    QTest.keyClicks(field.line, typed)
    QTest.keyClick(field.line, Qt.Key.Key_Return)
    assert got[-1] == value
    assert field.line.text() == text
    assert field.fault == ""


def test_too_many_numbers_are_told(qtbot: QtBot) -> None:
    field = make_field(catalog()["Conv1d"].parameters_by_name["kernel_size"])
    assert isinstance(field, SizeField)
    qtbot.addWidget(field)
    field.show_value(3)
    field.line.clear()
    QTest.keyClicks(field.line, "3 × 5")
    QTest.keyClick(field.line, Qt.Key.Key_Return)
    assert field.fault == "Kernel size: expected 1 to 1,000, got (3, 5)"

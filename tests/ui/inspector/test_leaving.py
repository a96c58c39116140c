"""Enter on a card leads into its settings, Esc back to the canvas; what Enter understood is shown."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


@pytest.fixture
def at_conv(qtbot: QtBot, window: MainWindow, session: Session) -> QWidget:
    """Go to a Conv2d by keys; return the canvas."""
    canvas = window.design.canvas
    window.activateWindow()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    while session.selection != {session.graph.by_name["conv_1"].id}:
        QTest.keyClick(focused(), Qt.Key.Key_Right)
    return canvas


def test_enter_leads_in_and_escape_out(at_conv: QWidget) -> None:
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert focused().objectName() == "field_out_channels"
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert focused() is at_conv


@pytest.mark.parametrize("name", ["name", "out_channels", "kernel_size", "padding_text", "padding_mode", "bias"])
def test_escape_leaves_every_kind_of_field(window: MainWindow, at_conv: QWidget, name: str) -> None:
    field = window.findChild(QWidget, f"field_{name}")
    assert field is not None
    field.setFocus()
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert focused() is at_conv


def test_escape_takes_back_what_was_typed_before_it_leaves(
    window: MainWindow, at_conv: QWidget, session: Session
) -> None:
    field = window.findChild(QLineEdit, "field_kernel_size")
    assert field is not None
    before = session.project
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "x")
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert focused() is field
    assert field.text() == "3 × 3"
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert focused() is at_conv
    assert session.project == before


def test_enter_shows_what_was_understood(window: MainWindow, at_conv: QWidget) -> None:
    field = window.findChild(QLineEdit, "field_kernel_size")
    assert field is not None
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "5 × 5"
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert focused() is at_conv


def test_escape_in_the_empty_palette_leads_to_the_canvas(window: MainWindow, at_conv: QWidget) -> None:
    window.focus_palette()
    QTest.keyClicks(focused(), "conv")
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert focused() is not at_conv
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert focused() is at_conv

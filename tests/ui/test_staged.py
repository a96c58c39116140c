"""At the start of the program the drawing is seen first; the panels beside it are filled right after."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnstudio.ui.inspector.summary import DrawingSummary
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import send_deletions


def test_panels_are_filled_once_the_window_has_been_painted(qtbot: QtBot, session: Session) -> None:
    window = MainWindow(session, remember=False, staged=True)
    assert window.findChild(QWidget, "palette_list") is None
    assert window.findChild(QWidget, "drawing_summary") is None
    window.show()
    qtbot.waitUntil(lambda: window.findChild(QWidget, "palette_list") is not None)
    qtbot.waitUntil(lambda: window.findChild(QWidget, "drawing_summary") is not None)
    window.close()
    window.deleteLater()
    send_deletions()


def test_a_panel_that_is_asked_before_it_was_seen_fills_itself(session: Session) -> None:
    window = MainWindow(session, remember=False, staged=True)
    assert isinstance(window.design.inspector.page, DrawingSummary)
    window.design.palette_panel.focus_search()
    assert window.findChild(QWidget, "palette_list") is not None
    window.close()
    window.deleteLater()
    send_deletions()

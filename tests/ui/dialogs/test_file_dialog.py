"""Qt's file dialog, in the language of the window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from nnstudio.ui.language import speak


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[None]:
    """Speak Chinese, Qt too."""
    speak("zh_CN")
    yield
    speak("en")


def labels(qtbot: QtBot) -> list[str]:
    dialog = QFileDialog()
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    return [label.text().replace("&", "") for label in dialog.findChildren(QLabel) if label.text()]


def test_no_label_is_left_in_english(chinese: None, qtbot: QtBot) -> None:
    found = labels(qtbot)
    assert "文件夹：" in found
    assert "文件类型：" in found
    assert not [text for text in found if any("a" <= letter <= "z" for letter in text)]


def test_english_comes_back(qtbot: QtBot) -> None:
    speak("zh_CN")
    speak("en")
    assert "Look in:" in labels(qtbot)

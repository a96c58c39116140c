"""The gallery of examples: found by a word, gone through by key, opened by hand, readable in every dress."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.core.words import set_language
from nnstudio.project.gallery import GALLERY
from nnstudio.ui import theme
from nnstudio.ui.dialogs.example_card import Card
from nnstudio.ui.dialogs.examples import Gallery
from nnstudio.ui.language import speak
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
from tests.ui.answers import answered

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def gallery(qtbot: QtBot) -> Iterator[Gallery]:
    """A gallery in which three cards stand side by side."""
    parent = QWidget()
    qtbot.addWidget(parent)
    made = Gallery(parent)
    made.resize(980, 660)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(lambda: made.focusWidget() is not None and made.focusWidget().hasFocus())
    yield made
    made.close()


@pytest.fixture
def chinese(qtbot: QtBot) -> Iterator[None]:
    speak("zh_CN")
    theme.set_theme("dark")
    yield
    set_language("en")
    theme.set_theme("light")


def shown(gallery: Gallery) -> list[str]:
    return [card.example.name for card in gallery.findChildren(Card) if card.isVisible()]


def at(gallery: Gallery) -> str:
    """The example that the keyboard is at."""
    card = gallery.focusWidget()
    assert isinstance(card, Card)
    return card.example.name


def search(gallery: Gallery) -> QLineEdit:
    found = gallery.findChild(QLineEdit, "examples_search")
    assert found is not None
    return found


def key(gallery: Gallery, *keys: Qt.Key) -> None:
    for one in keys:
        QTest.keyClick(gallery.focusWidget(), one)


def test_every_example_stands_there_in_order(gallery: Gallery) -> None:
    assert shown(gallery) == [example.name for example in GALLERY]


def test_arrows_go_from_card_to_card(gallery: Gallery) -> None:
    assert at(gallery) == "lenet5-digits"
    key(gallery, Qt.Key.Key_Right)
    assert at(gallery) == "moons"
    key(gallery, Qt.Key.Key_Down)
    assert at(gallery) == "sine"
    names = [example.name for example in GALLERY]
    following = names[names.index("iris") + 1]
    key(gallery, Qt.Key.Key_Right, Qt.Key.Key_Right)  # into the next group
    assert at(gallery) == following
    key(gallery, Qt.Key.Key_Left)
    assert at(gallery) == "iris"
    key(gallery, Qt.Key.Key_End)
    assert at(gallery) == GALLERY[-1].name
    key(gallery, Qt.Key.Key_Right, Qt.Key.Key_Down)
    assert at(gallery) == GALLERY[-1].name
    key(gallery, Qt.Key.Key_Home, Qt.Key.Key_Left)
    assert at(gallery) == GALLERY[0].name


def test_the_card_that_the_keyboard_is_at_is_seen(gallery: Gallery) -> None:
    key(gallery, Qt.Key.Key_End)
    card = gallery.focusWidget()
    assert isinstance(card, Card)
    assert not card.visibleRegion().isEmpty()
    assert card.visibleRegion().boundingRect() == card.rect()


def test_up_from_the_first_row_is_the_search_and_down_comes_back(gallery: Gallery) -> None:
    key(gallery, Qt.Key.Key_Right, Qt.Key.Key_Up)
    assert search(gallery).hasFocus()
    key(gallery, Qt.Key.Key_Down)
    assert at(gallery) == "lenet5-digits"


def test_tab_passes_one_card(gallery: Gallery) -> None:
    key(gallery, Qt.Key.Key_Right)
    QTest.keyClick(gallery.focusWidget(), Qt.Key.Key_Backtab)
    assert search(gallery).hasFocus()
    QTest.keyClick(gallery.focusWidget(), Qt.Key.Key_Tab)
    assert at(gallery) == "moons"
    QTest.keyClick(gallery.focusWidget(), Qt.Key.Key_Tab)
    assert not isinstance(gallery.focusWidget(), Card)


def test_enter_opens_the_card(gallery: Gallery) -> None:
    key(gallery, Qt.Key.Key_Right, Qt.Key.Key_Return)
    assert gallery.chosen == "moons"
    assert gallery.result() == QDialog.DialogCode.Accepted


def test_esc_opens_nothing(gallery: Gallery) -> None:
    key(gallery, Qt.Key.Key_Escape)
    assert gallery.chosen is None
    assert not gallery.isVisible()


def test_typing_searches_and_enter_takes_the_first(gallery: Gallery) -> None:
    QTest.keyClicks(gallery.focusWidget(), "r")
    QTest.keyClicks(gallery.focusWidget(), "esnet")
    assert search(gallery).text() == "resnet"
    assert shown(gallery) == ["resnet18", "resnet34", "resnet50", "cifar-resnet20"]
    key(gallery, Qt.Key.Key_Return)
    assert gallery.chosen == "resnet18"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("注意力 序列", ["transformer-memory", "seq2seq-attention"]),
        ("two HIDDEN", ["moons", "xor"]),
        ("unet", ["unet"]),
    ],
)
def test_words_are_found_in_both_languages(gallery: Gallery, text: str, found: list[str]) -> None:
    search(gallery).setFocus()
    search(gallery).setText(text)
    assert shown(gallery) == found
    QTest.keyClick(gallery.focusWidget(), Qt.Key.Key_Tab)
    assert at(gallery) == found[0]


def test_words_that_nothing_has(gallery: Gallery) -> None:
    search(gallery).setFocus()
    search(gallery).setText("zebra")
    nothing = gallery.findChild(QWidget, "examples_nothing")
    assert shown(gallery) == []
    assert nothing is not None
    assert nothing.isVisible()
    key(gallery, Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert search(gallery).hasFocus()
    assert gallery.chosen is None
    search(gallery).clear()
    assert len(shown(gallery)) == len(GALLERY)
    assert not nothing.isVisible()


def test_a_screen_reader_hears_title_sentence_and_mark(gallery: Gallery) -> None:
    cards = {card.example.name: card for card in gallery.findChildren(Card)}
    assert cards["moons"].accessibleName() == "Two moons"
    assert "trains here" in cards["moons"].accessibleDescription()
    assert cards["vgg16"].accessibleDescription() == str(cards["vgg16"].example.summary)
    assert search(gallery).accessibleName()


@pytest.mark.parametrize("width", [320, 600, 980, 1180])
def test_all_words_have_room(gallery: Gallery, width: int) -> None:
    gallery.resize(width, 660)
    assert [card.example.name for card in gallery.findChildren(Card) if not card.words_fit()] == []


@pytest.mark.usefixtures("chinese")
def test_all_words_have_room_in_chinese(gallery: Gallery) -> None:
    assert [card.example.name for card in gallery.findChildren(Card) if not card.words_fit()] == []
    dark = theme.load_theme("dark").bg.lightnessF()
    corner = gallery.findChildren(Card)[0].grab().toImage().pixelColor(12, 12)
    assert corner.lightnessF() == pytest.approx(dark, abs=0.03)


def test_nothing_of_it_is_loaded_before_it_is_opened() -> None:
    script = (
        "import sys; from nnstudio.ui.app import make_application; make_application();"
        "from nnstudio.ui.app import open_window; window = open_window();"
        "print('nnstudio.ui.dialogs.examples' in sys.modules, 'nnstudio.project.gallery' in sys.modules)"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]


def test_the_menu_opens_it_beside_unsaved_changes(window: MainWindow, session: Session) -> None:
    action = window.findChild(QAction, "action_examples")
    assert action is not None

    def act(dialog: QDialog) -> None:
        card = dialog.findChild(Card, "example_iris")
        assert card is not None
        card.click()

    session.commit("Rename", session.graph.__class__())
    before = session.project
    with answered(act):
        action.trigger()
    assert session.project is before
    assert window.session.project.name == "Iris flowers"
    assert window.session.path is None

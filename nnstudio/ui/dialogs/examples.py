"""The gallery: the example projects with their pictures, found by group or by a word, opened by hand or by key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nnstudio.core.words import tr
from nnstudio.project.gallery import GALLERY, GROUPS, Example
from nnstudio.ui.controls import label
from nnstudio.ui.dialogs.example_card import NARROWEST, Card

_EDGE: Final = 24
_GAP: Final = 16
_ARROWS: Final = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)


def choose_example(parent: QWidget) -> str | None:
    """Show the gallery; return the name of the example that was chosen, or None."""
    dialog = Gallery(parent)
    dialog.exec()
    dialog.deleteLater()
    return dialog.chosen


class Gallery(QDialog):
    """All examples on shelves.

    Attributes:
        chosen: the name of the one to open; None until a card is pressed.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("examples")
        self.setWindowTitle(tr("Examples"))
        self.chosen: str | None = None
        self._search = QLineEdit()
        self._search.setObjectName("examples_search")
        self._search.setPlaceholderText(tr("Search examples…"))
        self._search.setAccessibleName(tr("Search examples"))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._on_searched)
        self._search.installEventFilter(self)
        self._shelves = Shelves()
        self._shelves.pressed.connect(self._on_pressed)
        self._shelves.left.connect(self._on_left)
        self._shelves.gone_to.connect(self._on_gone_to)
        self._shelves.typed.connect(self._on_typed)
        self._area = QScrollArea()
        self._area.setWidget(self._shelves)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close = QPushButton(tr("Close"))
        close.setAutoDefault(False)
        buttons = QDialogButtonBox()
        buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        foot = QHBoxLayout()
        foot.setContentsMargins(_EDGE, 0, _EDGE, 0)
        foot.addWidget(
            label(tr("An example opens as a copy: change it as you like."), "small", mute=True, wrap=True), 1
        )
        foot.addWidget(buttons)
        head = QHBoxLayout()
        head.setContentsMargins(_EDGE, 0, _EDGE, 0)
        head.addWidget(self._search)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 18, 0, 16)
        page.setSpacing(12)
        page.addLayout(head)
        page.addWidget(self._area, 1)
        page.addLayout(foot)
        self.setMinimumSize(NARROWEST + 2 * _EDGE + 16, 360)
        screen = parent.screen().availableGeometry()
        self.resize(min(1180, screen.width() - 40), min(660, screen.height() - 60))
        self._shelves.focus_first()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Down go from the search to the cards, and Enter open the first that is found."""
        if watched is self._search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down:
                self._shelves.focus_first()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self._search.text().strip():
                    self._shelves.press_first()
                else:
                    self._shelves.focus_first()
                return True
        return False

    def _on_searched(self, text: str) -> None:
        self._shelves.show_matches(text)
        self._area.verticalScrollBar().setValue(0)

    def _on_pressed(self, name: str) -> None:
        self.chosen = name
        self.accept()

    def _on_left(self) -> None:
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_gone_to(self, card: QWidget) -> None:
        self._area.ensureWidgetVisible(card, 0, _EDGE + _GAP)

    def _on_typed(self, text: str) -> None:
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.setText(self._search.text() + text)


class Shelves(QWidget):
    """The cards under the headings of their groups, in as many columns as there is room for."""

    pressed = Signal(str)
    """The example of this name is wanted."""
    gone_to = Signal(QWidget)
    """The keyboard is at this card."""
    left = Signal()
    """The keyboard went up from the first row."""
    typed = Signal(str)
    """Something was typed that is meant for the search."""

    def __init__(self) -> None:
        super().__init__()
        self.setAutoFillBackground(False)
        self._headings: dict[str, QLabel] = {}
        self._cards: dict[str, list[Card]] = {}
        for key, title in GROUPS.items():
            heading = label(str(title), "heading")
            heading.setParent(self)
            self._headings[key] = heading
            self._cards[key] = [Card(example, self) for example in GALLERY if example.group == key]
        self._nothing = label(tr("No example has these words."), mute=True)
        self._nothing.setParent(self)
        self._nothing.setObjectName("examples_nothing")
        self._nothing.setVisible(False)
        for card in self.cards():
            card.clicked.connect(self._on_clicked)
            card.installEventFilter(self)

    def cards(self) -> list[Card]:
        """Return the cards that are shown, in order."""
        return [card for cards in self._cards.values() for card in cards if not card.isHidden()]

    def show_matches(self, text: str) -> None:
        """Show the examples that have all these words, in either language."""
        words = text.casefold().split()
        for key, cards in self._cards.items():
            for card in cards:
                card.setVisible(_matches(card.example, words))
            self._headings[key].setVisible(any(not card.isHidden() for card in cards))
        for card in self.cards()[:1]:
            self._let_tab_lead_to(card)
        self._nothing.setVisible(not self.cards())
        self._arrange()

    def focus_first(self) -> None:
        """Put the keyboard at the first card."""
        for card in self.cards()[:1]:
            self._go(card)

    def press_first(self) -> None:
        """Take the first card."""
        for card in self.cards()[:1]:
            card.click()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go from card to card by key; letters go to the search."""
        if not isinstance(watched, Card) or event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            watched.click()
        elif key in _ARROWS:
            self._step(watched, Qt.Key(key))
        elif event.text().isprintable() and event.text().strip():
            self.typed.emit(event.text())
        else:
            return False
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the cards for the new width."""
        super().resizeEvent(event)
        self._arrange()

    def _step(self, card: Card, key: Qt.Key) -> None:
        cards = self.cards()
        place = cards.index(card)
        here = card.geometry()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            wanted = min(max(place + (1 if key == Qt.Key.Key_Right else -1), 0), len(cards) - 1)
            self._go(cards[wanted])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go(cards[0 if key == Qt.Key.Key_Home else -1])
        else:
            down = key == Qt.Key.Key_Down
            further = [other for other in cards if (other.y() > here.y() if down else other.y() < here.y())]
            if further:
                self._go(min(further, key=lambda other: (abs(other.y() - here.y()), abs(other.x() - here.x()))))
            elif not down:
                self.left.emit()

    def _go(self, card: Card) -> None:
        self._let_tab_lead_to(card)
        card.setFocus(Qt.FocusReason.TabFocusReason)
        self.gone_to.emit(card)

    def _let_tab_lead_to(self, card: Card) -> None:
        """Let Tab lead from the search over this one card to the buttons."""
        for cards in self._cards.values():
            for other in cards:
                other.setFocusPolicy(Qt.FocusPolicy.StrongFocus if other is card else Qt.FocusPolicy.ClickFocus)

    def _arrange(self) -> None:
        room = self.width() - 2 * _EDGE
        columns = max(1, (room + _GAP) // (NARROWEST + _GAP))
        width = (room - (columns - 1) * _GAP) // columns
        top = 0
        for key, cards in self._cards.items():
            shown = [card for card in cards if not card.isHidden()]
            if not shown:
                continue
            heading = self._headings[key]
            height = heading.sizeHint().height()
            heading.setGeometry(_EDGE, top + 6, room, height)
            top += height + 16
            high = shown[0].heightForWidth(width)
            for number, card in enumerate(shown):
                row, column = divmod(number, columns)
                card.setGeometry(_EDGE + column * (width + _GAP), top + row * (high + _GAP), width, high)
            top += -(-len(shown) // columns) * (high + _GAP) + 4
        self._nothing.setGeometry(_EDGE, 12, room, self._nothing.sizeHint().height())
        self.setMinimumHeight(max(top, 60))

    def _on_clicked(self) -> None:
        card = self.sender()
        assert isinstance(card, Card)
        self.pressed.emit(card.example.name)


def _matches(example: Example, words: Sequence[str]) -> bool:
    texts = (example.title, example.summary, GROUPS[example.group])
    said = " ".join([example.name, *(f"{text.en} {text.zh}" for text in texts)]).casefold()
    return all(word in said for word in words)

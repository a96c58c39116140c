"""The gallery: the example projects with their pictures, found by group or by a word, opened by hand or by key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QLineF, QObject, QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
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
from nnstudio.ui import theme
from nnstudio.ui.controls import label
from nnstudio.ui.exports.thumbnails import SIZE, thumbnail_path

_EDGE: Final = 24
_GAP: Final = 16
_NARROWEST: Final = 260
"""Least width of a card."""
_RADIUS: Final = 8.0
_INSET: Final = 12
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
        self.setMinimumSize(_NARROWEST + 2 * _EDGE + 16, 360)
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
        columns = max(1, (room + _GAP) // (_NARROWEST + _GAP))
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


class Card(QPushButton):
    """One example: its picture, its title, a sentence, and whether it can be trained here."""

    def __init__(self, example: Example, parent: QWidget) -> None:
        super().__init__(parent)
        self.example = example
        self.setObjectName(f"example_{example.name}")
        self.setAccessibleName(str(example.title))
        mark = tr("trains here")
        self.setAccessibleDescription(f"{example.summary} ({mark})" if example.trains else str(example.summary))
        self._mark = mark if example.trains else ""
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._theme = theme.current()
        self._picture = QPixmap()

    def heightForWidth(self, width: int) -> int:
        """Return how high the picture and the words under it are together."""
        return _picture_height(width) + 10 + _rows_height("strong", 1) + 3 + _rows_height("small", 2) + _INSET

    def sizeHint(self) -> QSize:
        """Return the size at the least width."""
        return QSize(_NARROWEST, self.heightForWidth(_NARROWEST))

    def words_fit(self) -> bool:
        """Whether title and sentence have room."""
        room, said = self._summary_room(), str(self.example.summary)
        needed = QFontMetrics(theme.font("small")).boundingRect(room, Qt.TextFlag.TextWordWrap, said)
        wide = QFontMetrics(theme.font("strong")).horizontalAdvance(str(self.example.title))
        return room.contains(needed) and wide <= room.width()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be pressed."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Show it at rest."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint frame, picture and words."""
        colours, focused = self._theme, self.hasFocus()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1.0, 1.0, -1.0, -1.0)
        shape = QPainterPath()
        shape.addRoundedRect(frame, _RADIUS, _RADIUS)
        painter.fillPath(shape, colours.hover if self.underMouse() or self.isDown() else colours.raised)
        high = _picture_height(self.width())
        painter.setClipPath(shape)
        painter.drawPixmap(0, 0, self._picture_now())
        painter.setClipping(False)
        painter.setPen(QPen(colours.line, 1.0))
        painter.drawLine(QLineF(frame.left(), high + 0.5, frame.right(), high + 0.5))
        if focused:
            halo = QColor(colours.accent)
            halo.setAlphaF(0.32)
            painter.setPen(QPen(halo, 3.0))
            painter.drawPath(shape)
        painter.setPen(QPen(colours.accent if focused else colours.line, 1.0))
        painter.drawPath(shape)
        self._write(painter)
        painter.end()

    def _write(self, painter: QPainter) -> None:
        colours, row = self._theme, self._title_row()
        painter.setFont(theme.font("strong"))
        painter.setPen(colours.text)
        title = painter.fontMetrics().elidedText(str(self.example.title), Qt.TextElideMode.ElideRight, row.width())
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
        painter.setFont(theme.font("small"))
        painter.setPen(colours.mute)
        painter.drawText(self._summary_room(), Qt.TextFlag.TextWordWrap, str(self.example.summary))
        if self._mark:
            self._paint_mark(painter)

    def _paint_mark(self, painter: QPainter) -> None:
        """Say in the corner of the picture that the example trains."""
        colours, corner = self._theme, QPointF(self.width() - 9, _picture_height(self.width()) - 8)
        size = QSizeF(painter.fontMetrics().horizontalAdvance(self._mark) + 28, _rows_height("small", 1) + 4)
        pill = QRectF(corner - QPointF(size.width(), size.height()), size)
        painter.setPen(QPen(colours.line, 1.0))
        painter.setBrush(colours.raised)
        painter.drawRoundedRect(pill.adjusted(0.5, 0.5, -0.5, -0.5), pill.height() / 2, pill.height() / 2)
        painter.setPen(colours.mute)
        painter.drawText(
            pill.adjusted(19, 0, 0, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._mark
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.ok)
        painter.drawEllipse(QPointF(pill.left() + 11.5, pill.center().y()), 3.0, 3.0)

    def _title_row(self) -> QRect:
        top = _picture_height(self.width()) + 10
        return QRect(_INSET, top, self.width() - 2 * _INSET, _rows_height("strong", 1))

    def _summary_room(self) -> QRect:
        row = self._title_row()
        return QRect(_INSET, row.bottom() + 4, row.width(), _rows_height("small", 2))

    def _picture_now(self) -> QPixmap:
        """Return the picture in the size of the card; it is read when it is first seen."""
        ratio = self.devicePixelRatioF()
        size = QSize(self.width(), _picture_height(self.width())) * ratio
        if self._picture.size() != size:
            image = QImage(str(thumbnail_path(self.example.name, dark=self._theme.dark)))
            fitting = Qt.AspectRatioMode.IgnoreAspectRatio
            smooth = Qt.TransformationMode.SmoothTransformation
            full = image.convertToFormat(QImage.Format.Format_RGB32)
            self._picture = QPixmap.fromImage(full.scaled(size, fitting, smooth))
            self._picture.setDevicePixelRatio(ratio)
        return self._picture


def _picture_height(width: int) -> int:
    return width * SIZE.height() // SIZE.width()


def _rows_height(kind: theme.FontKind, rows: int) -> int:
    """Return the height of so many rows of text; those in Chinese are higher than the font says."""
    text = "\n".join(["中g"] * rows)
    return QFontMetrics(theme.font(kind)).boundingRect(QRect(0, 0, 999, 999), Qt.TextFlag.TextWordWrap, text).height()


def _matches(example: Example, words: Sequence[str]) -> bool:
    texts = (example.title, example.summary, GROUPS[example.group])
    said = " ".join([example.name, *(f"{text.en} {text.zh}" for text in texts)]).casefold()
    return all(word in said for word in words)

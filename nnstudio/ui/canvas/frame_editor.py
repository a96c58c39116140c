"""Typing a frame's title or note where it stands: a field laid over the canvas, as large as the words beneath."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from nnstudio.core.words import tr
from nnstudio.ui.canvas.frame_items import LETTERS, title_font

if TYPE_CHECKING:
    from nnstudio.ui.canvas.frame_items import FrameItem
    from nnstudio.ui.canvas.view import Canvas

MOST_LETTERS: Final = 200
"""Letters of a title."""
MOST_NOTE: Final = 1_000
"""Letters of a note."""
_WIDEST: Final = 320
_NOTE: Final = (220, 400, 76)
"""The least and the greatest width of the field for a note, and its height."""


class _Editing:
    """What the two fields have in common: they follow their frame and end once."""

    def __init__(self, canvas: Canvas, id_: str, accept: Callable[[str], None], forget: Callable[[], None]) -> None:
        self._canvas = canvas
        self._id = id_
        self._accept = accept
        self._forget = forget
        self._is_over = False

    @property
    def _item(self) -> FrameItem:
        return self._canvas.board.frames.items[self._id]

    def _place(self, rect: QRectF) -> QRect:
        """Return where a rectangle of the scene is in the viewport."""
        return self._canvas.viewportTransform().mapRect(rect).toRect()


class TitleEditor(QLineEdit):
    """The field for a title. Enter and a click elsewhere take it, Esc leaves it."""

    def __init__(self, canvas: Canvas, id_: str, accept: Callable[[str], None], forget: Callable[[], None]) -> None:
        super().__init__(canvas.viewport())
        self._editing = _Editing(canvas, id_, accept, forget)
        self.setObjectName("frame_title")
        self.setAccessibleName(tr("Title of the frame"))
        self.setMaxLength(MOST_LETTERS)
        self.setStyleSheet("padding: 0 8px; min-height: 0; border-radius: 6px;")  # as low as the tab beneath
        self.setText(self._editing._item.frame.title)
        self.selectAll()
        self._follow()
        canvas.looked.connect(self._follow)
        self.returnPressed.connect(self._on_returned)
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def finish(self, *, accepted: bool) -> None:
        """End, once."""
        _finish(self, self._editing, self.text(), accepted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Type; no key goes on to the canvas."""
        if event.key() == Qt.Key.Key_Escape:
            self.finish(accepted=False)
        else:
            super().keyPressEvent(event)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take what was typed when the person goes on elsewhere."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.finish(accepted=True)

    def _on_returned(self) -> None:
        self.finish(accepted=True)

    def _follow(self) -> None:
        canvas, item = self._editing._canvas, self._editing._item
        tab = self._editing._place(item.tab.rect(canvas.zoom))
        font = QFont(title_font(canvas.board.style_))
        font.setPixelSize(max(LETTERS - 2, min(2 * LETTERS, round(tab.height() * 0.58))))
        self.setFont(font)
        wide = max(tab.width(), min(_WIDEST, self._editing._place(item.rect).width()), 160)
        high = max(tab.height(), self.fontMetrics().height() + 4)
        self.setGeometry(tab.left(), tab.bottom() + 1 - high, wide, high)


class NoteEditor(QPlainTextEdit):
    """The field for a note. Ctrl+Enter and a click elsewhere take it, Esc leaves it; Enter begins a line."""

    def __init__(self, canvas: Canvas, id_: str, accept: Callable[[str], None], forget: Callable[[], None]) -> None:
        super().__init__(canvas.viewport())
        self._editing = _Editing(canvas, id_, accept, forget)
        self.setObjectName("frame_note")
        self.setAccessibleName(tr("Note of the frame"))
        self.setPlaceholderText(tr("Note; Ctrl+Enter when done"))
        self.setTabChangesFocus(True)
        self.setPlainText(self._editing._item.frame.note)
        self.selectAll()
        self._follow()
        canvas.looked.connect(self._follow)
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def finish(self, *, accepted: bool) -> None:
        """End, once."""
        _finish(self, self._editing, self.toPlainText()[:MOST_NOTE], accepted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Type; no key goes on to the canvas."""
        ends = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.finish(accepted=False)
        elif ends and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.finish(accepted=True)
        else:
            super().keyPressEvent(event)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take what was typed when the person goes on elsewhere."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.finish(accepted=True)

    def _follow(self) -> None:
        canvas, item = self._editing._canvas, self._editing._item
        rect = self._editing._place(item.note_rect().adjusted(-6.0, -4.0, 6.0, 4.0))
        font = QFont(canvas.board.style_.small)
        font.setPixelSize(max(font.pixelSize(), min(2 * font.pixelSize(), round(font.pixelSize() * canvas.zoom))))
        self.setFont(font)
        narrowest, widest, high = _NOTE
        self.setGeometry(rect.left(), rect.top(), max(narrowest, min(widest, rect.width())), high)


def _finish(editor: TitleEditor | NoteEditor, editing: _Editing, text: str, accepted: bool) -> None:
    if editing._is_over:
        return
    editing._is_over = True  # before anything else: what follows takes the keyboard away
    editing._canvas.looked.disconnect(editor._follow)
    editor.hide()
    editor.deleteLater()
    editing._forget()
    if accepted:
        editing._accept(text)

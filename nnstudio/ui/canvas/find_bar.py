"""The bar that finds: what is typed lights up in the drawing, Enter goes from one to the next, into blocks too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QToolButton, QWidget

from nnstudio.core.words import tr
from nnstudio.ui import theme as themes
from nnstudio.ui.chooser import is_taken_below
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.finding import Finder, Hit

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas

_WIDTH = 420
_MARGIN = 12


def find_bar(canvas: Canvas) -> FindBar:
    """Return the bar of a canvas, which is made when it is first asked for."""
    return canvas.findChild(FindBar, "find_bar") or FindBar(canvas)


class FindBar(QFrame):
    """A field, how many were found, and the ways to the next and to the one before. Begins hidden."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.setObjectName("find_bar")
        self.setAccessibleName(tr("Find in the drawing"))
        self._canvas = canvas
        self._hits: tuple[Hit, ...] = ()
        self._at: int | None = None
        self._finder: Finder | None = None
        self.field = QLineEdit()
        self.field.setObjectName("find_field")
        self.field.setAccessibleName(tr("Find in the drawing"))
        self.field.setPlaceholderText(tr("Find in the drawing…"))
        self.count = ElidedLabel("", "small", mute=True)
        self.count.setObjectName("find_count")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addSpacing(4)
        row.addWidget(self.count)
        row.addSpacing(4)
        keys = (("find_before", "↑", tr("Previous (Shift+Enter)"), -1), ("find_after", "↓", tr("Next (Enter)"), 1))
        for name, sign, tip, step in keys:
            self._add_button(row, name, sign, tip).clicked.connect(lambda _checked=False, step=step: self.step(step))
        self._add_button(row, "find_close", "×", tr("Close (Esc)")).clicked.connect(self.close_now)
        self._dress()
        self.hide()
        self.field.textChanged.connect(self._on_typed)
        self.field.installEventFilter(self)
        canvas.installEventFilter(self)
        session = canvas.session
        session.changed.connect(self._on_changed)
        session.entered.connect(self._light)
        session.selection_changed.connect(self._follow)

    def open_now(self) -> None:
        """Show it, with the last query ready to be typed over, and take the keyboard."""
        self._place()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self._search()

    def close_now(self) -> None:
        """Hide it; the keyboard goes to the drawing, where what was found is selected."""
        if not self.isHidden():
            self.hide()
            self._canvas.board.show_found(None)
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def step(self, ahead: int) -> None:
        """Go to the next that was found, or with -1 to the one before; around at the ends."""
        if self.isHidden():  # by F3: the last query once more
            self._search()
        if not self._hits:
            return
        if self._at is None:
            self._at = -1 if ahead > 0 else 0
        self._go((self._at + ahead) % len(self._hits))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes on, Esc closes; and stay in the corner of the canvas."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self._place()
        elif watched is self.field and isinstance(event, QKeyEvent) and is_taken_below(event, self._canvas):
            event.accept()
            return True
        elif watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.step(-1 if shift else 1)
            elif key == Qt.Key.Key_Down:
                self.step(1)
            elif key == Qt.Key.Key_Up:
                self.step(-1)
            elif key == Qt.Key.Key_Escape:
                self.close_now()
            else:
                return False
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep what the field has no use for from the canvas."""
        event.accept()

    # Inside

    def _on_typed(self) -> None:
        self._search()
        # The nearest is shown while one types; a block is entered only on Enter.
        here = self._canvas.session.trail
        near = [number for number, hit in enumerate(self._hits) if hit.trail == here]
        if near:
            ahead = [number for number in near if self._at is not None and number >= self._at]
            self._go((ahead or near)[0])

    def _on_changed(self) -> None:
        self._finder = None
        if not self.isHidden():
            self._search()

    def _search(self) -> None:
        session = self._canvas.session
        if self._finder is None:
            self._finder = Finder(session.project, session.model.order)
        self._hits = self._finder.find(self.field.text())
        self._follow()
        self._light()

    def _follow(self) -> None:
        """Let the count say which of those found is selected, if one is."""
        session = self._canvas.session
        chosen = [
            number
            for number, hit in enumerate(self._hits)
            if hit.trail == session.trail and session.selection == {hit.node}
        ]
        self._at = chosen[0] if chosen else None
        self._tell()

    def _go(self, number: int) -> None:
        hit, canvas, session = self._hits[number], self._canvas, self._canvas.session
        if hit.trail != session.trail:
            pairs = zip(hit.trail, session.trail, strict=False)
            common = next((depth for depth, (one, other) in enumerate(pairs) if one != other), None)
            kept = min(len(hit.trail), len(session.trail)) if common is None else common
            session.leave(len(session.trail) - kept)
            for level in hit.trail[kept:]:
                session.enter(level.block, level.node)
        canvas.caret.go_to(hit.node)
        self._at = number
        self._tell()
        self._light()

    def _light(self) -> None:
        """Light what was found in the open drawing."""
        if self.isHidden():
            return
        here = self._canvas.session.trail
        found = frozenset(hit.node for hit in self._hits if hit.trail == here)
        self._canvas.board.show_found(found if self.field.text().split() else None)

    def _tell(self) -> None:
        hits, at = self._hits, self._at
        if not self.field.text().split():
            text = ""
        elif not hits:
            text = tr("nothing found")
        elif at is None:
            text = tr("{count} found", count=len(hits))
        else:
            text = tr("{number} of {count}", number=at + 1, count=len(hits))
            if hits[at].where:
                text += " · " + hits[at].where
        self.count.setText(text)
        self.field.setProperty("wrong", bool(self.field.text().split()) and not hits)
        self.field.style().polish(self.field)
        self.count.setAccessibleName(text)

    def _add_button(self, row: QHBoxLayout, name: str, sign: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setText(sign)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setAutoRaise(True)
        button.setFixedSize(24, 24)
        row.addWidget(button)
        return button

    def _place(self) -> None:
        parent = self.parentWidget()
        assert isinstance(parent, QWidget)
        self.adjustSize()
        width = min(_WIDTH, parent.width() - 2 * _MARGIN)
        self.setGeometry(parent.width() - width - _MARGIN, _MARGIN, width, self.sizeHint().height())

    def _dress(self) -> None:
        now = themes.current()
        self.setStyleSheet(
            f"#find_bar {{ background: {now.raised.name()}; border: 1px solid {now.line.name()}; border-radius: 8px; }}"
            "#find_bar QToolButton { border: 1px solid transparent; border-radius: 5px; }"
            f"#find_bar QToolButton:hover {{ background: {now.hover.name()}; }}"
            f"#find_bar QToolButton:focus {{ border-color: {now.accent.name()}; }}"
        )

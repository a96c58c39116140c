"""A field and a list that open over a widget: a few letters, Enter, and something is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFocusEvent, QIcon, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.ui import theme as themes
from nnstudio.ui.icons import kind_icon

_ROW = 28
_FIELD = 40
_MARGIN = 8
_ICON = 16

_CHOICE = Qt.ItemDataRole.UserRole

Index = QModelIndex | QPersistentModelIndex


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list.

    Attributes:
        key: what the program calls it.
        title: what the person reads.
        note: a quiet word after the title.
        aside: what stands at the right edge.
        summary: what a tool tip and a screen reader say.
        icon: name of its picture, painted in the colour of ``family``; empty for none.
        family: a key of `nnstudio.layers.spec.FAMILIES`.
        enabled: whether it can be chosen now.
    """

    key: str
    title: str
    note: str = ""
    aside: str = ""
    summary: str = ""
    icon: str = ""
    family: str = ""
    enabled: bool = True


class _Found(QAbstractListModel):
    """What was found, the likeliest first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: Sequence[Choice] = ()
        self._ratio = parent.devicePixelRatioF()

    def show(self, rows: Sequence[Choice]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many there are."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let a screen reader know what cannot be chosen; it can be gone to all the same."""
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsEnabled if self.rows[index.row()].enabled else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the title, the picture and what a tool tip or a screen reader says."""
        choice = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return choice.title
        if role == _CHOICE:
            return choice
        if role == Qt.ItemDataRole.ToolTipRole:
            return choice.summary
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return ", ".join(filter(None, (choice.summary, choice.note, choice.aside)))
        if role == Qt.ItemDataRole.DecorationRole and choice.icon:
            return QIcon(kind_icon(choice.icon, themes.current().family(choice.family), _ICON, self._ratio))
        return None


class _Row(QStyledItemDelegate):
    """Paints a line: picture, title and note from the left, and what stands at the right."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the size of a row."""
        return QSize(0, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        now = themes.current()
        rect: QRect = option.rect
        choice = index.data(_CHOICE)
        assert isinstance(choice, Choice)
        rows = self.parent()
        # By the current index, not by the selection, which leaves out what cannot be chosen now.
        if isinstance(rows, QListView) and rows.currentIndex() == index:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(themes.blend(now.accent, now.raised, 0.86))
            painter.drawRoundedRect(QRectF(rect), 5.0, 5.0)
        inner = rect.adjusted(10, 0, -10, 0)
        if choice.icon:
            icon = index.data(Qt.ItemDataRole.DecorationRole)
            icon.paint(painter, QRect(rect.left() + 8, rect.top(), _ICON, rect.height()))
            inner.setLeft(rect.left() + 32)
        faded = themes.blend(now.mute, now.raised, 0.45)
        quiet = now.mute if choice.enabled else faded
        # The keys at the right are never cut; where a kind stands there, the title goes before it.
        aside = choice.aside if not choice.icon else ""
        inner.setRight(inner.right() - self._write(painter, inner, aside, "small", quiet, at_right=True))
        title = self._write(painter, inner, choice.title, "body", now.text if choice.enabled else faded)
        inner.setLeft(min(inner.right(), inner.left() + title))
        self._write(painter, inner, choice.note, "small", quiet)
        if choice.icon:
            self._write(painter, inner, choice.aside, "small", quiet, at_right=True)

    @staticmethod
    def _write(
        painter: QPainter, rect: QRect, text: str, font: themes.FontKind, colour: QColor, *, at_right: bool = False
    ) -> int:
        """Write as much as there is room for; return how much room it took, with the gap beside it."""
        if not text:
            return 0
        painter.setFont(themes.font(font))
        painter.setPen(colour)
        room = painter.fontMetrics()
        text = room.elidedText(text, Qt.TextElideMode.ElideRight, max(0, rect.width()))
        side = Qt.AlignmentFlag.AlignRight if at_right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | side), text)
        return room.horizontalAdvance(text) + 12


class Chooser(QFrame):
    """The popup. Closes when it loses the keyboard, on Esc, and when something is taken."""

    def __init__(
        self,
        parent: QWidget,
        *,
        name: str,
        titles: tuple[str, str, str, str],
        find: Callable[[str], Sequence[Choice]],
        accept: Callable[[str], None],
        closed: Callable[[], None],
        width: int = 264,
        num_rows: int = 8,
    ) -> None:
        """Build it hidden.

        Args:
            parent: what it lies over.
            name: its object name; those of field and list begin with it.
            titles: what a screen reader calls popup, field and list, and the hint in the empty field.
            find: returns what some letters may mean, the likeliest first.
            accept: called with the key of what is taken.
            closed: called once when it closes, before ``accept``.
            width: in pixels.
            num_rows: how many lines are seen at a time.
        """
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(titles[0])
        self._over = parent
        self._find = find
        self._accept = accept
        self._closed: Callable[[], None] | None = closed
        self._wide, self._num_rows = width, num_rows
        self.field = QLineEdit(self)
        self.field.setObjectName(f"{name}_field")
        self.setFocusProxy(self.field)  # a click on the list leaves the keyboard here, too
        self.field.setAccessibleName(titles[1])
        self.field.setPlaceholderText(titles[3])
        self.list = QListView(self)
        self.list.setObjectName(f"{name}_list")
        self.list.setAccessibleName(titles[2])
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._found = _Found(self)
        self.list.setModel(self._found)
        self.list.setItemDelegate(_Row(self.list))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(_MARGIN - 2)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self._dress()
        self.field.textChanged.connect(self._on_typed)
        self.list.clicked.connect(self._on_clicked)
        self.field.installEventFilter(self)
        self._on_typed("")

    def open_at(self, place: QPoint) -> None:
        """Show it at a place of the parent, moved so that all of it is seen, and take the keyboard."""
        parent = self._over
        left = max(_MARGIN, min(place.x(), parent.width() - self._wide - _MARGIN))
        top = max(_MARGIN, min(place.y(), parent.height() - _height(self._num_rows) - _MARGIN))
        self.move(left, top)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_now(self, key: str | None = None) -> None:
        """Close, and hand over what was taken, if anything."""
        closed, self._closed = self._closed, None
        if closed is None:
            return
        self.hide()
        closed()
        if key is not None:
            self._accept(key)
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give the list what belongs to it, and close when the keyboard goes elsewhere."""
        if watched is self.field:
            if isinstance(event, QKeyEvent) and is_taken_below(event, self._over):
                event.accept()
                return True
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self._on_key(event)
            if isinstance(event, QFocusEvent) and event.lostFocus():
                elsewhere = event.reason() not in (
                    Qt.FocusReason.ActiveWindowFocusReason,
                    Qt.FocusReason.PopupFocusReason,
                )
                if elsewhere:
                    self.close_now()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep what the field has no use for from the widget below."""
        event.accept()

    def _on_key(self, event: QKeyEvent) -> bool:
        key, row, count = event.key(), self.list.currentIndex().row(), self._found.rowCount()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(row if 0 <= row < count else None)
        elif key == Qt.Key.Key_Escape:
            self.close_now()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Tab) and count:
            self._choose((row + 1) % count)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Backtab) and count:
            self._choose((row - 1) % count)
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp) and count:
            step = self._num_rows if key == Qt.Key.Key_PageDown else -self._num_rows
            self._choose(min(count - 1, max(0, row + step)))
        else:
            return False
        return True

    def _take(self, row: int | None) -> None:
        if row is None:
            self.close_now()
        elif self._found.rows[row].enabled:
            self.close_now(self._found.rows[row].key)

    def _on_typed(self, query: str) -> None:
        self._found.show(self._find(query))
        self.setFixedSize(self._wide, _height(min(self._num_rows, max(1, len(self._found.rows)))))
        if self._found.rows:
            self._choose(0)

    def _on_clicked(self, index: QModelIndex) -> None:
        self._take(index.row())

    def _choose(self, row: int) -> None:
        index = self._found.index(row)
        self.list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.list.scrollTo(index)
        self.list.viewport().update()

    def _dress(self) -> None:
        now = themes.current()
        self.setStyleSheet(
            f"#{self.objectName()} {{ background: {now.raised.name()}; border: 1px solid {now.line.name()};"
            " border-radius: 8px; }"
            f"#{self.objectName()} QListView {{ background: transparent; outline: 0; }}"
        )


def is_taken_below(event: QKeyEvent, over: QWidget) -> bool:
    """Whether a key that is about to be typed is a shortcut of the widget that the field lies over, not of all."""
    if event.type() != QEvent.Type.ShortcutOverride:
        return False
    keys = QKeySequence(event.keyCombination())
    inner = Qt.ShortcutContext.WidgetWithChildrenShortcut
    return any(action.shortcutContext() == inner and keys in action.shortcuts() for action in over.actions())


def _height(rows: int) -> int:
    return 2 * _MARGIN + _FIELD + _ROW * rows

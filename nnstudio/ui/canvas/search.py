"""The search that opens at the pointer: a few letters, Enter, and the layer is there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFocusEvent, QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.core.words import tr
from nnstudio.ui import theme as themes
from nnstudio.ui.canvas.fuzzy import ranked
from nnstudio.ui.icons import kind_icon
from nnstudio.ui.palette.model import BLOCK_PREFIX, Offer, offers

_WIDTH = 264
_ROWS = 8
_ROW = 28
_FIELD = 40
_MARGIN = 8

_KIND = Qt.ItemDataRole.UserRole

Index = QModelIndex | QPersistentModelIndex


def _height(rows: int) -> int:
    return 2 * _MARGIN + _FIELD + _ROW * rows


class _Found(QAbstractListModel):
    """The offers that fit, the likeliest first."""

    def __init__(self, parent: QObject, fits: Callable[[str], bool], own: tuple[Offer, ...]) -> None:
        super().__init__(parent)
        self._all = [(offer, offer.names) for offer in (*own, *offers()) if fits(offer.key)]
        self.rows: list[Offer] = []
        self._ratio = parent.devicePixelRatioF() if isinstance(parent, QWidget) else 1.0
        self.search("")

    def search(self, query: str) -> None:
        """Find what ``query`` may mean."""
        self.beginResetModel()
        self.rows = sorted(ranked(query, self._all), key=lambda offer: offer.rank(query))
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many there are."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the title, the picture and what a tool tip or a screen reader says."""
        offer = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return str(offer.title)
        if role == _KIND:
            name = offer.key.removeprefix(BLOCK_PREFIX)
            return name if name != str(offer.title) else ""
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return str(offer.summary)
        if role == Qt.ItemDataRole.DecorationRole:
            colour = themes.current().family(offer.family)
            return QIcon(kind_icon(offer.icon, colour, 16, self._ratio))
        return None


class _Row(QStyledItemDelegate):
    """Paints an offer: picture, title, and what torch calls it."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the size of a row."""
        return QSize(0, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        now = themes.current()
        rect: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(themes.blend(now.accent, now.raised, 0.86))
            painter.drawRoundedRect(QRectF(rect), 5.0, 5.0)
        icon = index.data(Qt.ItemDataRole.DecorationRole)
        icon.paint(painter, QRect(rect.left() + 8, rect.top(), 16, rect.height()))
        title, kind = index.data(Qt.ItemDataRole.DisplayRole), index.data(_KIND)
        inner = rect.adjusted(32, 0, -10, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(themes.font("body"))
        painter.setPen(now.text)
        room = painter.fontMetrics()
        title = room.elidedText(title, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, int(middle | Qt.AlignmentFlag.AlignLeft), title)
        inner.setLeft(inner.left() + room.horizontalAdvance(title) + 12)
        painter.setFont(themes.font("small"))
        painter.setPen(now.mute)
        kind = painter.fontMetrics().elidedText(kind, Qt.TextElideMode.ElideRight, max(0, inner.width()))
        painter.drawText(inner, int(middle | Qt.AlignmentFlag.AlignRight), kind)


class SearchPopup(QFrame):
    """A field and a list over the canvas. Closes when it loses the keyboard, on Esc, and when something is taken."""

    def __init__(
        self,
        parent: QWidget,
        *,
        accept: Callable[[str], None],
        closed: Callable[[], None],
        fits: Callable[[str], bool] = lambda _key: True,
        own: tuple[Offer, ...] = (),
    ) -> None:
        """Build it hidden.

        Args:
            parent: the canvas.
            accept: called with the key of what is taken.
            closed: called once when it closes, before ``accept``.
            fits: which keys are offered at all.
            own: blocks that are offered besides what the program brings along.
        """
        super().__init__(parent)
        self.setObjectName("canvas_search")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(tr("Add a layer"))
        self._over = parent
        self._accept = accept
        self._closed: Callable[[], None] | None = closed
        self.field = QLineEdit(self)
        self.field.setObjectName("canvas_search_field")
        self.setFocusProxy(self.field)  # a click on the list leaves the keyboard here, too
        self.field.setAccessibleName(tr("Search layers"))
        self.field.setPlaceholderText(tr("Search layers…"))
        self.list = QListView(self)
        self.list.setObjectName("canvas_search_list")
        self.list.setAccessibleName(tr("Layers found"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._found = _Found(self, fits, own)
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
        left = max(_MARGIN, min(place.x(), parent.width() - _WIDTH - _MARGIN))
        top = max(_MARGIN, min(place.y(), parent.height() - _height(_ROWS) - _MARGIN))
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

    def _on_key(self, event: QKeyEvent) -> bool:
        key, row, count = event.key(), self.list.currentIndex().row(), self._found.rowCount()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close_now(self._found.rows[row].key if 0 <= row < count else None)
        elif key == Qt.Key.Key_Escape:
            self.close_now()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Tab) and count:
            self._choose((row + 1) % count)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Backtab) and count:
            self._choose((row - 1) % count)
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp) and count:
            step = _ROWS if key == Qt.Key.Key_PageDown else -_ROWS
            self._choose(min(count - 1, max(0, row + step)))
        else:
            return False
        return True

    def _on_typed(self, query: str) -> None:
        self._found.search(query)
        self.setFixedSize(_WIDTH, _height(min(_ROWS, max(1, len(self._found.rows)))))
        if self._found.rows:
            self._choose(0)

    def _on_clicked(self, index: QModelIndex) -> None:
        self.close_now(self._found.rows[index.row()].key)

    def _choose(self, row: int) -> None:
        self.list.setCurrentIndex(self._found.index(row))

    def _dress(self) -> None:
        now = themes.current()
        self.setStyleSheet(
            f"#canvas_search {{ background: {now.raised.name()}; border: 1px solid {now.line.name()};"
            " border-radius: 8px; }"
            "#canvas_search QListView { background: transparent; outline: 0; }"
        )

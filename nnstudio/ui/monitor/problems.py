"""The list of everything that is wrong, each with the edits that mend it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPolygonF, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QSizePolicy,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.core.words import tr
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel, link
from nnstudio.ui.monitor.empty import EmptyNote
from nnstudio.ui.problems import Found, find_problems, mend, show

if TYPE_CHECKING:
    from nnstudio.ui.session import Session

_ROW = 26
_ICON = 14.0
_NAME_SHARE, _NAME_MOST = 0.3, 240
Index = QModelIndex | QPersistentModelIndex


class ProblemModel(QAbstractListModel):
    """The problems as rows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[Found, ...] = ()

    def show_rows(self, rows: tuple[Found, ...]) -> None:
        """Show these problems in place of the ones before."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        """There are no rows within rows."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """A problem as text; the delegate paints more."""
        found = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return found.problem.message
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return found.spoken if role == Qt.ItemDataRole.AccessibleTextRole else "\u200b" + found.problem.message
        return None


class ProblemsView(QWidget):
    """Follows the analysis while it is seen; hidden, it does nothing."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problems_view")
        self._session = session
        self._stale = True
        self.model = ProblemModel(self)
        self.list = _List(self)
        self.list.setObjectName("problems_list")
        self.list.setAccessibleName(tr("Problems"))
        self.list.setFrameShape(QListView.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(_RowPainter(self.list))
        self.list.setModel(self.model)
        self._mends = QHBoxLayout()
        self._mends.setContentsMargins(16, 4, 16, 8)
        self._mends.setSpacing(14)
        self._note = EmptyNote(tr("Nothing is wrong with this drawing."), self)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        column.addLayout(self._mends)
        self.setFocusProxy(self.list)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._note)
        self._pages.addWidget(full)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.refresh)
        self.list.selectionModel().currentChanged.connect(self._show_mends)
        self.list.activated.connect(self._on_activated)
        session.changed.connect(self._on_changed)
        session.entered.connect(self._on_changed)

    @property
    def rows(self) -> tuple[Found, ...]:
        """What is listed."""
        return self.model.rows

    def refresh(self) -> None:
        """List what is wrong now; the row that was current stays so."""
        if not self.isVisible():
            return
        self._stale = False
        session = self._session
        empty = not session.project.graph.nodes
        self._note.setText(tr("Nothing is drawn yet.") if empty else tr("Nothing is wrong with this drawing."))
        place, rows = self.list.currentIndex().row(), find_problems(session)
        if rows != self.rows:
            before = self.rows[place] if 0 <= place < len(self.rows) else None
            self.model.show_rows(rows)
            same = [number for number, one in enumerate(rows) if before is not None and _same(one, before)]
            kept = same[0] if same else min(max(place, 0), len(rows) - 1)
            self.list.setCurrentIndex(self.model.index(kept))
        self._pages.setCurrentIndex(1 if rows else 0)
        self._show_mends()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened meanwhile."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def _on_changed(self, *_: object) -> None:
        self._stale = True
        if self.isVisible():
            self._soon.start()

    def _current(self) -> Found | None:
        place = self.list.currentIndex().row()
        return self.rows[place] if 0 <= place < len(self.rows) else None

    def _on_activated(self, index: QModelIndex) -> None:
        show(self._session, self.rows[index.row()])

    def _show_mends(self, *_: object) -> None:
        while (item := self._mends.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        found = self._current()
        if found is None:
            return
        goto = link(tr("Show"))
        goto.setObjectName("problem_show")
        goto.clicked.connect(partial(self._on_show, found))
        buttons = [goto]
        for number, fix in enumerate(found.problem.fixes):
            button = link(fix.label)
            button.setObjectName(f"problem_mend_{number}")
            button.clicked.connect(partial(self._on_mend, found, number))
            buttons.append(button)
        for button in buttons:
            button.setFont(theme.font("small"))
            self._mends.addWidget(button)
            button.show()  # at once: a layout would do it only later
        rest = ElidedLabel("", "small", mute=True)
        rest.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._mends.addWidget(rest, 1)

    def _on_show(self, found: Found, _checked: bool = False) -> None:
        show(self._session, found)

    def _on_mend(self, found: Found, number: int, _checked: bool = False) -> None:
        mend(self._session, found, found.problem.fixes[number])


class _List(QListView):
    """A list in which Enter shows the problem, whatever the platform takes for that."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class _RowPainter(QStyledItemDelegate):
    """Paints a sign that differs by form and colour, the name in bold, and the message."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, ProblemModel)
        found, dress = model.rows[index.row()], theme.current()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.blend(dress.accent, dress.panel, 0.82) if chosen else dress.hover)
        if chosen:
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), dress.accent)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(dress.accent)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        sign = QRectF(rect.left() + 16, rect.center().y() - _ICON / 2 + 0.5, _ICON, _ICON)
        _paint_sign(painter, sign, found.is_error, dress.err if found.is_error else dress.warn, dress.panel)
        left = round(sign.right()) + 10
        wide = min(_NAME_MOST, round(rect.width() * _NAME_SHARE))
        place = found.place or tr("Drawing")
        for text, kind, at in (
            (place, theme.font("strong"), QRect(left, rect.top(), wide, rect.height())),
            (
                found.problem.message,
                theme.font("body"),
                QRect(left + wide + 14, rect.top(), rect.right() - left - wide - 26, rect.height()),
            ),
        ):
            painter.setFont(kind)
            painter.setPen(dress.text)
            line = QFontMetrics(kind).elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, at.width())
            painter.drawText(at, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, line)
        painter.restore()


def _paint_sign(painter: QPainter, rect: QRectF, is_error: bool, colour: QColor, ground: QColor) -> None:
    """Paint a disc for a mistake, a triangle for a warning, each with its exclamation mark."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    if is_error:
        painter.drawEllipse(rect)
    else:
        painter.drawPolygon(QPolygonF([QPointF(rect.center().x(), rect.top()), rect.bottomRight(), rect.bottomLeft()]))
    painter.setBrush(ground)
    middle, top = rect.center().x(), rect.top() + (3.0 if is_error else 5.0)
    painter.drawRect(QRectF(middle - 0.9, top, 1.8, 4.6))
    painter.drawRect(QRectF(middle - 0.9, top + 5.8, 1.8, 1.8))


def _same(one: Found, other: Found) -> bool:
    return (one.trail, one.problem.id, one.problem.code) == (other.trail, other.problem.id, other.problem.code)

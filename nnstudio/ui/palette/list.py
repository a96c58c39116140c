"""The palette's list: families with headings, entries with icons that can be dragged out."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import (
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDrag,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from nnstudio.core.words import tr
from nnstudio.ui import theme
from nnstudio.ui.icons import kind_icon
from nnstudio.ui.palette.model import HEADINGS, Offer, grouped

MIME = "application/x-nnstudio-kind"
"""What a drag carries: the key of an `Offer`, as UTF-8."""

_OFFER, _HEADING, _IS_FOLDED = (Qt.ItemDataRole.UserRole + number for number in range(3))
_TURNS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right)
_ROW_HEIGHT, _HEADING_HEIGHT, _ICON = 24, 27, 18
_CARD = QSize(128, 44)


class OfferList(QListView):
    """Shows what `grouped` finds; double-click and Enter activate, a drag carries the key in `MIME`.

    A click on a heading folds what stands under it away, and so do Enter, Space and Left; Right unfolds. What a search
    finds is always open.
    """

    taken = Signal(str)
    """The key of an entry that was activated."""
    menu_wanted = Signal(object, QPoint)
    """An `Offer`, and the place on the screen for its menu."""
    folded_changed = Signal()

    def __init__(self, folded: frozenset[str] = frozenset(), parent: QWidget | None = None) -> None:
        """Show everything but what is under the headings in ``folded``, keys of `HEADINGS`."""
        super().__init__(parent)
        self._folded = folded
        self._is_searching = False
        self._model = QStandardItemModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.activated.connect(self._on_activated)
        self.clicked.connect(self._on_clicked)
        self.show_found("")

    def show_found(self, query: str, own: Iterable[Offer] = ()) -> int:
        """Show what a search finds, also among blocks that come and go; return how many entries."""
        self._model.clear()
        self._is_searching = bool(query.strip())
        usable = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        count = 0
        for key, found in grouped(query, own):
            heading = QStandardItem(str(HEADINGS[key]))
            heading.setData(key, _HEADING)
            heading.setFlags(Qt.ItemFlag.NoItemFlags if self._is_searching else usable)
            self._model.appendRow(heading)
            for offer in found:
                entry = QStandardItem(str(offer.title))
                entry.setData(offer, _OFFER)
                entry.setToolTip(f"{offer.title} – {offer.summary}")
                entry.setAccessibleDescription(str(offer.summary))
                entry.setFlags(usable | Qt.ItemFlag.ItemIsDragEnabled)
                self._model.appendRow(entry)
                count += 1
        self._fold()
        return count

    @property
    def folded(self) -> frozenset[str]:
        """The headings whose entries are folded away."""
        return self._folded

    def set_folded(self, heading: str, folded: bool) -> None:
        """Fold the entries under a heading away, or show them again."""
        if folded != (heading in self._folded):
            self._folded = self._folded ^ {heading}
            self._fold()
            self.folded_changed.emit()

    def heading_of(self, key: str) -> QModelIndex:
        """Return where a heading stands; an invalid index when nothing is under it."""
        for row in range(self._model.rowCount()):
            if self._model.item(row).data(_HEADING) == key:
                return self._model.index(row, 0)
        return QModelIndex()

    def offers(self) -> list[Offer]:
        """Return what is shown, from top to bottom."""
        rows = [row for row in range(self._model.rowCount()) if not self.isRowHidden(row)]
        found = (self._model.item(row).data(_OFFER) for row in rows)
        return [offer for offer in found if isinstance(offer, Offer)]

    def index_of(self, key: str) -> QModelIndex:
        """Return where an entry stands; an invalid index when it is not shown."""
        for row in range(self._model.rowCount()):
            offer = self._model.item(row).data(_OFFER)
            if isinstance(offer, Offer) and offer.key == key:
                return self._model.index(row, 0)
        return QModelIndex()

    def select_first(self) -> None:
        """Put the keyboard on the first entry; on the first heading where all is folded."""
        shown = self.offers()
        self.setCurrentIndex(self.index_of(shown[0].key) if shown else self._model.index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter activates, on every platform; at a heading keys fold, and Left goes from an entry to its heading."""
        index = self.currentIndex()
        offer, heading = index.data(_OFFER), index.data(_HEADING)
        if isinstance(heading, str) and event.key() in _TURNS:
            to = {Qt.Key.Key_Left: True, Qt.Key.Key_Right: False}
            self.set_folded(heading, to.get(Qt.Key(event.key()), heading not in self._folded))
        elif isinstance(offer, Offer) and event.key() == Qt.Key.Key_Left and not self._is_searching:
            self.setCurrentIndex(self.heading_of(offer.heading))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_activated(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the entry under the pointer, or of the current one by key."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        offer = index.data(_OFFER)
        if isinstance(offer, Offer):
            place = self.visualRect(index).center() if by_key else event.pos()
            self.menu_wanted.emit(offer, self.viewport().mapToGlobal(place))

    def startDrag(self, _actions: Qt.DropAction) -> None:
        """Carry the entry's key under a picture of the card it becomes."""
        offer = self.currentIndex().data(_OFFER)
        if not isinstance(offer, Offer):
            return
        drag = QDrag(self)
        drag.setMimeData(mime_data(offer.key))
        picture = card_picture(offer, self.devicePixelRatioF())
        drag.setPixmap(picture)
        drag.setHotSpot(QPointF(_CARD.width() / 2, _CARD.height() / 2).toPoint())
        drag.exec(Qt.DropAction.CopyAction)

    def _fold(self) -> None:
        """Hide and show rows as the headings above them say."""
        hidden = False
        for row in range(self._model.rowCount()):
            item = self._model.item(row)
            heading = item.data(_HEADING)
            if heading is None:
                self.setRowHidden(row, hidden)
            elif not self._is_searching:
                hidden = heading in self._folded
                item.setData(hidden, _IS_FOLDED)
                family = item.text()
                said = tr("{family}, folded", family=family) if hidden else tr("{family}, open", family=family)
                item.setData(said, Qt.ItemDataRole.AccessibleTextRole)

    def _on_clicked(self, index: QModelIndex) -> None:
        heading = index.data(_HEADING)
        if isinstance(heading, str) and not self._is_searching:
            self.set_folded(heading, heading not in self._folded)

    def _on_activated(self, index: QModelIndex) -> None:
        offer = index.data(_OFFER)
        if isinstance(offer, Offer):
            self.taken.emit(offer.key)


def mime_data(key: str) -> QMimeData:
    """Return what a drag of this entry carries."""
    data = QMimeData()
    data.setData(MIME, key.encode())
    return data


def card_picture(offer: Offer, ratio: float) -> QPixmap:
    """Paint the small card that a drag shows under the pointer."""
    now = theme.current()
    colour = now.family(offer.family)
    picture = QPixmap(_CARD * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame = QRectF(0.5, 0.5, _CARD.width() - 1, _CARD.height() - 1)
    shape = QPainterPath()
    shape.addRoundedRect(frame, 7, 7)
    painter.fillPath(shape, now.raised)
    painter.setClipPath(shape)
    painter.fillRect(QRectF(0, 0, 5, _CARD.height()), colour)
    painter.setClipping(False)
    painter.setPen(QPen(now.line, 1))
    painter.drawPath(shape)
    painter.drawPixmap(QPointF(14, (_CARD.height() - _ICON) / 2), kind_icon(offer.icon, colour, _ICON, ratio))
    painter.setFont(theme.font("strong"))
    painter.setPen(now.text)
    text = QRectF(14 + _ICON + 8, 0, _CARD.width() - 14 - _ICON - 14, _CARD.height())
    fitting = painter.fontMetrics().elidedText(str(offer.title), Qt.TextElideMode.ElideRight, int(text.width()))
    painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, fitting)
    painter.end()
    return picture


class _Delegate(QStyledItemDelegate):
    """Paints headings in small grey letters and entries as icon and title."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        heading = index.data(_OFFER) is None
        return QSize(80, _HEADING_HEIGHT if heading else _ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        now = theme.current()
        area: QRect = option.rect
        offer = index.data(_OFFER)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state: QStyle.StateFlag = option.state
        if not isinstance(offer, Offer):
            _paint_heading(painter, area, state, index)
            painter.restore()
            return
        if state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(now.hover)
            painter.drawRoundedRect(QRectF(area).adjusted(6, 1, -6, -1), 6, 6)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(now.accent, 1))
            painter.setBrush(QColor(Qt.GlobalColor.transparent))
            painter.drawRoundedRect(QRectF(area).adjusted(6.5, 1.5, -6.5, -1.5), 6, 6)
        ratio = painter.device().devicePixelRatioF()
        top = area.top() + (area.height() - _ICON) / 2
        painter.drawPixmap(
            QPointF(area.left() + 14, top), kind_icon(offer.icon, now.family(offer.family), _ICON, ratio)
        )
        painter.setFont(theme.font("body"))
        painter.setPen(now.text)
        text = area.adjusted(14 + _ICON + 9, 0, -10, 0)
        fitting = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, fitting)
        painter.restore()


def _paint_heading(
    painter: QPainter, area: QRect, state: QStyle.StateFlag, index: QModelIndex | QPersistentModelIndex
) -> None:
    now = theme.current()
    is_pointed = bool(state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus))
    colour = now.text if is_pointed and index.data(_IS_FOLDED) is not None else now.mute
    painter.setFont(theme.font("caption"))
    painter.setPen(colour)
    text = area.adjusted(14, 0, -30, -4)
    painter.drawText(text, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, str(index.data()))
    if state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(now.accent, 1))
        painter.drawRoundedRect(QRectF(area).adjusted(6.5, 4.5, -6.5, -0.5), 6, 6)
    if index.data(_IS_FOLDED) is None:
        return
    middle = QPointF(area.right() - 17, text.bottom() - painter.fontMetrics().ascent() / 2 + 0.5)
    chevron = [(-1.5, -3.5), (2, 0), (-1.5, 3.5)] if index.data(_IS_FOLDED) else [(-3.5, -1.5), (0, 2), (3.5, -1.5)]
    painter.setPen(QPen(colour, 1.3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline([middle + QPointF(x, y) for x, y in chevron])

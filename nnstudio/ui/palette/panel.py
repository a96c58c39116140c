"""The palette: everything that can be drawn, to search, drag and place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.ui.controls import label
from nnstudio.ui.palette.model import Offer, best
from nnstudio.ui.session import Session


class Palette(QWidget):
    """A search field above the list of layers and blocks.

    Drag an entry onto the canvas, or activate it (double-click, Enter) to have it placed.
    """

    activated = Signal(str)
    """The kind, or ``Block:Name``, that is to be placed."""
    left = Signal()
    """Esc was pressed: the keyboard is to go back to the drawing."""

    def __init__(self, session: Session, parent: QWidget | None = None, *, staged: bool = False) -> None:
        """Make the panel; a staged one is filled once it has been painted, so that the window is seen sooner."""
        super().__init__(parent)
        self.setObjectName("palette")
        self.setAccessibleName(tr("Palette"))
        self._session = session
        self._is_filled = False
        if not staged:
            self._fill()

    def _fill(self) -> None:
        if self._is_filled:
            return
        self._is_filled = True
        from nnstudio.ui.palette.list import OfferList
        from nnstudio.ui.palette.own import own_offers

        self._search = QLineEdit()
        self._search.setObjectName("palette_search")
        self._search.setAccessibleName(tr("Search layers"))
        self._search.setPlaceholderText(tr("Search layers…"))
        self._search.setClearButtonEnabled(True)
        self._search.installEventFilter(self)
        self._search.textChanged.connect(self._on_searched)
        self._search.returnPressed.connect(self._on_entered)
        self.list = OfferList(self._session.view.folded)
        self.list.setObjectName("palette_list")
        self.list.setAccessibleName(tr("Layers"))
        self.list.taken.connect(self.activated)
        self.list.folded_changed.connect(self._on_folded)
        self.list.menu_wanted.connect(self._on_menu_wanted)
        self._own = own_offers(self._session)
        self.list.show_found("", self._own)
        self._session.changed.connect(self._on_changed)
        self._session.kept.changed.connect(self._on_changed)
        nothing = label(tr("No layer has this name."), mute=True, wrap=True)
        nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        nothing.setContentsMargins(12, 12, 12, 12)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(2)
        field = QVBoxLayout()
        field.setContentsMargins(12, 0, 12, 0)
        field.addWidget(self._search)
        column.addLayout(field)
        column.addWidget(self._stack, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill a staged panel as soon as the window has been seen."""
        super().paintEvent(event)
        if not self._is_filled:
            QTimer.singleShot(0, self, self._fill)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the panel, once the search field is empty."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focus_search(self) -> None:
        """Put the keyboard into the search field."""
        self._fill()
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down goes from the search field into the list; Escape empties the field."""
        if watched is self._search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down:
                self.list.setFocus(Qt.FocusReason.TabFocusReason)
                self.list.select_first()
                return True
            if event.key() == Qt.Key.Key_Escape and self._search.text():
                self._search.clear()
                return True
        return super().eventFilter(watched, event)

    def _on_searched(self, text: str) -> None:
        self._stack.setCurrentIndex(0 if self.list.show_found(text, self._own) else 1)

    def _on_changed(self) -> None:
        """Follow the drawing's blocks and the kept ones."""
        from nnstudio.ui.palette.own import own_offers

        own = own_offers(self._session)
        if own != self._own:
            self._own = own
            bar = self.list.verticalScrollBar()
            place = bar.value()
            self._on_searched(self._search.text())
            bar.setValue(place)

    def _on_folded(self) -> None:
        self._session.view.folded = self.list.folded

    def _on_menu_wanted(self, offer: Offer, place: QPoint) -> None:
        from nnstudio.ui.palette.own import block_menu

        menu = block_menu(self._session, offer, self)
        if menu is not None:
            menu.popup(place)

    def _on_entered(self) -> None:
        offer = best(self._search.text(), self._own)
        if offer is not None:
            self.activated.emit(offer.key)
            self._search.selectAll()

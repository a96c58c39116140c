"""The inspector: the selected layer's form, or a summary of the drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.ui.session import Session

if TYPE_CHECKING:
    from nnstudio.ui.inspector.definition import DefinitionForm
    from nnstudio.ui.inspector.form import NodeForm
    from nnstudio.ui.inspector.summary import DrawingSummary, SeveralSelected

    Page = DefinitionForm | NodeForm | DrawingSummary | SeveralSelected


class Inspector(QWidget):
    """Follows the selection and the document."""

    left = Signal()
    """Esc was pressed: the keyboard is to go back to the drawing."""

    data_wanted = Signal()
    """The person wants to choose what the drawing learns from."""

    def __init__(self, session: Session, parent: QWidget | None = None, *, staged: bool = False) -> None:
        """Make the panel; a staged one is filled once it has been painted, so that the window is seen sooner."""
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAccessibleName(tr("Inspector"))
        self._session = session
        self._area: QScrollArea | None = None
        self._page: Page | None = None
        if not staged:
            self._update()
        session.entering.connect(self.flush)
        session.selection_changed.connect(self._on_selected)
        session.changed.connect(self._on_changed)

    @property
    def page(self) -> Page:
        """What is shown now."""
        return self._page or self._put(self._make())

    def flush(self) -> None:
        """Hand on what has been typed and not been handed on yet, as before saving."""
        if self._page is not None:
            self._page.flush()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill a staged panel as soon as the window has been seen."""
        super().paintEvent(event)
        if self._page is None:
            QTimer.singleShot(0, self, self._update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the panel, and page keys scroll it, where no field wants them for itself."""
        pages = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in pages and self._area is not None:
            bar = self._area.verticalScrollBar()
            bar.setValue(bar.value() + pages[Qt.Key(event.key())] * bar.pageStep())
        else:
            super().keyPressEvent(event)

    def focus_first(self) -> None:
        """Put the keyboard into the selected layer's first setting."""
        self.page.focus_first()

    def focus_name(self) -> None:
        """Put the keyboard into the selected layer's name, or that of the open block; else leave it."""
        from nnstudio.ui.inspector.definition import DefinitionForm
        from nnstudio.ui.inspector.form import NodeForm

        page = self.page
        if isinstance(page, NodeForm):
            page.focus_name()
        elif isinstance(page, DefinitionForm):
            page.focus_first()

    def _make_area(self) -> QScrollArea:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields take the keyboard
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        return area

    def _make(self) -> Page:
        from nnstudio.ui.inspector.definition import DefinitionForm
        from nnstudio.ui.inspector.form import NodeForm
        from nnstudio.ui.inspector.summary import DrawingSummary, SeveralSelected

        selection = self._session.selection
        if not selection and self._session.within is not None:
            return DefinitionForm(self._session)
        if not selection:
            summary = DrawingSummary(self._session)
            summary.data_wanted.connect(self.data_wanted)
            return summary
        if len(selection) > 1:
            return SeveralSelected(self._session)
        return NodeForm(self._session, next(iter(selection)))

    def _put(self, page: Page) -> Page:
        self._page = page
        page.setAutoFillBackground(False)
        if self._area is None:
            self._area = self._make_area()
        before = self._area.takeWidget()
        if before is not None:  # an edit that began in it may have brought us here, so it has to live on for a moment
            before.hide()
            before.deleteLater()
        self._area.setWidget(page)
        return page

    def _on_selected(self) -> None:
        self.flush()
        self._update()

    def _on_changed(self, _old: object, _new: object) -> None:
        self._update()

    def _update(self) -> None:
        if self._page is not None and self._page.fits():
            self._page.refresh()
        else:
            self._put(self._make())

"""The inspector: the selected layer's form, or a summary of the drawing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.ui.inspector.form import NodeForm
from nnstudio.ui.inspector.summary import DrawingSummary, SeveralSelected
from nnstudio.ui.session import Session

Page = NodeForm | DrawingSummary | SeveralSelected


class Inspector(QWidget):
    """Follows the selection and the document."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAccessibleName(tr("Inspector"))
        self._session = session
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        self._page: Page = self._make()
        self._put(self._page)
        session.selection_changed.connect(self._on_selected)
        session.changed.connect(self._on_changed)

    @property
    def page(self) -> Page:
        """What is shown now."""
        return self._page

    def flush(self) -> None:
        """Hand on what has been typed and not been handed on yet, as before saving."""
        self._page.flush()

    def focus_first(self) -> None:
        """Put the keyboard into the selected layer's first setting."""
        if isinstance(self._page, NodeForm):
            self._page.focus_first()

    def _make(self) -> Page:
        selection = self._session.selection
        if not selection:
            return DrawingSummary(self._session)
        if len(selection) > 1:
            return SeveralSelected(self._session)
        return NodeForm(self._session, next(iter(selection)))

    def _put(self, page: Page) -> None:
        self._page = page
        page.setAutoFillBackground(False)
        before = self._area.takeWidget()
        if before is not None:  # an edit that began in it may have brought us here, so it has to live on for a moment
            before.hide()
            before.deleteLater()
        self._area.setWidget(page)

    def _fits(self) -> bool:
        """Whether the page only has to be refreshed."""
        selection = self._session.selection
        if isinstance(self._page, NodeForm):
            node = self._session.graph.by_id.get(self._page.id)
            same = node is not None and self._page.kind == (node.kind, node.params.get("block"))
            return selection == {self._page.id} and same
        if isinstance(self._page, SeveralSelected):
            return len(selection) > 1
        return not selection

    def _on_selected(self) -> None:
        if isinstance(self._page, NodeForm) and self._page.id in self._session.graph.by_id:
            self._page.flush()
        self._update()

    def _on_changed(self, _old: object, _new: object) -> None:
        self._update()

    def _update(self) -> None:
        if self._fits():
            self._page.refresh()
        else:
            self._put(self._make())

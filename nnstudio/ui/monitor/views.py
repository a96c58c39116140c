"""What the tabs and pages are put together from: curves, maps and prediction, each under its heading."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.figures import grouped
from nnstudio.ui.monitor.diagnosis import DiagnosisStrip
from nnstudio.ui.monitor.maps import MapList
from nnstudio.ui.monitor.plots import CurvePanel
from nnstudio.ui.monitor.prediction import PredictionBars
from nnstudio.ui.monitor.steering import SteeringBar

if TYPE_CHECKING:
    from nnstudio.ui.session import Session


class ProgressView(QWidget):
    """Everything at a glance: loss, accuracy, maps of all layers, prediction."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("progress_view")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 10)
        column.setSpacing(8)
        column.addWidget(SteeringBar(session))
        column.addWidget(DiagnosisStrip(session, self))
        row = QHBoxLayout()
        row.setSpacing(28)
        column.addLayout(row, 1)
        row.addWidget(CurvePanel(session, "loss"), 30)
        row.addWidget(CurvePanel(session, "accuracy"), 30)
        row.addWidget(titled_maps(session), 52)
        row.addWidget(titled_prediction(session), 20)


class LiveTitle(ElidedLabel):
    """A heading that follows the run."""

    def __init__(self, session: Session, text: Callable[[], str]) -> None:
        super().__init__(text(), "heading")
        self._write = text
        session.bridge.mapped.connect(self._on_mapped)
        session.bridge.state_changed.connect(self._rewrite)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while the heading was hidden."""
        super().showEvent(event)
        self._rewrite()

    def _on_mapped(self) -> None:
        if self.isVisible():
            self._rewrite()

    def _rewrite(self) -> None:
        text = self._write()
        if text != self.text():
            self.setText(text)


def titled_maps(session: Session, *, chooser: bool = False) -> QWidget:
    """Return the maps of all layers under a heading that names the sample, or under the way to another one."""

    def text() -> str:
        snapshot = session.bridge.snapshot
        if chooser:
            return tr("Sample")
        if snapshot is None:
            return tr("Feature maps")
        return tr("Feature maps, sample {sample}", sample=grouped(snapshot.sample))

    header = QHBoxLayout()
    header.setSpacing(16)
    header.addWidget(LiveTitle(session, text), 0 if chooser else 1)
    if chooser:
        from nnstudio.ui.monitor.sample import SampleChooser

        header.addWidget(SampleChooser(session), 1)
    return _column(header, MapList(session))


def titled_prediction(session: Session) -> QWidget:
    """Return the bars of the prediction under a heading that says the prediction and the truth."""
    bars = PredictionBars(session)
    title = ElidedLabel(bars.title, "heading")
    bars.shown.connect(lambda: title.setText(bars.title))  # in the same turn: the two never say different things
    header = QHBoxLayout()
    header.addWidget(title, 1)
    return _column(header, bars)


def _column(header: QHBoxLayout, content: QWidget) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    column.addLayout(header)
    column.addWidget(content, 1)
    return box

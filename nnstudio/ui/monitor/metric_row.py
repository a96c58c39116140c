"""The metrics of the last validation, side by side; a click on a name says what it means and how it is worked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.training.metric_words import METRICS, metric_figure
from nnstudio.ui.controls import label
from nnstudio.ui.monitor.explanation import Explanation, NameLabel

if TYPE_CHECKING:
    from nnstudio.ui.session import Session


class MetricRow(QWidget):
    """Figures of the validation samples, as they were after the last epoch; hidden until there are any."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("metric_row")
        self._bridge = session.bridge
        self.figures: dict[str, QLabel] = {}
        """The shown figures by the metric's name."""
        self._explanation: Explanation | None = None
        self._asked = ""
        self._row = QHBoxLayout()
        self._row.setSpacing(6)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(self._row)
        self._bridge.progressed.connect(self.refresh)
        self._bridge.state_changed.connect(self.refresh)
        self.refresh()

    @property
    def explanation(self) -> Explanation | None:
        """What is said of the metric that was asked for last."""
        return self._explanation

    def refresh(self) -> None:
        """Show what the last epoch came to."""
        epochs = self._bridge.epochs
        found: Mapping[str, float] = epochs[-1].metrics if epochs else {}
        if list(found) != list(self.figures):
            self._build(found)
        for name, value in found.items():
            self.figures[name].setText(metric_figure(name, value))
        self.setVisible(bool(found))

    def _build(self, found: Mapping[str, float]) -> None:
        self._explain("")
        self.figures = {}
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._row.addWidget(label(tr("Validation"), "small", mute=True))
        for name in found:
            metric = METRICS.get(name)
            title = NameLabel(name if metric is None else str(metric.label), "" if metric is None else str(metric.help))
            title.asked.connect(self._asker(name))
            figure = label("", "strong")
            figure.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.figures[name] = figure
            self._row.addSpacing(10)
            self._row.addWidget(title)
            self._row.addWidget(figure)
        self._row.addStretch(1)

    def _asker(self, name: str) -> Callable[[], None]:
        return lambda: self._explain("" if name == self._asked else name)

    def _explain(self, name: str) -> None:
        """Say what a metric means; an empty name puts it away."""
        if self._explanation is not None:
            self._explanation.hide()
            self._explanation.deleteLater()
        self._explanation, self._asked = None, name
        metric = METRICS.get(name)
        if metric is not None:
            self._explanation = Explanation(str(metric.help))
            self._explanation.show_formula(metric.formula)
            self._explanation.turn()
            self._column.addWidget(self._explanation)

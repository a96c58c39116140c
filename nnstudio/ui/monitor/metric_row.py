"""The metrics of the last validation, side by side; a click on a name says what it means and how it is worked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.training.metric_words import METRICS, metric_figure
from nnstudio.ui.controls import label
from nnstudio.ui.monitor.explanation import Explanation, NameLabel

if TYPE_CHECKING:
    from nnstudio.ui.session import Session

_GAP: Final = 6


class MetricRow(QWidget):
    """Figures of the validation samples, as they were after the last epoch; hidden until there are any.

    Those that have no room stand in the tool tip of a sign at the end.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("metric_row")
        self._bridge = session.bridge
        self.figures: dict[str, QLabel] = {}
        """The figures by the metric's name."""
        self._pairs: list[QWidget] = []
        self._more = label("…", "strong", mute=True)
        self._more.setObjectName("metric_more")
        self._explanation: Explanation | None = None
        self._asked = ""
        self._row = QHBoxLayout()
        self._row.setSpacing(_GAP)
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
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(100, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many figures as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Show whole figures only: one that is cut reads as another number."""
        widths = [pair.sizeHint().width() + _GAP for pair in self._pairs]
        title = self._row.itemAt(0)
        room = self.width() - (title.sizeHint().width() if title is not None else 0)
        if sum(widths) > room:
            room -= self._more.sizeHint().width() + _GAP
        left_out = []
        for pair, wide in zip(self._pairs, widths, strict=True):
            room -= wide
            pair.setVisible(room >= 0)
            if room < 0:
                left_out.append(" ".join(part.text() for part in pair.findChildren(QLabel)))
        self._more.setVisible(bool(left_out))
        self._more.setToolTip("\u200b" + "\n".join(left_out) if left_out else "")

    def _build(self, found: Mapping[str, float]) -> None:
        self._explain("")
        self.figures = {}
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget is not self._more:
                widget.hide()
                widget.deleteLater()
        self._pairs = []
        self._row.addWidget(label(tr("Validation"), "small", mute=True))
        for name in found:
            metric = METRICS.get(name)
            title = NameLabel(name if metric is None else str(metric.label), "" if metric is None else str(metric.help))
            title.asked.connect(self._asker(name))
            figure = label("", "strong")
            figure.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.figures[name] = figure
            pair = QWidget()
            inside = QHBoxLayout(pair)
            inside.setContentsMargins(10, 0, 0, 0)
            inside.setSpacing(_GAP)
            inside.addWidget(title)
            inside.addWidget(figure)
            self._pairs.append(pair)
            self._row.addWidget(pair)
        self._row.addWidget(self._more)
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

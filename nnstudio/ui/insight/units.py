"""Dead and saturated units per layer, now and over the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF, QShowEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.training.studies.units import LayerUnits, UnitsStudy
from nnstudio.ui import theme
from nnstudio.ui.described import Described
from nnstudio.ui.figures import grouped, percent
from nnstudio.ui.insight.chosen import chosen_layer
from nnstudio.ui.insight.record import Moments, Record, record_of
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

_ROW: Final = 46.0
_LABEL: Final = 130.0
_TEXT: Final = 236.0
_POINTS: Final = 300


class UnitsView(StudyView):
    """A row per activation function or recurrent layer: shares now, and lines from the first step to the last."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._record: Record | None = None
        self.rows = UnitRows()
        self.area = QScrollArea()
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setWidget(self.rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.area)

    def study(self) -> Study | None:
        """Ask for the whole network, and for the selected layer where it is another."""
        return UnitsStudy(chosen_layer(self.session) or "")

    def showEvent(self, event: QShowEvent) -> None:
        """Begin the record for the lines."""
        if self._record is None:
            self._record = record_of(self.session)
        super().showEvent(event)

    @property
    def shown_value(self) -> object:
        """Each step of the lines with a layer's shares then, the present ones last; None while nothing is shown."""
        now = super().shown_value
        if self.seen is None or not isinstance(now, tuple):
            return None
        past = [(int(point[0]), self.rows.then(layer, point)) for layer in now for point in self.rows.line(layer.layer)]
        return (*past, *((self.seen.step, layer) for layer in now))

    def show_value(self, value: object) -> None:
        """Show the layers from the first to the last."""
        assert value is None or isinstance(value, tuple)
        self.area.setVisible(value is not None)
        if value is not None and self._record is not None:
            self.rows.show_units(value, self._record.moments)


class UnitRows(Described):
    """What `UnitsView` scrolls."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Dead and saturated units"))
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.units: tuple[LayerUnits, ...] = ()
        self._lines: dict[str, list[tuple[float, float, float]]] = {}

    def show_units(self, units: tuple[LayerUnits, ...], moments: Moments) -> None:
        """Show other numbers."""
        self.units = units
        self._lines = {layer.layer: [] for layer in units}
        # More points than these no line of this length can show.
        every = max(1, len(moments) // _POINTS)
        shown = [*range(0, len(moments) - 1, every), len(moments) - 1] if len(moments) else []
        for index in shown:
            step = moments.steps[index]
            for layer in moments.values[index].units:
                if layer.layer in self._lines:
                    self._lines[layer.layer].append((float(step), layer.dead, layer.saturated or 0.0))
        self.setMinimumHeight(round(_ROW * len(units)))
        self.setAccessibleDescription("; ".join(map(text_of, units)))
        self.update()

    def line(self, layer: str) -> list[tuple[float, float, float]]:
        """Return (step, share dead, share saturated) of a layer over the run."""
        return self._lines.get(layer, [])

    def describe(self, place: QPointF) -> str:
        """Say what the shares of a layer were at a step."""
        index = int(place.y() / _ROW)
        if not 0 <= index < len(self.units):
            return ""
        layer, plot = self.units[index], self._plot(index)
        points = self.line(layer.layer)
        if not points or not plot.left() <= place.x() <= plot.right():
            return text_of(layer)
        first, last = points[0][0], points[-1][0]
        at = first + (place.x() - plot.left()) / plot.width() * (last - first)
        point = min(points, key=lambda point: abs(point[0] - at))
        return tr("step {step}: {text}", step=grouped(int(point[0])), text=text_of(self.then(layer, point)))

    @staticmethod
    def then(layer: LayerUnits, point: tuple[float, float, float]) -> LayerUnits:
        """Return a layer as it was at a point of its `line`."""
        _, dead, saturated = point
        return LayerUnits(layer.layer, layer.units, dead, None if layer.saturated is None else saturated)

    def _plot(self, index: int) -> QRectF:
        return QRectF(_LABEL, index * _ROW + 4.0, max(40.0, self.width() - _LABEL - _TEXT - 8.0), _ROW - 12.0)

    def sizeHint(self) -> QSize:
        """Every layer in a row of its own."""
        return QSize(480, round(_ROW * len(self.units)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the rows."""
        painter, colours = QPainter(self), theme.current()
        metrics = QFontMetricsF(self.font())
        if not self.units:
            painter.setPen(colours.mute)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("No activation function to look at."))
        for index, layer in enumerate(self.units):
            top = index * _ROW
            painter.setPen(colours.text)
            name = metrics.elidedText(layer.layer, Qt.TextElideMode.ElideMiddle, _LABEL - 10.0)
            painter.drawText(QRectF(0, top, _LABEL - 10, _ROW - 8), Qt.AlignmentFlag.AlignVCenter, name)
            plot = self._plot(index)
            painter.fillRect(plot, theme.blend(colours.panel, colours.text, 0.04))
            self._paint_line(painter, plot, layer.layer, 1, colours.err)
            if layer.saturated is not None:
                self._paint_line(painter, plot, layer.layer, 2, colours.family("conv"))
            painter.setPen(colours.mute)
            words = QRectF(plot.right() + 10.0, top, _TEXT - 10.0, _ROW - 8)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, shares_of(layer))

    def _paint_line(self, painter: QPainter, plot: QRectF, layer: str, which: int, colour: QColor) -> None:
        points = self._lines.get(layer, [])
        if not points:
            return
        first, last = points[0][0], max(points[-1][0], points[0][0] + 1.0)
        line = [
            QPointF(
                plot.left() + plot.width() * (point[0] - first) / (last - first),
                plot.bottom() - plot.height() * point[which],
            )
            for point in points
        ]
        if len(line) == 1:  # a run that was looked at once: its share is a level line
            line.append(QPointF(plot.right(), line[0].y()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = QColor(colour)
        fill.setAlphaF(0.18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(
            QPolygonF([QPointF(line[0].x(), plot.bottom()), *line, QPointF(line[-1].x(), plot.bottom())])
        )
        painter.setPen(QPen(colour, 1.6))
        painter.drawPolyline(QPolygonF(line))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def shares_of(layer: LayerUnits) -> str:
    """Say which shares are dead and saturated."""
    text = tr("{share} of {units} dead", share=percent(layer.dead), units=layer.units)
    if layer.saturated is None:
        return text
    return tr("{text}, {share} saturated", text=text, share=percent(layer.saturated))


def text_of(layer: LayerUnits) -> str:
    """Say it with the layer's name."""
    return f"{layer.layer}: {shares_of(layer)}"

"""Curves of a run, drawn by pyqtgraph: loss and accuracy by epoch, for training and for validation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.ui import lazy, theme
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.figures import percent
from nnstudio.ui.monitor import curves
from nnstudio.ui.monitor.empty import EmptyNote

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnstudio.training.events import EpochDone
    from nnstudio.ui.session import Session

What = Literal["loss", "accuracy"]

_LOOK_AGAIN_MS = 50
_WIDTH = 1.6
_FOOT = 40


@dataclass(frozen=True, slots=True)
class _Line:
    """One curve: points by epoch, and how it looks."""

    name: str
    colour: QColor
    dashed: bool

    @property
    def style(self) -> Qt.PenStyle:
        return Qt.PenStyle.DashLine if self.dashed else Qt.PenStyle.SolidLine


class CurvePanel(QWidget):
    """The loss or the accuracy of the present run: training solid, validation dashed.

    The pointer over the plot makes the legend tell the values of that epoch.
    """

    def __init__(self, session: Session, what: What, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{what}_panel")
        self._bridge = session.bridge
        self._what: What = what
        self._hovered: float | None = None
        colours = theme.current()
        self._lines = (
            _Line(tr("train"), colours.accent, dashed=False),
            _Line(tr("validation"), colours.family("conv"), dashed=True),
        )
        title = tr("Loss") if what == "loss" else tr("Accuracy")
        self.setAccessibleName(title)
        self._legend = _Legend(self._lines, self)
        header = QHBoxLayout()
        header.setSpacing(12)
        header.addWidget(ElidedLabel(title, "heading"), 1)
        header.addWidget(self._legend)
        self._ground = QWidget(self)
        self._stack = QVBoxLayout(self._ground)
        self._stack.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(header)
        layout.addWidget(self._ground, 1)
        self._empty = EmptyNote("", self._ground)
        self._stack.addWidget(self._empty)
        self._plot: Any = None
        self._grid: Any = None
        self._dot: Any = None
        self._last_epoch: EpochDone | None = None
        self._curves: tuple[Any, ...] = ()
        self._axes: tuple[float, float, int, int] = (0.0, 0.0, 0, 0)
        # Marks depend on the room there is; it is known when the plot has been laid out.
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self.refresh)
        self._waiting = QTimer(self)
        self._waiting.setInterval(_LOOK_AGAIN_MS)
        self._waiting.timeout.connect(self.refresh)
        self._bridge.progressed.connect(self._on_progressed)
        self._bridge.state_changed.connect(self.refresh)
        self.refresh()

    @property
    def plot(self) -> Any:
        """The pyqtgraph plot; None until the first points have come."""
        return self._plot

    def points(self, validation: bool = False) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return every point of one curve so far: epochs (n,) and values (n,)."""
        rows = self._bridge.validation_curve if validation else self._bridge.curve
        return rows[:, 1], rows[:, 2 if self._what == "loss" else 3]

    def refresh(self) -> None:
        """Show what the bridge knows now."""
        if not self._bridge.num_steps:
            self._set_empty(True)
            return
        if not lazy.is_pyqtgraph_ready():
            self._waiting.start()
            return
        self._waiting.stop()
        if self._plot is None:
            self._build()
        self._draw()

    def _on_progressed(self) -> None:
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while the view was hidden."""
        super().showEvent(event)
        self.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer over the plot."""
        if self._plot is not None and watched is self._plot.viewport():
            if event.type() == QEvent.Type.Resize:
                self._again.start(0)
            elif isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
                self._hovered = float(self._plot.getViewBox().mapSceneToView(event.position()).x())
                self._tell()
            elif event.type() == QEvent.Type.Leave:
                self._hovered = None
                self._tell()
        return super().eventFilter(watched, event)

    def _waiting_text(self) -> str:
        if self._bridge.is_active:
            return tr("The first numbers are on their way.")
        if self._bridge.failed is not None:
            return self._bridge.failed.message
        if self._what == "loss":
            return tr("Press Train to see the loss.")
        return tr("Press Train to see the accuracy.")

    def _set_empty(self, empty: bool) -> None:
        if empty:
            self._empty.setText(self._waiting_text())
        self._empty.setVisible(empty)
        self._legend.setVisible(not empty)
        if self._plot is not None:
            self._plot.setVisible(not empty)

    def _build(self) -> None:
        pg, colours = lazy.pyqtgraph(), theme.current()
        plot = pg.PlotWidget(self._ground, background=None)
        plot.setObjectName(f"{self._what}_plot")
        plot.setAccessibleName(self.accessibleName())
        plot.setFrameShape(QFrame.Shape.NoFrame)
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.getViewBox().setDefaultPadding(0.0)
        # Room for the half of the last mark's text that stands beyond the axis.
        plot.getPlotItem().layout.setContentsMargins(0, 4, 12, 0)
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(
                tickFont=theme.font("small"), tickLength=0, tickTextOffset=6, tickAlpha=0, hideOverlappingLabels=False
            )
            axis.setPen(pg.mkPen(None))
            axis.setTextPen(colours.mute)
        # Bare curve items: a PlotDataItem looks its data over five times as long before each painting. pyqtgraph's own
        # grid belongs to an axis and cuts the axis' outer texts off.
        self._grid = pg.PlotCurveItem(pen=pg.mkPen(theme.blend(colours.line, colours.panel, 0.35)), antialias=False)
        # The pens' widths are pixels of the device.
        ratio = self.devicePixelRatioF()
        self._curves = tuple(
            pg.PlotCurveItem(pen=pg.mkPen(line.colour, width=_WIDTH * ratio, style=line.style)) for line in self._lines
        )
        # One point is no line yet.
        self._dot = pg.ScatterPlotItem(size=5, brush=self._lines[1].colour, pen=None)
        for item in (self._grid, *self._curves, self._dot):
            plot.addItem(item)
        self._dot.hide()
        plot.setLabel("bottom", tr("epoch"), color=colours.mute.name())
        plot.getAxis("bottom").label.setFont(theme.font("small"))
        plot.getAxis("bottom").setHeight(_FOOT)
        plot.viewport().setMouseTracking(True)
        plot.viewport().installEventFilter(self)
        self._stack.addWidget(plot)
        self._plot = plot

    def _draw(self) -> None:
        import numpy as np

        self._set_empty(False)
        train, validation = self.points(), self.points(validation=True)
        most = max(50, self._plot.viewport().width())
        thin_x, thin_y = curves.finite(*curves.thin(*train, most))
        self._curves[0].setData(thin_x, thin_y)
        last = self._bridge.epochs[-1] if self._bridge.epochs else None
        if last is not self._last_epoch:
            self._last_epoch = last
            known_x, known_y = curves.finite(*curves.thin(*validation, most))
            self._curves[1].setData(known_x, known_y)
            self._dot.setData(known_x, known_y)
            self._dot.setVisible(len(known_x) == 1)
        started = self._bridge.started
        end = curves.epochs_shown(float(train[0][-1]), started.epochs if started else 1)
        self._scale(end, curves.axis_end(np.append(thin_y, validation[1])) if self._what == "loss" else 1.0)
        self._tell()

    def _scale(self, end: float, top: float) -> None:
        import numpy as np

        across = max(3, min(12, self._plot.viewport().width() // 50))
        up = max(3, min(6, self._plot.viewport().height() // 36))
        if (end, top, across, up) == self._axes:
            return
        self._axes = (end, top, across, up)
        rows = curves.marks(top, up)
        step = rows[1]
        texts = [
            f"{mark:.0%}".replace("%", " %") if self._what == "accuracy" else curves.mark_text(mark, step)
            for mark in rows
        ]
        columns = curves.marks(end, across)
        if columns[1] < 1.0:
            columns = [float(number) for number in range(int(end) + 1)]
        self._grid.setData(np.tile([0.0, 1.01 * end], len(rows)), np.repeat(rows, 2), connect="pairs")
        self._plot.getAxis("left").setTicks([list(zip(rows, texts, strict=True))])
        self._plot.getAxis("bottom").setTicks([[(mark, curves.mark_text(mark, 1.0)) for mark in columns]])
        # A little room lets lines at the very edge be seen whole.
        self._plot.setRange(xRange=(0.0, 1.01 * end), yRange=(-0.015 * top, 1.03 * top), padding=0.0)

    def _tell(self) -> None:
        values = []
        for validation in (False, True):
            x, y = self.points(validation)
            value = curves.recent_mean(y, 1 if validation else 20)
            if self._hovered is not None:
                value = curves.value_at(x, y, self._hovered)
            values.append("" if value is None else percent(value) if self._what == "accuracy" else f"{value:.3f}")
        self._legend.tell(tuple(values))


class _Legend(QWidget):
    """Line samples with names and values: ``── train 0.081   ╌╌ validation 0.142``."""

    _SAMPLE = 16.0
    _GAP = 14.0

    def __init__(self, lines: tuple[_Line, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("legend")
        self._lines = lines
        self._values = tuple("" for _ in lines)
        self._mute = theme.current().mute
        self._widest = 0
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.tell(self._values)

    @property
    def texts(self) -> tuple[str, ...]:
        """What stands beside the line samples."""
        return tuple(f"{line.name} {value}".rstrip() for line, value in zip(self._lines, self._values, strict=True))

    def tell(self, values: tuple[str, ...]) -> None:
        """Show these values behind the names."""
        if values != self._values:
            self._values = values
            self.setAccessibleName(", ".join(self.texts))
            self.update()
            if self._needed_width() > self.width():
                # Only ever wider: a new size lays out and repaints everything around.
                self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as the texts, and at least as wide as now."""
        return QSize(max(self._needed_width(), self._widest), int(QFontMetricsF(self.font()).height()) + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the width that was needed once."""
        super().resizeEvent(event)
        self._widest = max(self._widest, event.size().width())

    def _needed_width(self) -> int:
        metrics = QFontMetricsF(self.font())
        width = sum(self._SAMPLE + 5 + metrics.horizontalAdvance(text) for text in self.texts)
        return int(width + self._GAP * (len(self._lines) - 1)) + 4

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the samples and texts, ending at the right edge."""
        painter = QPainter(self)
        metrics = QFontMetricsF(self.font())
        x, middle = float(self.width() - self._needed_width()), self.height() // 2
        for line, text in zip(self._lines, self.texts, strict=True):
            for left, length in ((0.0, 7.0), (9.0, 7.0)) if line.dashed else ((0.0, self._SAMPLE),):
                painter.fillRect(QRectF(x + left, middle - 1, length, 2.0), line.colour)
            x += self._SAMPLE + 5
            painter.setPen(self._mute)
            width = metrics.horizontalAdvance(text)
            painter.drawText(QRectF(x, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
            x += width + self._GAP

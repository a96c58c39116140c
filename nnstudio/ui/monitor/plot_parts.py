"""The pyqtgraph items of a curve plot, made once: bare curves over a grid, a dot, and the line under the pointer."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from nnstudio.core.words import tr
from nnstudio.ui import lazy, theme
from nnstudio.ui.monitor.plot_legend import Line

WIDTH: Final = 1.6
_FOOT: Final = 40


class PlotParts:
    """What is in a plot.

    Attributes:
        plot: the widget.
        grid: lines across.
        raw: what the first curve is like without smoothing, quiet; hidden at first.
        curves: one for each line.
        dot: stands where a curve has one point only.
        cross: the upright line under the pointer.
    """

    def __init__(self, ground: QWidget, name: str, spoken: str, lines: tuple[Line, ...]) -> None:
        pg, colours = lazy.pyqtgraph(), theme.current()
        plot = pg.PlotWidget(ground, background=None, enableMenu=False)
        plot.setObjectName(f"{name}_plot")
        plot.setAccessibleName(spoken)
        plot.setFrameShape(QFrame.Shape.NoFrame)
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the panel around it takes the keys
        plot.hideButtons()
        box = plot.getViewBox()
        box.setDefaultPadding(0.0)
        box.setMouseMode(box.RectMode)
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
        # The pens' widths are pixels of the device.
        self.ratio = ground.devicePixelRatioF()
        # Bare curve items: a PlotDataItem looks its data over five times as long before each painting. pyqtgraph's own
        # grid belongs to an axis and cuts the axis' outer texts off.
        self.grid = pg.PlotCurveItem(pen=pg.mkPen(theme.blend(colours.line, colours.panel, 0.35)), antialias=False)
        self.raw = pg.PlotCurveItem(pen=pg.mkPen(theme.blend(lines[0].colour, colours.panel, 0.7), width=self.ratio))
        self.curves: tuple[Any, ...] = tuple(self.curve(line) for line in lines)
        # One point is no line yet.
        self.dot = pg.ScatterPlotItem(size=5, brush=lines[1].colour, pen=None)
        self.cross = pg.InfiniteLine(pen=pg.mkPen(colours.mute, width=self.ratio, style=Qt.PenStyle.DotLine))
        for item in (self.grid, self.raw, *self.curves, self.dot, self.cross):
            plot.addItem(item)
        for item in (self.raw, self.dot, self.cross):
            item.hide()
        plot.setLabel("bottom", tr("epoch"), color=colours.mute.name())
        plot.getAxis("bottom").label.setFont(theme.font("small"))
        plot.getAxis("bottom").setHeight(_FOOT)
        plot.viewport().setMouseTracking(True)
        self.plot = plot

    def curve(self, line: Line) -> Any:
        """Return a new curve that looks as a line of the legend says."""
        pg = lazy.pyqtgraph()
        return pg.PlotCurveItem(pen=pg.mkPen(line.colour, width=WIDTH * self.ratio, style=line.style))

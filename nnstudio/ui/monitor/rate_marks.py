"""Upright lines in a curve plot where the person has set the learning rate, each with the rate that holds there."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Qt

from nnstudio.core.words import tr
from nnstudio.ui import lazy, theme

_HIGH: Final = 0.97
"""Where the rate stands, as a share of the plot's height."""


class RateMarks:
    """The lines of one plot; they change only when the rates do.

    Args:
        plot: the pyqtgraph plot.
        ratio: device pixels per pixel, as a pen's width is counted in those.

    Attributes:
        rates: what is shown: epochs, as fractions, and rates.
    """

    def __init__(self, plot: Any, ratio: float) -> None:
        self._plot = plot
        self._ratio = ratio
        self._items: list[Any] = []
        self.rates: tuple[tuple[float, float], ...] = ()

    def show(self, rates: tuple[tuple[float, float], ...]) -> None:
        """Show these."""
        if rates == self.rates:
            return
        self.rates = rates
        for item in self._items:
            self._plot.removeItem(item)
        self._items = [self._mark(place, rate) for place, rate in rates]

    def _mark(self, place: float, rate: float) -> Any:
        pg, colours = lazy.pyqtgraph(), theme.current()
        pen = pg.mkPen(theme.blend(colours.mute, colours.panel, 0.35), width=self._ratio, style=Qt.PenStyle.DashLine)
        options = {"position": _HIGH, "anchors": [(0.0, 0.0), (1.0, 0.0)], "color": colours.mute, "movable": False}
        line = pg.InfiniteLine(place, pen=pen, label=tr("rate {rate}", rate=f"{rate:g}"), labelOpts=options)
        line.label.setFont(theme.font("small"))
        self._plot.addItem(line, ignoreBounds=True)
        return line

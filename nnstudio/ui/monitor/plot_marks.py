"""The marks on the axes of a curve plot, and the part of the plane that it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstudio.core.words import figure
from nnstudio.ui.monitor import curves
from nnstudio.ui.monitor.series import is_share

if TYPE_CHECKING:
    from nnstudio.ui.monitor.plot_parts import PlotParts


class PlotMarks:
    """Writes the marks of both axes, and draws a line across for each row of them."""

    def __init__(self, parts: PlotParts) -> None:
        self._grid = parts.grid
        self._plot = parts.plot
        self._shown: tuple[object, ...] = ()

    def forget(self) -> None:
        """Mark anew the next time, whatever is shown."""
        self._shown = ()

    def fit(self, end: float, bottom: float, top: float, what: str, *, log: bool) -> None:
        """Show the epochs from 0 to ``end`` and the values between ``bottom`` and ``top``, and mark them.

        Args:
            end: of the epochs.
            bottom: the lowest value; on a logarithmic axis its power of ten.
            top: the highest, likewise.
            what: what the values are of, as in `nnstudio.ui.monitor.series`.
            log: whether the values stand on a logarithmic axis.
        """
        across, up = self._room()
        shown = (end, bottom, top, across, up, what, log)
        if shown == self._shown:
            return
        self._shown = shown
        rows = curves.whole_marks(bottom, top, up) if log else curves.marks(top, up)
        columns = curves.marks(end, across)
        if columns[1] < 1.0:
            columns = [float(number) for number in range(int(end) + 1)]
        self._mark(columns, rows, (0.0, 1.01 * end), what, log=log)
        # A little room lets lines at the very edge be seen whole.
        high = top - bottom
        self._plot.setRange(xRange=(0.0, 1.01 * end), yRange=(bottom - 0.015 * high, top + 0.03 * high), padding=0.0)

    def follow(self, what: str, *, log: bool) -> None:
        """Mark the part that the person has chosen to see."""
        x, y = self._plot.getViewBox().viewRange()
        across, up = self._room()
        columns, rows = curves.marks_between(x[0], x[1], across), curves.marks_between(y[0], y[1], up)
        self._mark(columns, rows, (x[0], x[1]), what, log=log)

    def _room(self) -> tuple[int, int]:
        """Return how many marks there is room for, across and up."""
        size = self._plot.viewport().size()
        return max(3, min(12, size.width() // 50)), max(3, min(6, size.height() // 36))

    def _mark(
        self, columns: list[float], rows: list[float], span: tuple[float, float], what: str, *, log: bool
    ) -> None:
        import numpy as np

        step = rows[1] - rows[0] if len(rows) > 1 else 1.0
        across = columns[1] - columns[0] if len(columns) > 1 else 1.0
        if log:
            texts = [figure(10.0**mark, ".1e" if mark % 1.0 else ".0e") for mark in rows]
        elif is_share(what):
            texts = [f"{100.0 * mark:.{max(0, 0 if step >= 0.01 else 1)}f} %" for mark in rows]
        else:
            texts = [curves.mark_text(mark, step) for mark in rows]
        self._grid.setData(np.tile([span[0], span[1]], len(rows)), np.repeat(rows, 2), connect="pairs")
        self._plot.getAxis("left").setTicks([list(zip(rows, texts, strict=True))])
        names = [curves.mark_text(mark, min(1.0, across)) for mark in columns]
        self._plot.getAxis("bottom").setTicks([list(zip(columns, names, strict=True))])

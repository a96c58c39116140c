"""Curves of other runs in a plot: which of them, in which colours, and the legend that names them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from nnstudio.ui.monitor import curves
from nnstudio.ui.monitor.plot_legend import Legend, Line
from nnstudio.ui.monitor.series import NamedCurve, beside_of, run_colours, value_text

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnstudio.ui.monitor.plot_parts import PlotParts
    from nnstudio.ui.session import Session

    Numbers = npt.NDArray[np.float64]
    Place = Callable[[Numbers, Numbers, bool], tuple[Numbers, Numbers]]


class OtherRuns:
    """The curves of other runs that lie beside the present one; they do not change while they are shown.

    Attributes:
        legend: names them and tells their values.
        shown: the curves of the figure that the plot is about.
        colours: of each run that has one, by its name.
    """

    def __init__(self, session: Session, parent: QWidget) -> None:
        self._beside = beside_of(session)
        self._what = ""
        self._items: list[Any] = []
        self._is_stale = True
        self.legend = Legend((), parent)
        self.legend.setObjectName("runs_legend")
        self.shown: list[NamedCurve] = []
        self.colours: dict[str, QColor] = {}

    @property
    def all(self) -> tuple[NamedCurve, ...]:
        """Those of other figures too."""
        return self._beside.curves

    def choose(self, what: str) -> None:
        """Be about another figure, or find out anew which runs lie beside."""
        self._what = what
        self.shown = [curve for curve in self.all if curve.what == what]
        known = run_colours([curve.run for curve in self.all])
        self.colours = {curve.run: QColor(curve.colour) if curve.colour else known[curve.run] for curve in self.shown}
        self.legend.show_lines(tuple(Line(run, colour, False) for run, colour in self.colours.items()))
        self.legend.setVisible(bool(self.shown))
        self._is_stale = True

    def draw_anew(self) -> None:
        """Have them drawn again the next time."""
        self._is_stale = True

    def draw(self, parts: PlotParts, place: Place) -> None:
        """Draw them if they are not drawn as they are now.

        Args:
            parts: of the plot.
            place: takes a curve's epochs and values and whether it is dashed, and returns the points to draw.
        """
        if not self._is_stale:
            return
        self._is_stale = False
        for item in self._items:
            parts.plot.removeItem(item)
        self._items = []
        for curve in self.shown:
            item = parts.curve(Line(curve.run, self.colours[curve.run], curve.validation))
            item.setData(*place(curve.x, curve.y, curve.validation))
            parts.plot.addItem(item)
            self._items.append(item)

    def tell(self, epoch: float | None) -> None:
        """Tell the values at an epoch, or the last ones: those of the validation samples where they are known."""
        self.legend.tell(tuple(self._text(run, epoch) for run in self.colours))

    def _text(self, run: str, epoch: float | None) -> str:
        known = [curve for curve in self.shown if curve.run == run][-1]
        if epoch is not None:
            return value_text(self._what, curves.value_at(known.x, known.y, epoch))
        return value_text(self._what, curves.recent_mean(known.y, 1))

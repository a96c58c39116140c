"""Curves of a run, drawn by pyqtgraph: loss and accuracy by epoch, for training and for validation."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.core.words import again, tr
from nnstudio.ui import lazy, theme
from nnstudio.ui.controls import link
from nnstudio.ui.monitor import curves
from nnstudio.ui.monitor.empty import EmptyNote
from nnstudio.ui.monitor.plot_beside import OtherRuns
from nnstudio.ui.monitor.plot_legend import Legend, Line
from nnstudio.ui.monitor.plot_marks import PlotMarks
from nnstudio.ui.monitor.plot_menu import menu_button
from nnstudio.ui.monitor.plot_parts import PlotParts
from nnstudio.ui.monitor.rate_marks import RateMarks
from nnstudio.ui.monitor.seen import FollowsWhileSeen
from nnstudio.ui.monitor.series import (
    RATE,
    NamedCurve,
    beside_of,
    has_points,
    is_share,
    points_of,
    title_of,
    value_text,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnstudio.training.events import EpochDone
    from nnstudio.ui.session import Session

    Numbers = npt.NDArray[np.float64]

_LOOK_AGAIN_MS = 50
_APART = {False: 2, True: 3}
"""Pixels from one point to the next, solid and dashed: a line through every little zigzag would take long to paint."""


class CurvePanel(FollowsWhileSeen):
    """Loss, accuracy or another figure of the present run: training solid, validation dashed, other runs beside it.

    The pointer over the plot makes the legend tell the values of that epoch; a box drawn with it zooms in, a double
    click goes back to the whole.

    Attributes:
        session: the drawing.
        bridge: of the run.
        what: what it shows, as in `nnstudio.ui.monitor.series`.
        smoothing: from 0, none, to just below 1.
        is_log: whether values stand on a logarithmic axis.
        is_zoomed: whether a part is shown.
    """

    _last_built: ClassVar[float] = -math.inf
    """When any panel built its plot, in seconds of the monotonic clock."""

    def __init__(self, session: Session, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{what}_panel")
        self.bridge = self._bridge = session.bridge
        self.session = self._session = session
        self.what = what
        self.smoothing = 0.0
        self.is_log = False
        self.is_zoomed = False
        self._hovered: float | None = None
        colours = theme.current()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lines = (
            Line(tr("train"), colours.accent, dashed=False),
            Line(tr("validation"), colours.family("conv"), dashed=True),
        )
        title = title_of(what)
        self.setAccessibleName(title)
        self._legend = Legend(self._lines, self)
        self._others = OtherRuns(session, self)
        self._title = menu_button(f"{title} ▾", "plot_what", tr("What the plot shows"), self, what=True)
        self._tools = menu_button("⋯", "plot_tools", tr("How the plot is drawn"), self, what=False)
        self._whole = link(tr("whole"))
        self._whole.setAccessibleName(tr("Show the whole curve"))
        self._whole.setToolTip(tr("Show the whole curve"))
        self._whole.setObjectName("plot_back")
        self._whole.clicked.connect(self.zoom_out)
        self._whole.hide()
        header = QHBoxLayout()
        header.setSpacing(12)
        header.addWidget(self._title, 0, Qt.AlignmentFlag.AlignTop)
        header.addStretch(1)
        header.addWidget(self._whole)
        header.addWidget(self._legend)
        header.addWidget(self._tools, 0, Qt.AlignmentFlag.AlignTop)
        self._ground = QWidget(self)
        self._stack = QVBoxLayout(self._ground)
        self._stack.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(header)
        layout.addWidget(self._others.legend, alignment=Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self._ground, 1)
        self._empty = EmptyNote("", self._ground)
        self._stack.addWidget(self._empty)
        self._plot: Any = None
        self._parts: Any = None
        self._last_epoch: EpochDone | None = None
        self._curves: tuple[Any, ...] = ()
        self._rates: RateMarks | None = None
        self._marks: PlotMarks | None = None
        # Marks depend on the room there is; it is known when the plot has been laid out.
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self.refresh)
        self._waiting = QTimer(self)
        self._waiting.setInterval(_LOOK_AGAIN_MS)
        self._waiting.timeout.connect(self._get_ready)
        self._bridge.progressed.connect(self._on_progressed)
        self._bridge.state_changed.connect(self.refresh)
        beside_of(session).changed.connect(self._on_beside_changed)
        self._on_beside_changed()

    @property
    def plot(self) -> Any:
        """The pyqtgraph plot; None until the first points have come."""
        return self._plot

    def points(self, validation: bool = False) -> tuple[Numbers, Numbers]:
        """Return every point of one curve so far: epochs (n,) and values (n,)."""
        return points_of(self._bridge, self.what, validation=validation)

    @property
    def beside(self) -> tuple[NamedCurve, ...]:
        """Curves of other runs that are shown as well, of all figures."""
        return self._others.all

    def show_what(self, what: str) -> None:
        """Show another figure of the run."""
        self.what = what
        title = title_of(what)
        self.setAccessibleName(title)
        self._title.setText(f"{title} ▾")
        if self._plot is not None:
            self._plot.setAccessibleName(title)
        self.zoom_out()
        self._on_beside_changed()

    def set_smoothing(self, smoothing: float) -> None:
        """Smooth the training curve; 0 shows every value."""
        self.smoothing = smoothing
        self._begin_anew()

    def set_log(self, log: bool) -> None:
        """Let values stand on a logarithmic axis, or on an even one."""
        self.is_log = log
        self.is_zoomed = False
        self._begin_anew()

    def zoom_out(self) -> None:
        """Show the whole curve again."""
        self.is_zoomed = False
        self._whole.hide()
        self._begin_anew()

    def ask_and_save(self, suffix: str) -> None:
        """Ask for a file and write the plot."""
        from nnstudio.ui.dialogs.paths import ask_new

        folder = self._session.path.parent if self._session.path else Path.home()
        chosen = ask_new(self, tr("Save the plot"), folder / f"{self.what}.{suffix}", suffix.upper())
        if chosen is not None:
            self.save(chosen)

    def save(self, path: Path) -> None:
        """Write the plot as PNG, SVG or CSV; a fault is told and logged."""
        from nnstudio.project.errors import FileError
        from nnstudio.ui.monitor.plot_export import write_plot

        curves = [(line.name, *self.points(line.dashed)) for line in self._lines]
        curves += [(curve.title, curve.x, curve.y) for curve in self._others.shown]
        try:
            write_plot(path, self, self.what, [curve for curve in curves if len(curve[1])])
        except (FileError, ValueError) as error:
            self._session.refuse(str(error))
        else:
            self._session.tell(tr("Saved {path}", path=path))

    def _on_beside_changed(self) -> None:
        self._others.choose(self.what)
        self._begin_anew()

    def _begin_anew(self) -> None:
        """Draw everything again, as it is drawn in another way."""
        self._others.draw_anew()
        self._last_epoch = None
        if self._marks is not None:
            self._marks.forget()
        if self._plot is not None or not self._bridge.num_steps:
            self.refresh()

    def refresh(self) -> None:
        """Show what the bridge knows now."""
        is_empty = not (has_points(self._bridge, self.what) or self._others.shown)
        if is_empty:
            self._set_empty(True)
        if not is_empty and lazy.is_pyqtgraph_ready():
            self._draw()
        elif self._plot is None and (not is_empty or self.isVisible()):
            self._waiting.start()

    def _get_ready(self) -> None:
        """Build the plot as soon as that can be done, in an idle moment before there is anything to show."""
        if lazy.is_pyqtgraph_ready() and (self._bridge.num_steps or self._is_idle_moment()):
            self._waiting.stop()
            if self._plot is None and self.isVisible():
                self._build()
            self.refresh()

    @staticmethod
    def _is_idle_moment() -> bool:
        """Whether the window is held up by nothing else: a plot takes 10 ms, three times that beside an import."""
        return not lazy.is_warming() and time.monotonic() - CurvePanel._last_built > _LOOK_AGAIN_MS / 1000

    def _on_progressed(self) -> None:
        if self.isVisible():
            self._bridge.in_turn(self.refresh)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show where the keyboard is."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(theme.current().accent)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Plus and minus zoom along the epochs, arrows go on and back, 0 and Esc show the whole."""
        key = Qt.Key(event.key())
        zooms = {Qt.Key.Key_Plus: 0.5, Qt.Key.Key_Equal: 0.5, Qt.Key.Key_Minus: 2.0}
        steps = {Qt.Key.Key_Left: -0.25, Qt.Key.Key_Right: 0.25}
        if self._plot is None or key not in (*zooms, *steps, Qt.Key.Key_0, Qt.Key.Key_Escape):
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Escape):
            self.zoom_out()
        else:
            low, high = self._plot.getViewBox().viewRange()[0]
            middle = (low + high) / 2 + steps.get(key, 0.0) * (high - low)
            half = (high - low) / 2 * zooms.get(key, 1.0)
            self._zoom_to(middle - half, middle + half)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer over the plot."""
        if self._plot is not None and watched is self._plot.viewport():
            if event.type() == QEvent.Type.Resize:
                self._again.start(0)
            elif event.type() == QEvent.Type.Wheel:
                event.ignore()  # a page that is scrolled is not to zoom
                return True
            elif isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
                self._hover(float(self._plot.getViewBox().mapSceneToView(event.position()).x()))
            elif event.type() == QEvent.Type.Leave:
                self._hover(None)
            elif event.type() == QEvent.Type.MouseButtonDblClick:
                self.zoom_out()
        return super().eventFilter(watched, event)

    def _waiting_text(self) -> str:
        if self._bridge.num_steps:
            return tr("This run has no accuracy.") if self.what == "accuracy" else tr("This run has no such figure.")
        if self._bridge.state == "paused" and self._bridge.started is not None:
            return tr("The run is held at its start.")
        if self._bridge.is_active:
            return tr("The first numbers are on their way.")
        if self._bridge.failed is not None:
            return again(self._bridge.failed.message)
        if self.what == "loss":
            return tr("Press Train to see the loss.")
        if self.what == "accuracy":
            return tr("Press Train to see the accuracy.")
        return tr("Press Train to see it.")

    def _set_empty(self, empty: bool) -> None:
        if empty:
            self._empty.setText(self._waiting_text())
        self._empty.setVisible(empty)
        self._legend.setVisible(not empty)
        if self._plot is not None:
            self._plot.setVisible(not empty)

    def _build(self) -> None:
        CurvePanel._last_built = time.monotonic()
        parts = self._parts = PlotParts(self._ground, self.what, self.accessibleName(), self._lines)
        self._plot, self._curves, self._marks = parts.plot, parts.curves, PlotMarks(parts)
        self._rates = RateMarks(self._plot, parts.ratio)
        self._plot.getViewBox().sigRangeChangedManually.connect(self._on_zoomed)
        self._plot.viewport().installEventFilter(self)
        self._stack.addWidget(self._plot)

    def _draw(self) -> None:
        import numpy as np

        if self._plot is None:
            self._build()
        self._set_empty(False)
        train, validation = self.points(), self.points(validation=True)
        smoothed = self._draw_training(*train)
        last = self._bridge.epochs[-1] if self._bridge.epochs else None
        if last is not self._last_epoch:
            self._last_epoch = last
            self._draw_validation(*validation)
        self._others.draw(self._parts, self._points_of)
        if self._rates is not None:
            self._rates.show(self._bridge.rates_set)
        if self._marks is not None and not self.is_zoomed:
            started, others = self._bridge.started, self._others.shown
            done = float(train[0][-1]) if len(train[0]) else 0.0 if last is None else float(last.epoch)
            ends = [float(curve.x[-1]) for curve in others if len(curve.x)]
            end = max([curves.epochs_shown(done, started.epochs if started else 1), *ends])
            values = np.concatenate([smoothed, validation[1], *(curve.y for curve in others)])
            if self.is_log:
                low, high = curves.log_ends(values)
            else:
                low, high = 0.0, 1.0 if is_share(self.what) else curves.axis_end(values)
            self._marks.fit(end, low, high, self.what, log=self.is_log)
        self._tell()

    def _draw_training(self, x: Numbers, y: Numbers) -> Numbers:
        """Draw it; return the values that the line goes through."""
        epochs, values, smoothed = curves.drawn(x, y, self._most(dashed=False), self._span, self.smoothing)
        self._parts.raw.setVisible(bool(self.smoothing))
        if self.smoothing:
            self._parts.raw.setData(*self._placed(*curves.finite(epochs, values)))
        self._curves[0].setData(*self._placed(*curves.finite(epochs, smoothed)))
        return smoothed

    def _draw_validation(self, x: Numbers, y: Numbers) -> None:
        x, y = self._points_of(x, y, True)
        self._curves[1].setData(x, y)
        self._parts.dot.setVisible(len(x) == 1)
        if len(x) == 1:
            self._parts.dot.setData(x, y)

    def _points_of(self, x: Numbers, y: Numbers, dashed: bool) -> tuple[Numbers, Numbers]:
        """Return the points of the plane that a line without smoothing is drawn through."""
        epochs, values, _ = curves.drawn(x, y, self._most(dashed=dashed), self._span)
        return self._placed(*curves.finite(epochs, values))

    @property
    def _span(self) -> tuple[float, float] | None:
        """The epochs that are seen; None for all."""
        return tuple(self._plot.getViewBox().viewRange()[0]) if self.is_zoomed else None

    def _most(self, *, dashed: bool) -> int:
        """Return how many points a line is drawn through at most."""
        return max(50, int(self._plot.viewport().width()) // _APART[dashed])

    def _placed(self, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
        """Return points as they stand on the axes; on a logarithmic one there is no place for 0 and below."""
        import numpy as np

        if not self.is_log:
            return x, y
        good = y > 0.0
        return x[good], np.log10(y[good])

    def _hover(self, where: float | None) -> None:
        self._hovered = where
        if self._parts is not None:
            self._parts.cross.setVisible(where is not None)
            if where is not None:
                self._parts.cross.setValue(where)
        self._tell()

    def _zoom_to(self, low: float, high: float) -> None:
        """Show a part of the epochs, as high as its values are."""
        import numpy as np

        lines = (*map(self.points, (False, True)), *((curve.x, curve.y) for curve in self._others.shown))
        parts = [self._placed(*curves.finite(*curves.within(x, y, low, high)))[1] for x, y in lines]
        values = np.concatenate(parts)
        self._plot.setXRange(low, high, padding=0.0)
        if values.size:
            self._plot.setYRange(float(values.min()), float(values.max()), padding=0.05)
        self._on_zoomed()

    def _on_zoomed(self) -> None:
        self.is_zoomed = True
        self._whole.show()
        self._others.draw_anew()
        self._last_epoch = None
        self._again.start(0)  # what was one point may be several now
        if self._marks is not None:
            self._marks.follow(self.what, log=self.is_log)

    def _tell(self) -> None:
        values = []
        for validation in (False, True):
            x, y = self.points(validation)
            value = curves.recent_mean(y, 1 if validation or self.what == RATE else 20)
            if self._hovered is not None:
                value = curves.value_at(x, y, self._hovered)
            values.append(value_text(self.what, value))
        self._legend.tell(tuple(values))
        self._others.tell(self._hovered)

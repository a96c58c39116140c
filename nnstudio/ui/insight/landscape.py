"""The loss around the present weights: a curve along one direction, contours over the plane of two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from nnstudio.core.words import tr
from nnstudio.training.studies.landscape import Landscape, LossLine, LossPlane
from nnstudio.ui.controls import ElidedLabel, link
from nnstudio.ui.figures import grouped, percent
from nnstudio.ui.insight.layout import lay_out
from nnstudio.ui.insight.loss_charts import LandscapeChart, LineChart, PlaneChart
from nnstudio.ui.insight.picker import Picker
from nnstudio.ui.insight.view import StudyView, keep_room

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

_REACHES: Final = (0.1, 0.25, 0.5, 1.0, 2.0)


class LossLineView(StudyView):
    """The loss along one random direction."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.caption = ElidedLabel("", "small", mute=True)
        self.chart = self.make_chart()
        self.seed = 0
        keep_room(self.chart)
        self.reach = Picker("landscape_reach", tr("How far the weights are moved"), self)
        self.reach.offer([f"± {reach:g}" for reach in _REACHES], "± 1")
        again = link(tr("Another direction"))
        again.clicked.connect(self._on_again)
        self.reach.picked.connect(self.ask)
        self._again = again
        lay_out(self, [self.reach, self.caption, again], self.chart)

    def make_chart(self) -> LandscapeChart:
        """Return what shows the losses."""
        return LineChart(tr("Loss along a line"))

    def study(self) -> Study | None:
        """Ask for the line."""
        return LossLine(seed=self.seed, reach=_REACHES[self.reach.currentIndex()])

    def show_value(self, value: object) -> None:
        """Show other losses."""
        assert value is None or isinstance(value, Landscape)
        for part in (self.chart, self._again):
            part.setVisible(value is not None)
        if value is None:
            self.caption.setText("")
            return
        self.chart.show_landscape(value)
        middle = len(value.steps) // 2
        present = float(value.losses[(middle,) * value.losses.ndim])
        text = tr(
            "loss {loss:.4g} in the middle, after step {step}; {count} validation samples",
            loss=present,
            step=grouped(value.center),
            count=grouped(value.num_samples),
        )
        if value.progress < 1.0:
            text = tr("{text}; {share} of the way", text=text, share=percent(value.progress))
        self.caption.setText(text)

    def _on_again(self) -> None:
        self.seed += 1
        self.ask()


class LossPlaneView(LossLineView):
    """The loss over the plane of two random directions."""

    def make_chart(self) -> LandscapeChart:
        """Return what shows the losses."""
        return PlaneChart(tr("Loss over a plane"))

    def study(self) -> Study | None:
        """Ask for the plane."""
        return LossPlane(seed=self.seed, reach=_REACHES[self.reach.currentIndex()])

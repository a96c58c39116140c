"""Histograms of one layer over the run: a heat map or ridges, and the moment that the slider is at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QSlider, QWidget

from nnstudio.core.words import Words, tr
from nnstudio.training.studies.moments import Bars, What
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.figures import grouped
from nnstudio.ui.insight.chosen import chosen_layer, has_weights
from nnstudio.ui.insight.heat import HeatMap
from nnstudio.ui.insight.layout import lay_out
from nnstudio.ui.insight.record import Record, record_of
from nnstudio.ui.insight.view import StudyView, keep_room

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

WHATS: dict[What, Words] = {
    "weights": Words("weights", "权重"),
    "gradients": Words("gradients", "梯度"),
    "values": Words("values it gives", "输出的值"),
}
_SHAPES = {"heat": Words("heat map", "热图"), "ridges": Words("ridges", "山脊图")}


class OverTimeView(StudyView):
    """What a layer's numbers were like from the first step to the last. It reads the record, which asks by itself."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._record: Record | None = None
        self.layer_choice = _choice("layer_choice", tr("Layer"))
        self.what_choice = _choice("what_choice", tr("Which numbers of the layer"))
        self.shape_choice = _choice("shape_choice", tr("How it is drawn"))
        for key, words in WHATS.items():
            self.what_choice.addItem(str(words), key)
        for shape, words in _SHAPES.items():
            self.shape_choice.addItem(str(words), shape)
        self.caption = ElidedLabel("", "small", mute=True)
        self.heat = HeatMap(tr("Histograms over the run"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("moment_slider")
        self.slider.setAccessibleName(tr("Moment of the run"))
        lay_out(self, [self.what_choice, self.shape_choice, self.caption], self.heat, self.slider)
        keep_room(self.heat)
        self.layer_choice.hide()
        self.what_choice.currentIndexChanged.connect(self._refresh)
        self.shape_choice.currentIndexChanged.connect(self._refresh)
        self.slider.valueChanged.connect(self._on_scrubbed)

    def study(self) -> Study | None:
        """Ask nothing: the record does."""
        return None

    def reason(self) -> str:
        """Say why there is nothing to see."""
        if self._record is not None and self._record.refusal:
            return self._record.refusal
        layer = chosen_layer(self.session, has_weights)
        if layer is not None and self._record is not None and len(self._record.moments) and self.what != "values":
            return tr("{layer} has no weights that learn. Choose the values that it gives.", layer=layer)
        return tr("Nothing of this layer was recorded. The record begins when this view is first opened.")

    def showEvent(self, event: QShowEvent) -> None:
        """Begin the record, and show what it has."""
        if self._record is None:
            self._record = record_of(self.session)
            self._record.grown.connect(self._on_grown)
        super().showEvent(event)

    @property
    def what(self) -> What:
        """Which numbers are shown."""
        return list(WHATS)[max(0, self.what_choice.currentIndex())]

    def rows(self) -> tuple[list[int], list[Bars]]:
        """Return steps and histograms of the chosen layer."""
        layer = chosen_layer(self.session, has_weights)
        moments = self._record.moments if self._record is not None else None
        if layer is None or moments is None:
            return [], []
        pairs = [
            (step, moment.bars(self.what).get(layer))
            for step, moment in zip(moments.steps, moments.values, strict=True)
        ]
        known = [(step, found) for step, found in pairs if found is not None]
        return [step for step, _ in known], [found for _, found in known]

    @property
    def shown_value(self) -> object:
        """Steps and histograms, as `rows` gives them; None while there are none."""
        rows = self.rows()
        return rows if rows[0] else None

    def show_value(self, value: object) -> None:
        """Show the record; there is no answer of its own."""
        self._refresh()

    def _on_studied(self) -> None:
        if self.isVisible():
            self._refresh()

    def _on_grown(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        steps, found = self.rows()
        empty = not steps
        for part in (self.heat, self.slider):
            part.setVisible(not empty)
        self._note.setVisible(empty)
        if empty:
            self.caption.setText("")
            self._note.setText(self._why_empty())
            self._note.raise_()
            return
        self.heat.show_rows(steps, found, ridges=self.shape_choice.currentData() == "ridges")
        with QSignalBlocker(self.slider):
            at_end = self.slider.value() >= self.slider.maximum()
            self.slider.setRange(0, len(steps) - 1)
            if at_end:
                self.slider.setValue(len(steps) - 1)
        self._on_scrubbed()

    def _on_scrubbed(self) -> None:
        steps, found = self.rows()
        if not steps:
            return
        index = min(self.slider.value(), len(steps) - 1)
        self.heat.mark(index)
        bars = found[index]
        layer = chosen_layer(self.session, has_weights)
        text = tr(
            "{layer}, step {step}: mean {mean:.3g}, deviation {deviation:.3g}, up to {reach:.3g}",
            layer=layer,
            step=grouped(steps[index]),
            mean=bars.mean,
            deviation=bars.deviation,
            reach=bars.reach,
        )
        self.caption.setText(text)


def _choice(name: str, spoken: str) -> QComboBox:
    made = QComboBox()
    made.setObjectName(name)
    made.setAccessibleName(spoken)
    return made

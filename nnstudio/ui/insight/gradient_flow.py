"""How much of the gradient reaches each layer, as bars on a logarithmic axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QScrollArea, QWidget

from nnstudio.core.words import tr
from nnstudio.training.studies.gradients import Flow, GradientFlow
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.insight.flow_colours import flow_colour, flow_word
from nnstudio.ui.insight.layout import lay_out
from nnstudio.ui.insight.log_bars import LogBar, LogBars
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session


class GradientFlowView(StudyView):
    """A bar per layer that learns, from the input down to the output."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.value: Flow | None = None
        self.of = QComboBox()
        self.of.setObjectName("flow_of")
        self.of.setAccessibleName(tr("Gradient by what"))
        self.of.addItem(tr("by the weights"))
        self.of.addItem(tr("by what layers give, as on the wires"))
        self.of.currentIndexChanged.connect(self._show)
        self.caption = ElidedLabel("", "small", mute=True)
        self.bars = LogBars(tr("Length of the gradient by layer"))
        area = QScrollArea()
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(self.bars)
        self.area = area
        lay_out(self, [self.of, self.caption], area)

    def study(self) -> Study | None:
        """Ask for the whole network."""
        return GradientFlow()

    def show_value(self, value: object) -> None:
        """Show the layers from the first to the last."""
        assert value is None or isinstance(value, Flow)
        self.value = value
        for part in (self.area, self.caption, self.of):
            part.setVisible(value is not None)
        self._show()

    def _show(self) -> None:
        value = self.value
        if value is None:
            return
        if self.of.currentIndex() == 0:
            lengths = [(flow.layer, flow.gradient) for flow in value.layers]
            end, ratio = lengths[-1][1] if lengths else 0.0, value.ratio
        else:
            lengths, end = list(value.signals.items()), value.at_output
            ratio = lengths[0][1] / end if end else None
        self.bars.show_bars(
            tuple(LogBar(name, length, flow_colour(length / end if end else 0.0)) for name, length in lengths)
        )
        text = tr("loss {loss:.4g}", loss=value.loss)
        if ratio is not None:
            text = tr(
                "{text}; first layer by last layer {ratio:.3g}: {word}", text=text, ratio=ratio, word=flow_word(ratio)
            )
        self.caption.setText(text)

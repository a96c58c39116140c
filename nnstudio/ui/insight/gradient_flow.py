"""How much of the gradient reaches each layer, as bars on a logarithmic axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.training.studies.gradients import Flow, GradientFlow
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.insight.flow_colours import flow_colour, flow_word
from nnstudio.ui.insight.log_bars import LogBar, LogBars
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session


class GradientFlowView(StudyView):
    """A bar per layer that learns, from the input down to the output."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.caption = ElidedLabel("", "small", mute=True)
        self.bars = LogBars(tr("Length of the gradient by layer"))
        area = QScrollArea()
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(self.bars)
        self.area = area
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.caption)
        column.addWidget(area, 1)

    def study(self) -> Study | None:
        """Ask for the whole network."""
        return GradientFlow()

    def show_value(self, value: object) -> None:
        """Show the layers from the first to the last."""
        assert value is None or isinstance(value, Flow)
        self.area.setVisible(value is not None)
        self.caption.setVisible(value is not None)
        if value is None:
            return
        last = value.layers[-1].gradient if value.layers else 0.0
        self.bars.show_bars(
            tuple(
                LogBar(flow.layer, flow.gradient, flow_colour(flow.gradient / last if last else 0.0))
                for flow in value.layers
            )
        )
        ratio = value.ratio
        text = tr("loss {loss:.4g}", loss=value.loss)
        if ratio is not None:
            text = tr(
                "{text}; first layer by last layer {ratio:.2e}: {word}", text=text, ratio=ratio, word=flow_word(ratio)
            )
        if self.caption.text() != text:
            self.caption.setText(text)

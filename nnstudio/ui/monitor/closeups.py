"""The tabs that look closer: all layers beside one of them, and the prediction beside its sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.ui.controls import hairline
from nnstudio.ui.monitor.inside import InsideLayer
from nnstudio.ui.monitor.sample import SampleChooser, SamplePicture
from nnstudio.ui.monitor.views import titled_maps, titled_prediction

if TYPE_CHECKING:
    from nnstudio.ui.session import Session


class MapsView(QWidget):
    """All layers on the left; the chosen one large on the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("maps_view")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(16)
        left = titled_maps(session, chooser=True)
        row.addWidget(left, 1)
        row.addWidget(hairline(upright=True))
        row.addWidget(InsideLayer(session), 1)


class PredictionsView(QWidget):
    """The sample, the way to the next one, and what the network says of it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("predictions_view")
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(SampleChooser(session))
        left.addWidget(SamplePicture(session), 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(28)
        row.addLayout(left, 2)
        row.addWidget(titled_prediction(session), 3)

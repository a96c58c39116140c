"""The wires between single units: as thick as their weight, orange below zero, blue above."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QLineF, QPointF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.core.words import tr
from nnstudio.training.studies.weights import LayerNumbers, Numbers, Weights
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.described import Described
from nnstudio.ui.figures import grouped
from nnstudio.ui.insight.chosen import chosen_layer, has_weights
from nnstudio.ui.insight.layout import lay_out
from nnstudio.ui.insight.signed import negative, positive
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    import numpy.typing as npt

    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

MOST_UNITS: Final = 128
MOST_WIRES: Final = 500
THICKEST: Final = 5.0
_THINNEST: Final = 0.25
_MARGIN: Final = 14.0
_NEAR: Final = 3.0
"""Pixels from which a thin wire is pointed at."""


class ConnectionsView(StudyView):
    """Inputs of a Dense layer on the left, its units on the right; the strongest wires between them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.caption = ElidedLabel("", "small", mute=True)
        self.net = UnitNet(tr("Wires between units"))
        lay_out(self, [self.caption], self.net)

    def study(self) -> Study | None:
        """Ask for the selected layer, else for the first Dense one."""
        layer = chosen_layer(self.session, _is_dense)
        return None if layer is None else Weights(layer)

    def reason(self) -> str:
        """Say what is missing."""
        return tr("Select a Dense layer to see the wires between its units.")

    def show_value(self, value: object) -> None:
        """Show the first matrix of a layer."""
        assert value is None or isinstance(value, LayerNumbers)
        matrix = next((tensor for tensor in value.tensors if len(tensor.shape) > 1), None) if value else None
        self.net.setVisible(matrix is not None)
        self.caption.setVisible(matrix is not None)
        if value is None or matrix is None:
            self.net.show_weights(None)
            return
        self.net.show_weights(matrix.matrix)
        self.caption.setText(_caption(value.layer, matrix, len(self.net.wires)))


class UnitNet(Described):
    """Two columns of units with wires, painted once per new weights."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 60)
        self._weights: npt.NDArray[Any] | None = None
        self._image: QImage | None = None
        self.wires: list[tuple[int, int, float]] = []
        """Input, unit and weight of every wire that is shown, the weakest first."""

    def show_weights(self, weights: npt.NDArray[Any] | None) -> None:
        """Show other weights ``(units, inputs)``; the first units and the strongest wires where there are many."""
        import numpy as np

        self._image = None
        self._weights = None if weights is None else weights[:MOST_UNITS, :MOST_UNITS]
        self.wires = []
        if self._weights is not None and self._weights.size:
            flat = np.nan_to_num(self._weights).reshape(-1)
            order = np.argsort(np.abs(flat), kind="stable")[-MOST_WIRES:]
            inputs = self._weights.shape[1]
            self.wires = [(int(place % inputs), int(place // inputs), float(flat[place])) for place in order]
        self.update()

    def width_of(self, weight: float) -> float:
        """Return how thick a wire is, in proportion to its weight; the strongest one is `thickest`."""
        strongest = abs(self.wires[-1][2]) if self.wires else 0.0
        return self.thickest * abs(weight) / strongest if strongest else 0.0

    @property
    def thickest(self) -> float:
        """How thick the strongest wire is: thin enough that those of neighbouring units can be told apart."""
        units = max(self._weights.shape) if self._weights is not None and self._weights.size else 1
        return max(1.2, min(THICKEST, 1.2 * (self.height() - 2 * _MARGIN) / units))

    def describe(self, place: QPointF) -> str:
        """Say what the strongest wire under a place weighs."""
        if self._weights is None:
            return ""
        units, inputs = self._weights.shape
        for source, target, weight in reversed(self.wires):
            begin, end = self._spot(source, inputs, left=True), self._spot(target, units, left=False)
            share = (place.x() - begin.x()) / (end.x() - begin.x())
            near = max(_NEAR, self.width_of(weight) / 2.0)
            if 0.0 <= share <= 1.0 and abs(begin.y() + share * (end.y() - begin.y()) - place.y()) <= near:
                return tr(
                    "input {source}, unit {unit}: {weight:.4g}", source=source + 1, unit=target + 1, weight=weight
                )
        return ""

    def sizeHint(self) -> QSize:
        """Room for a few units."""
        return QSize(420, 180)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint anew."""
        super().resizeEvent(event)
        self._image = None

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint wires below and units above."""
        if self._weights is None:
            return
        if self._image is None:
            self._image = self._draw()
        QPainter(self).drawImage(0, 0, self._image)

    def _draw(self) -> QImage:
        assert self._weights is not None
        ratio = self.devicePixelRatioF()
        image = QImage(
            round(self.width() * ratio), round(self.height() * ratio), QImage.Format.Format_ARGB32_Premultiplied
        )
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        units, inputs = self._weights.shape
        below, above = negative(), positive()
        faint = max(0.06, min(0.4, 12.0 / max(1, len(self.wires))))
        thinnest = min(self.width_of(self.wires[0][2]), 0.999 * self.thickest) if self.wires else 0.0
        for source, target, weight in self.wires:
            wide = self.width_of(weight)
            if wide < _THINNEST:
                continue
            colour = above if weight > 0.0 else below
            # Weak ones lie back, so that the strong ones can be followed.
            colour.setAlphaF(faint + (0.96 - faint) * ((wide - thinnest) / (self.thickest - thinnest)) ** 2)
            painter.setPen(QPen(colour, wide))
            painter.drawLine(QLineF(self._spot(source, inputs, left=True), self._spot(target, units, left=False)))
        colours = theme.current()
        painter.setPen(QPen(colours.edge, 1.0))
        painter.setBrush(colours.panel)
        for count, left in ((inputs, True), (units, False)):
            size = max(1.2, min(6.0, (self.height() - 2 * _MARGIN) / count * 0.4))
            for number in range(count):
                painter.drawEllipse(self._spot(number, count, left=left), size, size)
        painter.end()
        return image

    def _spot(self, number: int, count: int, *, left: bool) -> QPointF:
        room = self.height() - 2 * _MARGIN
        wide = min(self.width() - 2 * _MARGIN, 720.0)
        return QPointF(_MARGIN if left else _MARGIN + wide, _MARGIN + room * (number + 0.5) / count)


def _caption(layer: str, matrix: Numbers, shown: int) -> str:
    total = 1
    for length in matrix.shape:
        total *= length
    if shown < total:
        return tr(
            "{layer}: the {shown} strongest wires of {total} weights", layer=layer, shown=shown, total=grouped(total)
        )
    return tr("{layer}: all {total} weights", layer=layer, total=grouped(total))


def _is_dense(session: Session, id_: str) -> bool:
    return session.project.graph.by_id[id_].kind == "Linear" and has_weights(session, id_)

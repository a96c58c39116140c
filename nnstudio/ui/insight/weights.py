"""The weights of the selected layer: as a picture, and how they are spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QWidget

from nnstudio.core.words import figure, tr
from nnstudio.layers.spec import shape_text
from nnstudio.training.studies.weights import LayerNumbers, Numbers, Weights
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.figures import percent
from nnstudio.ui.insight.chosen import chosen_layer, has_weights
from nnstudio.ui.insight.layout import beside, lay_out
from nnstudio.ui.insight.matrix import MatrixPicture
from nnstudio.ui.insight.spread_bars import SpreadBars
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session


class NumbersView(StudyView):
    """Shows the tensors of one layer, one at a time; a subclass says which tensors."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.value: LayerNumbers | None = None
        self.tensor_choice = QComboBox(self)
        self.tensor_choice.setObjectName("tensor_choice")
        self.tensor_choice.setAccessibleName(tr("Which numbers of the layer"))
        self.tensor_choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.caption = ElidedLabel("", "small", mute=True)
        self.matrix = MatrixPicture(tr("Numbers as colours"))
        self.bars = SpreadBars(tr("How often each value occurs"))
        lay_out(self, [self.tensor_choice, self.caption], beside((self.matrix, 3), (self.bars, 2)))
        self.tensor_choice.currentIndexChanged.connect(self._show_tensor)

    @property
    def tensor(self) -> Numbers | None:
        """The tensor that is shown."""
        index = self.tensor_choice.currentIndex()
        return self.value.tensors[index] if self.value is not None and index >= 0 else None

    def show_value(self, value: object) -> None:
        """Show the tensors of a layer; the one chosen before where it has one of that name."""
        assert value is None or isinstance(value, LayerNumbers)
        self.value = value
        names = [tensor.name for tensor in value.tensors] if value is not None else []
        if names != [self.tensor_choice.itemText(number) for number in range(self.tensor_choice.count())]:
            with QSignalBlocker(self.tensor_choice):
                before = self.tensor_choice.currentText()
                self.tensor_choice.clear()
                self.tensor_choice.addItems(names)
                self.tensor_choice.setCurrentIndex(names.index(before) if before in names else 0 if names else -1)
        for part in (self.tensor_choice, self.caption, self.matrix, self.bars):
            part.setVisible(value is not None)
        self._show_tensor()

    def _show_tensor(self) -> None:
        tensor = self.tensor
        if self.value is None or tensor is None:
            self.matrix.show_matrix(None, 0.0)
            self.bars.show_spread(None)
            return
        spread = tensor.spread
        text = tr(
            "{layer}: {shape}, mean {mean:.3g}, deviation {deviation:.3g}, {low:.3g} to {high:.3g}, {zeros} exactly 0",
            layer=self.value.layer,
            shape=shape_text(tensor.shape),
            mean=spread.mean,
            deviation=spread.deviation,
            low=spread.low,
            high=spread.high,
            zeros=percent(spread.zeros),
        )
        if tensor.is_cut:
            text = tr("{text}; the picture shows the first {count} each way", text=text, count=len(tensor.matrix))
        self.caption.setText(text)
        self.matrix.show_matrix(tensor.matrix, max(-spread.low, spread.high), self._describe)
        self.bars.show_spread(spread)

    def _describe(self, row: int, column: int) -> str:
        tensor = self.tensor
        if tensor is None:
            return ""
        place = str(column) if len(tensor.shape) < 2 else f"{row}, {column}"
        return f"{tensor.name}[{place}] = {figure(tensor.matrix[row, column], '.6g')}"


class WeightsView(NumbersView):
    """The weights and biases of the selected layer."""

    def study(self) -> Study | None:
        """Ask for the selected layer, else for the first one that learns."""
        layer = chosen_layer(self.session, has_weights)
        return None if layer is None else Weights(layer)

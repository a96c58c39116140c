"""The kernels of the selected convolution as small pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from nnstudio.core.words import figure, tr
from nnstudio.layers.spec import shape_text
from nnstudio.training.studies.kernels import Kernels, KernelsSeen
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.described import Described
from nnstudio.ui.insight.chosen import chosen_layer
from nnstudio.ui.insight.layout import lay_out
from nnstudio.ui.insight.signed import signed_image
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    import numpy.typing as npt

    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

_GAP: Final = 6.0
_LARGEST: Final = 160.0
_SMALLEST: Final = 12.0


class KernelsView(StudyView):
    """One picture per output channel, of one input channel at a time, or of three as colours."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.value: KernelsSeen | None = None
        self.channel = QComboBox(self)
        self.channel.setObjectName("kernel_channel")
        self.channel.setAccessibleName(tr("Input channel"))
        self.channel.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.caption = ElidedLabel("", "small", mute=True)
        self.grid = KernelGrid(tr("Kernels"))
        lay_out(self, [self.channel, self.caption], self.grid)
        self.channel.currentIndexChanged.connect(self._show_channel)

    def study(self) -> Study | None:
        """Ask for the selected layer, else for the first convolution."""
        layer = chosen_layer(self.session, _is_convolution)
        return None if layer is None else Kernels(layer)

    def reason(self) -> str:
        """Say what is missing."""
        return tr("Select a convolution to see its kernels.")

    def show_value(self, value: object) -> None:
        """Show the kernels of a layer."""
        assert value is None or isinstance(value, KernelsSeen)
        self.value = value
        for part in (self.channel, self.caption, self.grid):
            part.setVisible(value is not None)
        if value is None:
            return
        count = value.kernels.shape[1]
        names = [tr("input channel {number}", number=number + 1) for number in range(count)]
        if count == 3:
            names = [tr("as colours"), *names]
        if names != [self.channel.itemText(number) for number in range(self.channel.count())]:
            with QSignalBlocker(self.channel):
                self.channel.clear()
                self.channel.addItems(names)
        self._show_channel()
        text = tr(
            "{layer}: {shape}, full colours at ±{reach:.3g}",
            layer=value.layer,
            shape=shape_text(value.shape),
            reach=self.grid.reach,
        )
        self.caption.setText(text)

    def _show_channel(self) -> None:
        if self.value is None:
            return
        index = max(0, self.channel.currentIndex())
        if self.value.kernels.shape[1] == 3:
            self.grid.show_kernels(self.value.kernels if index == 0 else self.value.kernels[:, [index - 1]])
        else:
            self.grid.show_kernels(self.value.kernels[:, [index]])


class KernelGrid(Described):
    """Pictures in rows; the same colour means the same number in all of them."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 40)
        self._kernels: npt.NDArray[Any] | None = None
        self.images: tuple[QImage, ...] = ()
        self.reach = 0.0
        """Absolute value of the full colours."""

    def show_kernels(self, kernels: npt.NDArray[Any]) -> None:
        """Show kernels ``(outputs, 1 or 3, height, width)``; three channels are red, green and blue."""
        import numpy as np

        self._kernels = kernels
        self.reach = reach = float(np.nan_to_num(np.abs(kernels)).max()) if kernels.size else 0.0
        if kernels.shape[1] == 3:
            self.images = tuple(_colour_image(kernel, reach) for kernel in kernels)
        else:
            self.images = tuple(signed_image(kernel[0], reach) for kernel in kernels)
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a few."""
        return QSize(420, 160)

    def places(self) -> list[QRectF]:
        """Return where the pictures are painted, all in view if they can be."""
        if not self.images:
            return []
        shape = self.images[0].width() / self.images[0].height()
        edge = _LARGEST
        while edge > _SMALLEST and self._rows(edge, shape) * (edge + _GAP) - _GAP > self.height():
            edge -= 1.0
        wide = edge * shape
        across = max(1, int((self.width() + _GAP) / (wide + _GAP)))
        return [
            QRectF(number % across * (wide + _GAP), number // across * (edge + _GAP), wide, edge)
            for number in range(len(self.images))
        ]

    def describe(self, place: QPointF) -> str:
        """Say what stands at a place; empty where nothing does."""
        for number, rect in enumerate(self.places()):
            if rect.contains(place) and self._kernels is not None:
                height, width = self._kernels.shape[2:]
                row = min(height - 1, int((place.y() - rect.top()) / rect.height() * height))
                column = min(width - 1, int((place.x() - rect.left()) / rect.width() * width))
                values = ", ".join(figure(value) for value in self._kernels[number, :, row, column])
                return tr(
                    "kernel {number}, row {row}, column {column}: {values}",
                    number=number + 1,
                    row=row + 1,
                    column=column + 1,
                    values=values,
                )
        return ""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the pictures, hard-edged."""
        painter = QPainter(self)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.current().line, 1.0))
        for image, rect in zip(self.images, self.places(), strict=True):
            painter.drawImage(rect, image)
            painter.drawRect(rect)

    def _rows(self, edge: float, shape: float) -> int:
        across = max(1, int((self.width() + _GAP) / (edge * shape + _GAP)))
        return -(-len(self.images) // across)


def _colour_image(kernel: npt.NDArray[Any], reach: float) -> QImage:
    import numpy as np

    shades = np.clip(np.nan_to_num(kernel) / (reach or 1.0) * 127.5 + 127.5, 0.0, 255.0).astype(np.uint8)
    pixels = np.ascontiguousarray(shades.transpose(1, 2, 0))
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _is_convolution(session: Session, id_: str) -> bool:
    return session.project.graph.by_id[id_].kind.startswith("Conv")

"""The chosen sample itself: its picture, and the way to the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, QRect, QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QSpinBox, QWidget

from nnstudio.core.words import figure, tr
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.figures import grouped, sign_text
from nnstudio.ui.monitor.bars import bars_image
from nnstudio.ui.monitor.empty import EmptyNote
from nnstudio.ui.monitor.seen import FollowsWhileSeen

if TYPE_CHECKING:
    from nnstudio.data.arrays import Array
    from nnstudio.data.dataset import Dataset
    from nnstudio.ui.session import Session

_LARGEST: Final = 320
_ROW: Final = 20
_TOKEN: Final = 20


class SampleChooser(QWidget):
    """Steps through the rows of the data: back, a number to type, on."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sample_chooser")
        self._bridge = session.bridge
        self._shown: tuple[Dataset | None, int | None] | None = None
        self._back = self._button("‹", "sample_back", tr("Previous sample"))
        self._on = self._button("›", "sample_on", tr("Next sample"))
        self._number = QSpinBox(self)
        self._number.setObjectName("sample_number")
        self._number.setAccessibleName(tr("Sample"))
        self._number.setKeyboardTracking(False)
        self._number.setLocale(QLocale(QLocale.Language.English))  # 1,437 as everywhere in the program
        self._number.setGroupSeparatorShown(True)
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._part = ElidedLabel("", "small", mute=True)
        self._part.setObjectName("sample_part")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self._back, self._number, self._on, self._part):
            row.addWidget(widget)
        row.addStretch(1)
        self._back.clicked.connect(lambda: self._number.stepDown())
        self._on.clicked.connect(lambda: self._number.stepUp())
        self._number.valueChanged.connect(self._on_number_changed)
        session.bridge.mapped.connect(self.refresh)
        session.bridge.state_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show which sample is chosen, of how many."""
        dataset, sample = self._bridge.dataset, self._bridge.sample
        if (dataset, sample) == self._shown:
            # Writing the same number again would undo what is just being typed.
            return
        self._shown = (dataset, sample)
        self.setEnabled(dataset is not None)
        if dataset is None or sample is None:
            self._part.setText("")
            return
        with QSignalBlocker(self._number):
            self._number.setRange(0, len(dataset.inputs) - 1)
            self._number.setValue(sample)
        total = grouped(len(dataset.inputs))
        held_out = bool((dataset.validation == sample).any())
        self._part.setText(
            tr("of {total}, for validation", total=total) if held_out else tr("of {total}, for training", total=total)
        )

    def _button(self, sign: str, name: str, text: str) -> QPushButton:
        button = QPushButton(sign, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setToolTip(text)
        button.setAutoRepeat(True)
        button.setFixedWidth(30)
        button.setStyleSheet("padding-left: 0; padding-right: 0;")
        return button

    def _on_number_changed(self, number: int) -> None:
        self._bridge.set_sample(number)
        self.refresh()


class SamplePicture(FollowsWhileSeen):
    """The sample as the network gets it: an image, numbers as bars, or signs of a sequence."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sample_picture")
        self.setAccessibleName(tr("Sample"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(60, 60)
        self.setFont(theme.font("small"))
        self._bridge = session.bridge
        self._theme = theme.current()
        self._values: Array | None = None
        self._image: QImage | None = None
        self._shown: tuple[Dataset | None, int | None] = (None, None)
        self._empty = EmptyNote(tr("Press Train to see a sample."), self)
        session.bridge.mapped.connect(self.refresh_if_seen)
        session.bridge.state_changed.connect(self.refresh)
        self.refresh()

    @property
    def values(self) -> Array | None:
        """The numbers of the sample shown."""
        return self._values

    def refresh(self) -> None:
        """Show the chosen sample."""
        dataset, snapshot = self._bridge.dataset, self._bridge.snapshot
        # The sample that the other views show too, until the network has looked at the newly chosen one.
        sample = snapshot.sample if snapshot is not None else self._bridge.sample
        if (dataset, sample) == self._shown:
            return
        self._shown = (dataset, sample)
        self._empty.setVisible(dataset is None)
        self._values = self._image = None
        if dataset is not None:
            self._values = dataset.inputs[sample or 0]
            if dataset.element == "real" and self._values.ndim >= 2:
                self._image = sample_image(self._values)
        self.update()

    def resizeEvent(self, _event: object) -> None:
        """Keep the sentence for an empty view in the middle."""
        self._empty.setGeometry(self.rect())

    def sizeHint(self) -> QSize:
        """A square is enough for most."""
        return QSize(180, 180)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the image, the bars or the signs."""
        if self._values is None:
            return
        painter = QPainter(self)
        if self._image is not None:
            room = self._image.size().scaled(
                self.size().boundedTo(QSize(_LARGEST, _LARGEST)), Qt.AspectRatioMode.KeepAspectRatio
            )
            painter.drawImage(QRect(0, 0, room.width(), room.height()), self._image)
        elif self._values.dtype.kind == "i":
            self._paint_signs(painter)
        else:
            values = self._values.reshape(-1).astype("float32")
            space = (self.width(), min(90, self.height() - _ROW))
            colours = (self._theme.family("io"), self._theme.line)
            painter.drawImage(0, 0, bars_image(values, space, colours, self.devicePixelRatioF()))
            text = ", ".join(figure(value, ".3g") for value in values[:12]) + (" …" if len(values) > 12 else "")
            painter.setPen(self._theme.mute)
            painter.drawText(
                QRectF(0, min(96, self.height() - _ROW), self.width(), _ROW), Qt.AlignmentFlag.AlignVCenter, text
            )

    def _paint_signs(self, painter: QPainter) -> None:
        assert self._values is not None
        across = max(1, self.width() // (_TOKEN + 3))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dataset = self._shown[0]
        names = dataset.classes if dataset is not None and dataset.task == "next_token" else ()
        for number, sign in enumerate(self._values.reshape(-1).tolist()):
            row, column = divmod(number, across)
            cell = QRectF(column * (_TOKEN + 3), row * (_TOKEN + 3), _TOKEN, _TOKEN)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.hover)
            painter.drawRoundedRect(cell, 4, 4)
            painter.setPen(self._theme.text)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, sign_text(names[int(sign)]) if names else str(sign))


def sample_image(values: Array) -> QImage:
    """Paint a sample as people see it: three channels in their colours, anything else in shades of grey.

    Args:
        values: (3, height, width) for colours; else the first (height, width) matrix is painted.
    """
    import numpy as np

    low, high = float(values.min()), float(values.max())
    scale = 255.0 / (high - low) if high > low else 0.0
    shades = np.rint((values - low) * scale).astype(np.uint8)
    if shades.ndim == 3 and shades.shape[0] == 3:
        pixels = np.ascontiguousarray(shades.transpose(1, 2, 0))
        height, width = pixels.shape[:2]
        return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    pixels = np.ascontiguousarray(shades.reshape(-1, *shades.shape[-2:])[0])
    height, width = pixels.shape
    return QImage(pixels.data, width, height, width, QImage.Format.Format_Grayscale8).copy()

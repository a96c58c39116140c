"""A sample with what matters in it made visible: heat over a picture, bars under numbers, ground behind signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from nnstudio.core.words import figure, tr
from nnstudio.ui import theme
from nnstudio.ui.described import Described
from nnstudio.ui.imagery import map_image
from nnstudio.ui.insight.signed import signed_colour
from nnstudio.ui.monitor.sample import sample_image

if TYPE_CHECKING:
    import numpy.typing as npt

_GAP: Final = 14.0
_TEXT: Final = 18.0
_VEIL: Final = 0.62
"""How much of the picture the strongest heat hides."""


class Relevance(Described):
    """Pictures: the sample, the heat, and the heat over the sample. Numbers and signs: one bar each."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("relevance")
        self.setAccessibleName(name)
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 60)
        self.strength: npt.NDArray[Any] | None = None
        """What is shown: ``(h, w)`` over a picture, or one number per column of a table or sign."""
        self._inputs: npt.NDArray[Any] | None = None
        self._smooth = False
        self._signs: tuple[str, ...] = ()
        self.images: tuple[QImage, ...] = ()

    def show_relevance(
        self,
        inputs: npt.NDArray[Any],
        strength: npt.NDArray[Any],
        *,
        smooth: bool = False,
        signs: tuple[str, ...] = (),
    ) -> None:
        """Show a sample and what matters in it.

        Args:
            inputs: the sample as the data hold it: a picture ``(C, H, W)``, numbers ``(D,)`` or signs ``(T,)``.
            strength: ``(h, w)`` for pictures, stretched over them; else one number each, which may have a sign.
            smooth: whether to blur between the numbers, as for maps much smaller than the picture.
            signs: what a person reads for each of a row of signs.
        """
        self._inputs, self.strength, self._smooth, self._signs = inputs, strength, smooth, signs
        self.images = ()
        if strength.ndim == 2:
            picture = sample_image(inputs).convertToFormat(QImage.Format.Format_RGB32)
            high = float(strength.max()) if strength.size else 0.0
            heat = map_image(strength, 0.0, high if high > 0.0 else 1.0)
            self.images = (picture, heat, _over(picture, heat, strength / high if high > 0.0 else strength, smooth))
        self.update()

    def sizeHint(self) -> QSize:
        """Three pictures beside each other."""
        return QSize(520, 180)

    def places(self) -> list[QRectF]:
        """Return where the pictures are painted."""
        if not self.images:
            return []
        shape = self.images[0].width() / self.images[0].height()
        high = min(self.height() - _TEXT, (self.width() - 2.0 * _GAP) / 3.0 / shape)
        wide = high * shape
        metrics = QFontMetricsF(self.font())
        pitch = max(wide, *map(metrics.horizontalAdvance, self._titles())) + _GAP
        if 3.0 * pitch > self.width() + _GAP:
            pitch = wide + _GAP
        return [QRectF(number * pitch, _TEXT, wide, high) for number in range(3)]

    def _titles(self) -> tuple[str, str, str]:
        assert self.strength is not None
        strongest = tr("what matters, brightest {value:.3g}", value=float(self.strength.max(initial=0.0)))
        return tr("sample"), strongest, tr("both")

    def bar(self, index: int) -> QRectF:
        """Return the room of one number's bar, with its text below."""
        assert self.strength is not None
        wide = min(90.0, self.width() / max(1, len(self.strength)))
        return QRectF(index * wide, 0.0, wide, max(20.0, min(220.0, float(self.height()))))

    def describe(self, place: QPointF) -> str:
        """Say what lies at a place; empty where nothing does."""
        if self.strength is None or self._inputs is None:
            return ""
        for rect in self.places():
            if rect.contains(place):
                rows, columns = self.strength.shape
                row = min(rows - 1, int((place.y() - rect.top()) / rect.height() * rows))
                column = min(columns - 1, int((place.x() - rect.left()) / rect.width() * columns))
                value = float(self.strength[row, column])
                return tr("row {row}, column {column}: {value:.4g}", row=row + 1, column=column + 1, value=value)
        if self.strength.ndim == 1:
            for number, value in enumerate(self.strength.tolist()):
                if self.bar(number).contains(place):
                    return tr(
                        "{number}: holds {given}, counts {value:.4g}",
                        number=number + 1,
                        given=self._given(number),
                        value=value,
                    )
        return ""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint pictures or bars."""
        if self.strength is None:
            return
        painter, colours = QPainter(self), theme.current()
        if not self.images:
            self._paint_bars(painter)
            return
        metrics, places = QFontMetricsF(self.font()), self.places()
        pitch = places[1].left() - places[0].left()
        for number, (image, rect, title) in enumerate(zip(self.images, places, self._titles(), strict=True)):
            painter.setPen(colours.mute)
            text = metrics.elidedText(title, Qt.TextElideMode.ElideRight, pitch)
            painter.drawText(QRectF(rect.left(), 0.0, pitch, _TEXT), Qt.AlignmentFlag.AlignVCenter, text)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._smooth and number == 2)
            painter.drawImage(rect, image)

    def _given(self, number: int) -> str:
        """Return what the sample holds at a place."""
        assert self._inputs is not None
        return self._signs[number] if self._signs else figure(self._inputs.reshape(-1)[number], ".3g")

    def _paint_bars(self, painter: QPainter) -> None:
        import numpy as np

        assert self.strength is not None
        assert self._inputs is not None
        colours = theme.current()
        values = np.nan_to_num(self.strength)
        reach = float(np.abs(values).max()) if values.size else 0.0
        below = values.min() < 0.0
        for number, value in enumerate(values.tolist()):
            room = self.bar(number)
            field = QRectF(room.left(), room.top(), room.width() - 2.0, room.height() - _TEXT)
            ground = field.center().y() if below else field.bottom()
            high = (abs(value) / reach if reach else 0.0) * (field.height() / 2.0 if below else field.height())
            top = ground - high if value >= 0.0 else ground
            painter.fillRect(QRectF(field.left(), top, field.width(), high), signed_colour(value, reach))
            painter.fillRect(QRectF(field.left(), ground - 0.5, field.width(), 1.0), colours.line)
            text = self._given(number)
            if QFontMetricsF(self.font()).horizontalAdvance(text) <= room.width():
                painter.setPen(colours.text)
                foot = QRectF(room.left(), room.bottom() - _TEXT, room.width() - 2.0, _TEXT)
                painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, text)


def _over(picture: QImage, heat: QImage, share: npt.NDArray[Any], smooth: bool) -> QImage:
    """Lay the heat over the picture, the stronger the less can be seen through it."""
    import numpy as np

    alpha = (np.clip(np.nan_to_num(share), 0.0, 1.0) * 255.0 * _VEIL).astype(np.uint32)
    height, width = alpha.shape
    bits = np.frombuffer(heat.constBits(), dtype=np.uint32).reshape(height, width) & np.uint32(0x00FFFFFF)
    pixels = np.ascontiguousarray(bits | (alpha << np.uint32(24)))
    veil = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
    scale = max(1, 256 // max(picture.width(), picture.height()))
    size = picture.size() * scale
    whole = picture.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.FastTransformation)
    painter = QPainter(whole)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    painter.drawImage(QRectF(0.0, 0.0, size.width(), size.height()), veil)
    painter.end()
    return whole

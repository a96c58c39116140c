"""The story of one sample, from left to right: what each layer makes of it, and which class it looks like by then."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollArea, QWidget

from nnstudio.core.words import tr
from nnstudio.training.studies.story import Chapter, Story, Told
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.described import Described
from nnstudio.ui.figures import grouped, percent
from nnstudio.ui.imagery import array_tiles, map_image
from nnstudio.ui.insight.classes import class_colour, class_name
from nnstudio.ui.insight.layout import lay_out
from nnstudio.ui.insight.view import StudyView
from nnstudio.ui.monitor.bars import bars_image
from nnstudio.ui.monitor.sample import sample_image

if TYPE_CHECKING:
    import numpy.typing as npt

    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

_WIDE: Final = 116.0
_GAP: Final = 26.0
_PICTURE: Final = 104.0
_LEAST: Final = 36.0
_LINE: Final = 18.0
_TILES: Final = 4


class StoryView(StudyView):
    """A column for each layer, and the answer at the end."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.caption = ElidedLabel("", "strong")
        self.strip = StoryStrip(session)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.viewport().setAutoFillBackground(False)
        self.strip.setAutoFillBackground(False)
        self._scroll.setWidget(self.strip)
        lay_out(self, [self.caption], self._scroll)

    def study(self) -> Study | None:
        """Ask about the sample shown."""
        sample = self.session.bridge.sample
        return None if sample is None else Story(sample)

    def reason(self) -> str:
        """Say what is missing."""
        return tr("The data are being loaded.")

    def show_value(self, value: object) -> None:
        """Tell another story."""
        assert value is None or isinstance(value, Told)
        for part in (self.caption, self._scroll):
            part.setVisible(value is not None)
        dataset = self.session.bridge.dataset
        if value is None or dataset is None:
            return
        self.strip.show_story(value, dataset.classes)
        text = story_text(value, dataset.classes)
        self.caption.setText(text)


class StoryStrip(Described):
    """The columns; a click on one selects its layer in the drawing."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("story_strip")
        self.setAccessibleName(tr("The way of a sample through the layers"))
        self.setFont(theme.font("small"))
        self._session = session
        self.told: Told | None = None
        self.images: tuple[QImage, ...] = ()
        self._classes: tuple[str, ...] = ()

    def show_story(self, told: Told, classes: tuple[str, ...]) -> None:
        """Tell another story."""
        self.told, self._classes = told, classes
        ratio = self.devicePixelRatioF()
        self.images = tuple(
            chapter_image(chapter.value, first=number == 0, ratio=ratio) for number, chapter in enumerate(told.chapters)
        )
        self.setMinimumSize(int((len(told.chapters) + 1) * (_WIDE + _GAP)), int(_LEAST + 4.0 * _LINE))
        self.setAccessibleDescription(story_text(told, classes))
        self.update()

    def place(self, number: int) -> QRectF:
        """Return the room of a column; the answer is the last."""
        return QRectF(number * (_WIDE + _GAP), 0.0, _WIDE, self.picture + 4.0 * _LINE)

    @property
    def picture(self) -> float:
        """How high a picture is: less in a low place, so that guess and share are seen below it."""
        return min(_PICTURE, max(_LEAST, self.height() - 4.0 * _LINE))

    def describe(self, place: QPointF) -> str:
        """Say what a column shows; empty between them."""
        if self.told is None:
            return ""
        for number, chapter in enumerate(self.told.chapters):
            if self.place(number).contains(place):
                return chapter_text(chapter, self._classes)
        return ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the layer of the column that was clicked."""
        project = self._session.bridge.project
        if self.told is None or project is None:
            return
        for number, chapter in enumerate(self.told.chapters):
            node = project.graph.by_name.get(chapter.layer)
            if node is not None and self.place(number).contains(event.position()):
                self._session.select_in_model([node.id])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the columns in view."""
        if self.told is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, (chapter, image) in enumerate(zip(self.told.chapters, self.images, strict=True)):
            place = self.place(number)
            if place.intersects(QRectF(event.rect())):
                self._paint_chapter(painter, place, chapter, image)
                self._paint_arrow(painter, place)
        self._paint_answer(painter, self.place(len(self.told.chapters)))

    def _paint_chapter(self, painter: QPainter, place: QRectF, chapter: Chapter, image: QImage) -> None:
        colours, metrics = theme.current(), QFontMetricsF(self.font())
        painter.setPen(colours.text)
        name = metrics.elidedText(chapter.layer, Qt.TextElideMode.ElideMiddle, place.width())
        painter.drawText(QRectF(place.left(), 0.0, place.width(), _LINE), Qt.AlignmentFlag.AlignVCenter, name)
        ratio = image.devicePixelRatio()
        size = QSize(round(image.width() / ratio), round(image.height() / ratio))
        fitted = size.scaled(QSize(int(_WIDE), int(self.picture)), Qt.AspectRatioMode.KeepAspectRatio)
        painter.drawImage(QRectF(place.left(), _LINE + 4.0, fitted.width(), fitted.height()), image)
        if chapter.guess is None:
            return
        top = _LINE + self.picture + 10.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(class_colour(chapter.guess))
        painter.drawEllipse(QRectF(place.left(), top + 4.0, 10.0, 10.0))
        assert self.told is not None
        painter.setPen(self._verdict(chapter.guess))
        text = tr("like {name}", name=class_name(self._classes, chapter.guess))
        room = QRectF(place.left() + 16.0, top, place.width() - 16.0, _LINE)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        share = QRectF(place.left(), top + _LINE, place.width() * max(0.0, chapter.right), 4.0)
        painter.fillRect(QRectF(place.left(), top + _LINE, place.width(), 4.0), colours.line)
        painter.fillRect(share, colours.accent)
        painter.setPen(colours.mute)
        foot = QRectF(place.left(), top + _LINE + 5.0, place.width(), _LINE)
        painter.drawText(foot, Qt.AlignmentFlag.AlignVCenter, tr("right for {share}", share=percent(chapter.right)))

    def _paint_arrow(self, painter: QPainter, place: QRectF) -> None:
        painter.setPen(QPen(theme.current().edge, 1.6))
        y, left = _LINE + 4.0 + self.picture / 2.0, place.right() + 5.0
        right = left + _GAP - 10.0
        painter.drawLine(QRectF(left, y, right - left, 0.0).topLeft(), QRectF(left, y, right - left, 0.0).topRight())
        painter.drawPolyline(
            [QPoint(int(right) - 4, int(y) - 4), QPoint(int(right), int(y)), QPoint(int(right) - 4, int(y) + 4)]
        )

    def _paint_answer(self, painter: QPainter, place: QRectF) -> None:
        """Paint the best outputs as bars, the largest on top."""
        assert self.told is not None
        colours, metrics = theme.current(), QFontMetricsF(self.font())
        painter.setPen(colours.text)
        painter.drawText(QRectF(place.left(), 0.0, place.width(), _LINE), Qt.AlignmentFlag.AlignVCenter, tr("answer"))
        order = (-self.told.output).argsort(kind="stable")[:5].tolist()
        reach = max(1e-12, float(abs(self.told.output).max()))
        for line, number in enumerate(order):
            value, top = float(self.told.output[number]), _LINE + 4.0 + line * 1.1 * _LINE
            name = class_name(self._classes, number)
            painter.setPen(self._verdict(number) if self.told.answer is not None else colours.text)
            room = QRectF(place.left(), top, 46.0, _LINE)
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
            wide = (place.width() - 50.0) * max(0.0, value) / reach
            colour = class_colour(number) if self.told.answer is not None else colours.accent
            painter.fillRect(QRectF(place.left() + 50.0, top + 4.0, max(1.0, wide), _LINE - 8.0), colour)

    def _verdict(self, number: int) -> QColor:
        """Return the colour of a class' name: good news where it is the right one."""
        assert self.told is not None
        colours = theme.current()
        if number == self.told.truth:
            return colours.ok
        return colours.err if number == self.told.answer else colours.text


def chapter_image(value: npt.NDArray[Any], *, first: bool, ratio: float = 1.0) -> QImage:
    """Paint what a layer gives: a picture as it is, four maps in a square, a sequence as one map, a vector as bars."""
    import numpy as np

    colours = theme.current()
    if value.ndim < 2:
        numbers = value.reshape(-1).astype(np.float32)
        return bars_image(numbers, (int(_WIDE), int(_PICTURE)), (colours.accent, colours.line), ratio)
    if first and value.ndim == 3:
        return sample_image(value)
    if value.ndim == 2:
        return map_image(np.ascontiguousarray(value.T))
    tiles = strongest(value)
    low, high = float(np.nanmin(value)), float(np.nanmax(value))
    across = 1 if len(tiles) == 1 else 2
    height, width = tiles[0].shape
    sheet = np.full((-(-len(tiles) // across) * (height + 1) - 1, across * (width + 1) - 1), low, dtype=np.float32)
    for number, tile in enumerate(tiles):
        row, column = divmod(number, across)
        sheet[row * (height + 1) :, column * (width + 1) :][:height, :width] = tile
    image = map_image(sheet, low, high)
    scale = max(1, 208 // max(image.width(), image.height()))
    return image.scaled(image.size() * scale)


def strongest(value: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
    """Return the four maps with the largest mean absolute value, the strongest first."""
    import numpy as np

    maps = array_tiles(value, 10_000)
    order = np.argsort([-float(np.abs(np.nan_to_num(tile)).mean()) for tile in maps], kind="stable")
    return [maps[number] for number in order[:_TILES]]


def chapter_text(chapter: Chapter, classes: tuple[str, ...]) -> str:
    """Say in a line what a layer has made of the sample."""
    shape = " × ".join(map(str, chapter.value.shape)) or "1"
    text = tr(
        "{layer}: {shape}, {low:.3g} to {high:.3g}",
        layer=chapter.layer,
        shape=shape,
        low=float(chapter.value.min()),
        high=float(chapter.value.max()),
    )
    if chapter.guess is None or math.isnan(chapter.right):
        return text
    return tr(
        "{text}. The nearest class mean is that of {name}; so {share} of the validation samples are right.",
        text=text,
        name=class_name(classes, chapter.guess),
        share=percent(chapter.right),
    )


def story_text(told: Told, classes: tuple[str, ...]) -> str:
    """Say in a sentence how the story ends."""
    if told.answer is None or told.truth is None:
        return tr("Sample {sample}: loss {loss:.4g}", sample=grouped(told.sample), loss=told.loss)
    answer, truth = class_name(classes, told.answer), class_name(classes, told.truth)
    share = percent(float(told.output[told.answer]))
    turn = turning_point(told)
    if told.answer != told.truth:
        return tr(
            "Sample {sample} is {truth}; the network says {answer} ({share}).",
            sample=grouped(told.sample),
            truth=truth,
            answer=answer,
            share=share,
        )
    if turn is None:
        return tr(
            "Sample {sample} is {truth}, and the network says so ({share}).",
            sample=grouped(told.sample),
            truth=truth,
            share=share,
        )
    return tr(
        "Sample {sample} is {truth}, and the network says so ({share}). It looks like one from {layer} on.",
        sample=grouped(told.sample),
        truth=truth,
        share=share,
        layer=turn,
    )


def turning_point(told: Told) -> str | None:
    """Return the layer from which on the nearest mean is always that of the right class; None where it never is."""
    found = None
    for chapter in reversed(told.chapters):
        if chapter.guess != told.truth:
            break
        found = chapter.layer
    return found

"""PCA and t-SNE of a layer: each sample a point in the colour of its class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.core.words import tr
from nnstudio.data.class_words import class_title
from nnstudio.training.studies.projection import Pca, Projection, Tsne
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel, link
from nnstudio.ui.figures import grouped, percent
from nnstudio.ui.insight.classes import class_colour, sample_colour, sample_name
from nnstudio.ui.insight.dots import paint_dot
from nnstudio.ui.insight.layout import beside, lay_out
from nnstudio.ui.insight.picker import LayerPicker, Picker
from nnstudio.ui.insight.points import PointPicture
from nnstudio.ui.insight.thumbs import thumb_image
from nnstudio.ui.insight.view import StudyView, keep_room

if TYPE_CHECKING:
    import numpy.typing as npt

    from nnstudio.data.dataset import Dataset
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

_DOT: Final = 3.4
_MARGIN: Final = 10.0
_SIDE: Final = 150
_PREVIEW: Final = 84
_LINE: Final = 18
_LOW: Final = 210
_PERPLEXITIES: Final = (5, 15, 30, 50)


class PcaView(StudyView):
    """The two directions in which a layer's values differ most."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.layer = LayerPicker(session, "projection_layer", self)
        self.caption = ElidedLabel("", "small", mute=True)
        self.scatter = Scatter(session)
        self.key = ColourKey(session)
        self.key.setFixedWidth(_SIDE)
        body = beside((self.scatter, 1), (self.key, 0), gap=16)
        self.header = lay_out(self, [self.layer, self.caption], body)
        keep_room(self.scatter)
        self.layer.picked.connect(self.ask)
        self.scatter.pointed.connect(self.key.point_at)

    def study(self) -> Study | None:
        """Ask for the layer chosen here, or the one selected in the drawing since."""
        return Pca(self.layer.wanted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low place the classes stand beside the sample, not below it."""
        super().resizeEvent(event)
        low = event.size().height() < _LOW and event.size().width() > 4 * _SIDE
        self.key.setFixedWidth(2 * _SIDE if low else _SIDE)

    def show_value(self, value: object) -> None:
        """Show other places."""
        assert value is None or isinstance(value, Projection)
        for part in (self.scatter, self.key):
            part.setVisible(value is not None)
        if value is None:
            self.caption.setText("")
            return
        self.layer.offer(value.layers, value.layer)
        self.scatter.show_points(value.rows, value.places)
        self.key.refresh()
        text = self.tell(value)
        self.caption.setText(text)

    def tell(self, value: Projection) -> str:
        """Say what is shown."""
        across, up = (percent(float(share)) for share in value.note)
        return tr(
            "{layer}, {count} samples; the axes hold {across} and {up} of the variance",
            layer=value.layer,
            count=grouped(len(value.rows)),
            across=across,
            up=up,
        )


class TsneView(PcaView):
    """Neighbours stay neighbours: samples that the layer finds alike lie together."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._seed = 0
        self.perplexity = Picker("tsne_perplexity", tr("Perplexity: about how many neighbours count"), self)
        self.perplexity.offer([tr("perplexity {value}", value=value) for value in _PERPLEXITIES], "")
        self.perplexity.setCurrentIndex(_PERPLEXITIES.index(30))
        self.perplexity.picked.connect(self.ask)
        self.header.insertWidget(1, self.perplexity)
        again = link(tr("Another beginning"))
        again.clicked.connect(self._on_again)
        self.header.addWidget(again)

    def study(self) -> Study | None:
        """Ask for the layer chosen here, or the one selected in the drawing since."""
        perplexity = float(_PERPLEXITIES[self.perplexity.currentIndex()])
        return Tsne(self.layer.wanted, perplexity=perplexity, seed=self._seed)

    def tell(self, value: Projection) -> str:
        """Say what is shown, and how far it is."""
        text = tr("{layer}, {count} samples", layer=value.layer, count=grouped(len(value.rows)))
        if value.progress < 1.0:
            return tr("{text}; {share} of the way", text=text, share=percent(value.progress))
        return tr("{text}; Kullback–Leibler divergence {value:.3f}", text=text, value=float(value.note[0]))

    def _on_again(self) -> None:
        self._seed += 1
        self.ask()


class Scatter(PointPicture):
    """Points, painted as one picture."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.setObjectName("scatter")
        self.setAccessibleName(tr("Samples as points"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(140, 80)
        self.places: npt.NDArray[Any] | None = None
        self._picture: QPixmap | None = None

    def show_points(self, rows: npt.NDArray[Any], places: npt.NDArray[Any]) -> None:
        """Show points ``(n, 2)`` of these rows of the data ``(n,)``."""
        self.rows, self.places = rows, places
        self._picture = None
        if self.pointed_at is not None and self.pointed_at >= len(rows):
            self.point_at(None)
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for a few hundred points."""
        return QSize(420, 240)

    def pixels(self) -> npt.NDArray[Any]:
        """Return where the points are painted ``(n, 2)``: one scale for both axes, all in view."""
        import numpy as np

        assert self.places is not None
        finite = np.nan_to_num(self.places)
        low, high = finite.min(axis=0), finite.max(axis=0)
        room = np.array([self.width() - 2.0 * _MARGIN, self.height() - 2.0 * _MARGIN])
        scale = float((room / np.maximum(high - low, 1e-12)).min())
        shifted = (finite - (low + high) / 2.0) * scale
        found: npt.NDArray[Any] = shifted * np.array([1.0, -1.0]) + np.array([self.width(), self.height()]) / 2.0
        return found

    def resizeEvent(self, _event: object) -> None:
        """Paint anew."""
        self._picture = None

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the points, and rings around the one pointed at and the sample shown."""
        dataset = self.session.bridge.dataset
        if self.rows is None or dataset is None or not len(self.rows):
            return
        if self._picture is None:
            self._picture = self._draw(dataset, self.pixels())
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_rings(painter, 2.2 * _DOT)

    def _draw(self, dataset: Dataset, pixels: npt.NDArray[Any]) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(0, 0, 0, 0))
        assert self.rows is not None
        painter = QPainter(picture)
        edge = theme.blend(theme.current().panel, theme.current().text, 0.15)
        for row, place in zip(self.rows.tolist(), pixels.tolist(), strict=True):
            paint_dot(painter, QPointF(*place), _DOT, sample_colour(dataset, row), edge, 0.6)
        painter.end()
        return picture


class ColourKey(QWidget):
    """The sample that is pointed at, else the one shown; below it what the colours mean."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("colour_key")
        self.setAccessibleName(tr("What the colours mean"))
        self.setFont(theme.font("small"))
        self._session = session
        self._row = -1

    @property
    def row(self) -> int | None:
        """The sample that is shown large."""
        return self._row if self._row >= 0 else self._session.bridge.sample

    def point_at(self, row: int) -> None:
        """Show this row of the data; -1 for the one that is shown everywhere."""
        self._row = row
        self.update()

    def refresh(self) -> None:
        """Show another sample."""
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint sample and classes."""
        dataset, row, colours = self._session.bridge.dataset, self.row, theme.current()
        if dataset is None or row is None:
            return
        painter = QPainter(self)
        edge = min(_PREVIEW, max(0, self.height() - _LINE))
        image = thumb_image(dataset.inputs[row], edge, self.devicePixelRatioF())
        size = image.size().scaled(QSize(edge, edge), Qt.AspectRatioMode.KeepAspectRatio)
        painter.drawImage(QRect(0, 0, size.width(), size.height()), image)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(colours.text)
        start, top = (_PREVIEW + 22.0, 0.0) if self.width() > _SIDE else (0.0, edge + 2.0 + 1.4 * _LINE)
        wide = start - 8.0 if start else float(self.width())
        told = painter.fontMetrics().elidedText(sample_name(dataset, row), Qt.TextElideMode.ElideRight, int(wide))
        painter.drawText(QRectF(0.0, edge + 2.0, wide, _LINE), middle, told)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fitting = max(1, int((self.height() - top) / _LINE))
        across = max(1, -(-len(dataset.classes) // fitting)) if start else 1 + (len(dataset.classes) > fitting)
        rows = -(-len(dataset.classes) // across)
        broad = (self.width() - start) / across
        for number, name in enumerate(map(class_title, dataset.classes)):
            column, line = divmod(number, max(1, rows))
            left, y = start + column * broad, top + line * _LINE
            if y + _LINE > self.height():
                continue
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(class_colour(number))
            painter.drawEllipse(QPointF(left + 5.0, y + _LINE / 2.0), 4.0, 4.0)
            painter.setPen(colours.mute)
            room = QRectF(left + 16.0, y, broad - 16.0, _LINE)
            text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, middle, text)

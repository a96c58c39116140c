"""PCA and t-SNE of a layer: each sample a point in the colour of its class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
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
from nnstudio.ui.insight.thumbs import thumb_image
from nnstudio.ui.insight.view import StudyView, keep_room

if TYPE_CHECKING:
    import numpy.typing as npt

    from nnstudio.data.dataset import Dataset
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

_DOT: Final = 3.4
_MARGIN: Final = 10.0
_NEAR: Final = 12.0
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


class Scatter(QWidget):
    """Points, painted as one picture; the one under the pointer is told, a click shows its sample everywhere."""

    pointed = Signal(int)
    """The row of the data under the pointer; -1 for none."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("scatter")
        self.setAccessibleName(tr("Samples as points"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(140, 80)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._session = session
        self.rows: npt.NDArray[Any] | None = None
        self.places: npt.NDArray[Any] | None = None
        self._picture: QPixmap | None = None
        self._hovered: int | None = None
        session.bridge.mapped.connect(self.update)

    def show_points(self, rows: npt.NDArray[Any], places: npt.NDArray[Any]) -> None:
        """Show points ``(n, 2)`` of these rows of the data ``(n,)``."""
        self.rows, self.places = rows, places
        self._picture = None
        if self._hovered is not None and self._hovered >= len(rows):
            self._point(None)
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

    def nearest(self, place: QPointF) -> int | None:
        """Return which point lies within a few pixels of a place."""
        import numpy as np

        if self.places is None or not len(self.places):
            return None
        away = self.pixels() - np.array([place.x(), place.y()])
        squares = (away**2).sum(axis=1)
        number = int(squares.argmin())
        return number if float(squares[number]) <= _NEAR**2 else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the point under the pointer."""
        self._point(self.nearest(event.position()))

    @property
    def pointed_at(self) -> int | None:
        """Number of the point that pointer or keys have gone to."""
        return self._hovered

    def beside(self, number: int, across: int, up: int) -> int:
        """Return the nearest point within 45° of a direction, ``across`` to the right or ``up``; itself if none is."""
        import numpy as np

        away = (self.pixels() - self.pixels()[number]) * np.array([1.0, -1.0])
        along, aside = away @ np.array([across, up]), np.abs(away @ np.array([up, across]))
        lengths = np.where((along > 0.0) & (along >= aside), np.hypot(along, aside), np.inf)
        nearest = int(lengths.argmin())
        return nearest if np.isfinite(lengths[nearest]) else number

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys go from point to point and tell each, Enter and space show its sample everywhere, Esc lets go."""
        key = Qt.Key(event.key())
        ways = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        if self.rows is None or not len(self.rows):
            super().keyPressEvent(event)
        elif key in ways:
            self._point(self._start() if self._hovered is None else self.beside(self._hovered, *ways[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._hovered is not None:
            self._session.bridge.set_sample(int(self.rows[self._hovered]))
            self.update()
        elif key == Qt.Key.Key_Escape and self._hovered is not None:
            self._point(None)
        else:
            super().keyPressEvent(event)

    def _start(self) -> int:
        """Return the point of the sample that is shown, else the one nearest to the middle."""
        import numpy as np

        assert self.rows is not None
        shown = (self.rows == self._session.bridge.sample).nonzero()[0]
        if len(shown):
            return int(shown[0])
        away = self.pixels() - np.array([self.width(), self.height()]) / 2.0
        return int((away**2).sum(axis=1).argmin())

    def leaveEvent(self, _event: QEvent) -> None:
        """Tell none."""
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show the sample everywhere."""
        number = self.nearest(event.position())
        if number is not None and self.rows is not None and event.button() == Qt.MouseButton.LeftButton:
            self._session.bridge.set_sample(int(self.rows[number]))
            self.update()

    def resizeEvent(self, _event: object) -> None:
        """Paint anew."""
        self._picture = None

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the points, and rings around the one pointed at and the sample shown."""
        dataset = self._session.bridge.dataset
        if self.places is None or self.rows is None or dataset is None or not len(self.rows):
            return
        pixels = self.pixels()
        if self._picture is None:
            self._picture = self._draw(dataset, pixels)
        painter, colours = QPainter(self), theme.current()
        painter.drawPixmap(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        shown = (self.rows == self._session.bridge.sample).nonzero()[0].tolist()
        rings = [(number, colours.text) for number in shown]
        if self._hovered is not None:
            rings.append((self._hovered, colours.accent))
        for number, colour in rings:
            painter.setPen(QPen(colour, 2.0))
            painter.drawEllipse(QPointF(*pixels[number]), 2.2 * _DOT, 2.2 * _DOT)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(colours.accent, 1.0))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

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

    def _point(self, number: int | None) -> None:
        if number != self._hovered:
            self._hovered = number
            dataset = self._session.bridge.dataset
            told = ""
            if number is not None and self.rows is not None and dataset is not None:
                told = sample_name(dataset, int(self.rows[number]))
            self.setAccessibleDescription(told)
            self.update()
            self.pointed.emit(-1 if number is None or self.rows is None else int(self.rows[number]))


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

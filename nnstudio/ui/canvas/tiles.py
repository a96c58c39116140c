"""Live tiles: what a layer gives for the chosen sample, painted small on its card while the network trains."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from nnstudio.ui.canvas.card import TILES
from nnstudio.ui.canvas.geometry import zoom_step
from nnstudio.ui.canvas.sprites import Sprites
from nnstudio.ui.imagery import array_tiles, map_image

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnstudio.layers.spec import Shape
    from nnstudio.training.studies.boundary import Plane
    from nnstudio.ui.canvas.items import NodeItem
    from nnstudio.ui.session import Session
    from nnstudio.ui.theme import Theme

MAX_TILES: Final = 4
MAX_BARS: Final = 46
_GAP: Final = 6.0
_ROUND: Final = 3.0
_SMALL: Final = 14.0
_SMALL_GAP: Final = 2.0
_PLANE: Final = 20
"""Cells along each side of a plane."""
_MAX_PIXELS: Final = 64
"""Longest side of a tile's picture; larger maps are thinned out, as a tile has no more pixels to show."""


class Picture:
    """What the tile row of one card shows: maps side by side, one wide map, or bars.

    Attributes:
        origin: the snapshot it was made from, to know when it is out of date.
    """

    def __init__(self, origin: object, *, image: QImage | None = None, places: tuple[QRectF, ...] = ()) -> None:
        self.origin = origin
        self.image = image
        self.places = places
        self.bars: list[QRectF] = []
        self.colour = QColor()

    def paint(self, painter: QPainter, ground: QColor, sprites: Sprites | None, zoom: float, ratio: float) -> None:
        """Paint into the tile row of a card, in the card's coordinates.

        Args:
            painter: of the card.
            ground: the card's colour, for the corners of the tiles.
            sprites: where the corners are kept; None paints them as strokes, for files and paper.
            zoom: logical pixels per unit.
            ratio: device pixels per logical pixel.
        """
        if self.image is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.colour)
            painter.drawRects(self.bars)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        width = self.image.width() / len(self.places)
        for number, place in enumerate(self.places):
            painter.drawImage(place, self.image, QRectF(number * width, 0.0, width, self.image.height()))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        if sprites is None:
            _paint_corners(painter, self.places, ground)
            return
        scale = zoom_step(zoom)
        corners = sprites.get(
            ("corners", len(self.places), self.places[0].width(), ground.rgb(), scale, ratio),
            TILES,
            scale,
            ratio,
            lambda brush: _paint_corners(brush, self.places, ground),
        )
        painter.drawPixmap(TILES, corners, QRectF(corners.rect()))


def make_picture(values: npt.NDArray[np.float32], colour: QColor, origin: object = None) -> Picture | None:
    """Turn what a layer gives into tiles.

    Args:
        values: without batch axis. (C, H, W) gives the first channels as maps in one range of values, (T, D) one map
            with time running to the right, a short vector bars, a long one a strip.
        colour: of bars.
        origin: kept as `Picture.origin`.

    Returns: None where there is nothing to show.
    """
    import numpy as np

    if not values.size:
        return None
    if values.ndim < 2:
        vector = values.reshape(-1)
        if len(vector) <= MAX_BARS:
            return _bars(vector, colour, origin)
        return Picture(origin, image=map_image(vector.reshape(1, -1)), places=(TILES,))
    if values.ndim == 2:
        return Picture(origin, image=map_image(np.ascontiguousarray(_thin(values).T)), places=(TILES,))
    maps = [_thin(tile) for tile in array_tiles(values, MAX_TILES)]
    side = TILES.height()
    places = tuple(
        QRectF(TILES.left() + number * (side + _GAP), TILES.top(), side, side) for number in range(len(maps))
    )
    return Picture(origin, image=map_image(np.concatenate(maps, axis=1)), places=places)


def make_planes(values: npt.NDArray[np.float32], origin: object = None) -> Picture:
    """Turn what units say over a plane into tiles: blue above zero, orange below, each in its own range.

    Args:
        values: ``(units, n, n)``, rows from the lowest y up; up to four are large, more in two small rows.
        origin: kept as `Picture.origin`.
    """
    import numpy as np

    from nnstudio.ui.insight.signed import signed_image

    few = len(values) <= MAX_TILES
    edge, gap = (TILES.height(), _GAP) if few else (_SMALL, _SMALL_GAP)
    across = MAX_TILES if few else int((TILES.width() + gap) / (edge + gap))
    shown = np.nan_to_num(values[: across * (1 if few else 2)])
    reach = np.abs(shown).max(axis=(1, 2), keepdims=True)
    image = signed_image(np.concatenate(list((shown / np.where(reach > 0.0, reach, 1.0))[:, ::-1]), axis=1), 1.0)
    places = tuple(
        QRectF(TILES.left() + number % across * (edge + gap), TILES.top() + number // across * (edge + gap), edge, edge)
        for number in range(len(shown))
    )
    return Picture(origin, image=image, places=places)


class LiveTiles:
    """Gives the cards in view their tiles when there is a new snapshot.

    Where the data are points in a plane, a layer's tiles are what its units say over the plane.
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        self._session = session
        self._theme = theme
        self._asks = False

    def show(self, items: Iterable[NodeItem]) -> None:
        """Bring these cards up to date; each that already is costs nothing.

        The run may be of a drawing that has been changed since, or left for another: what does not have the shape
        that its layer gives now is not shown.
        """
        bridge, facts = self._session.bridge, self._session.analysis.facts
        snapshot = bridge.snapshot
        if snapshot is None or self._session.within is not None:  # what runs is the drawing around the block
            return
        plane = self._plane()
        origin = snapshot if plane is None else plane
        names = {} if plane is None or bridge.project is None else bridge.project.graph.by_id
        planes = {} if plane is None else {units.layer: units.values for units in plane.units}
        for item in items:
            if item.face.is_bypassed or (item.picture is not None and item.picture.origin is origin):
                continue
            values, outputs = bridge.value(item.id), facts[item.id].outputs
            if values is None or not outputs or not _has_shape(values, outputs[0].shape):
                continue
            units = planes.get(names[item.id].name) if item.id in names else None
            if units is not None and len(units) == len(values):
                item.show_picture(make_planes(units, origin))
            else:
                item.show_picture(make_picture(values, self._theme.family(item.face.family), origin))

    def forget(self, items: Iterable[NodeItem]) -> None:
        """Take the tiles of a run that is no more off the cards."""
        self._asks = False
        self._session.bridge.drop(self)
        for item in items:
            item.show_picture(None)

    def _plane(self) -> Plane | None:
        """Return what the units say over the plane; None where the data are no points in a plane."""
        from nnstudio.training.studies.boundary import Boundary, Plane

        bridge = self._session.bridge
        dataset = bridge.dataset
        if dataset is None or dataset.shape != (2,) or dataset.element != "real":
            return None
        if not self._asks:
            self._asks = True
            bridge.follow(self, Boundary(size=2, inner=_PLANE))
        seen = bridge.found(self)
        return seen.value if seen is not None and isinstance(seen.value, Plane) else None


def _has_shape(values: npt.NDArray[np.float32], shape: Shape) -> bool:
    """Whether an array has a shape; a free length is any."""
    return values.ndim == len(shape) and all(
        isinstance(wanted, str) or wanted == length for wanted, length in zip(shape, values.shape, strict=True)
    )


def _bars(vector: npt.NDArray[np.float32], colour: QColor, origin: object) -> Picture:
    """Return bars that stand on zero, or hang from it."""
    import numpy as np

    heights = np.nan_to_num(vector.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = min(0.0, float(heights.min())), max(0.0, float(heights.max()))
    unit = TILES.height() / (high - low) if high > low else 0.0
    ground = TILES.bottom() + low * unit
    pitch = min(14.0, TILES.width() / len(heights))
    thick = max(1.0, pitch - 2.0)
    picture = Picture(origin)
    picture.colour = colour
    picture.bars = [
        QRectF(
            TILES.left() + number * pitch,
            ground - max(0.0, value) * unit - (0.5 if value >= 0.0 else 0.0),
            thick,
            abs(value) * unit + 0.5,
        )
        for number, value in enumerate(heights.tolist())
    ]
    return picture


def _thin(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return values[:: -(-values.shape[0] // _MAX_PIXELS), :: -(-values.shape[1] // _MAX_PIXELS)]


def _paint_corners(painter: QPainter, places: tuple[QRectF, ...], ground: QColor) -> None:
    """Cover the corners of tiles, which makes them round at the cost of one small picture."""
    cover = QPainterPath()
    for place in places:
        cover.addRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))
        cover.addRoundedRect(place, _ROUND, _ROUND)
    cover.setFillRule(Qt.FillRule.OddEvenFill)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawPath(cover)

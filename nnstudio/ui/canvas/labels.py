"""What stands on the cards from far away: their picture, their title, or both, as far as there is room."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter, QTransform

from nnstudio.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH
from nnstudio.ui.theme import blend

if TYPE_CHECKING:
    from nnstudio.ui.canvas.card import Style
    from nnstudio.ui.canvas.scene import Scene

_LEFT: Final = 24.0
"""Where the stripe ends, in scene units."""
_LETTERS: Final = 9
"""Height of letters on the screen."""
_CHINESE: Final = 11
_PICTURE: Final = 13
Key = tuple[str, str, tuple[str, bool]]
"""Kind, title, and family with whether the card is quiet."""


def paint_labels(painter: QPainter, scene: Scene, cards: Mapping[Key, list[QRectF]], zoom: float) -> None:
    """Paint the labels of all cards that are in view; the painter is in scene coordinates."""
    transform = painter.worldTransform()
    device = painter.device()
    view = QRectF(0.0, 0.0, device.width(), device.height())
    seen = transform.inverted()[0].mapRect(view)
    ratio = device.devicePixelRatio()
    size = QSizeF(round((CARD_WIDTH - _LEFT) * zoom), round(CARD_HEIGHT * zoom))
    shift = QPointF(transform.dx(), transform.dy())
    painter.setWorldTransform(QTransform())
    for key, rects in cards.items():
        visible = [rect for rect in rects if seen.intersects(rect)]
        if not visible:
            continue
        label = scene.sprites.get(
            ("label", key, size.width(), size.height(), ratio),
            QRectF(QPointF(), size),
            1.0,
            ratio,
            partial(_paint, scene.style_, key, size),
        )
        for rect in visible:
            place = rect.topLeft() * zoom + shift
            painter.drawPixmap(QPointF(round(place.x() + _LEFT * zoom), round(place.y())), label)
    painter.setWorldTransform(transform)


def _paint(style: Style, key: Key, size: QSizeF, painter: QPainter) -> None:
    from nnstudio.ui.canvas.glance import fitted, shorten, write_narrow  # of no use at 100 %
    from nnstudio.ui.icons import kind_icon

    kind, title, (family, quiet) = key
    theme = style.theme
    high = _CHINESE if any(letter > "\u2e80" for letter in title) else _LETTERS
    font, metrics = fitted(style.title, high)
    room = size.width() - 2.0
    text = shorten(title, metrics, room)
    both = size.height() >= _PICTURE + high + 2
    is_whole = text == title or title[len(text)] == " "
    if not (is_whole or both or (high == _CHINESE and len(text) >= 2)):
        text = ""  # the picture says more than half a word
    line = high + 1.0 if text else 0.0
    top = (size.height() - (_PICTURE * both + line if text else _PICTURE)) / 2
    if both or not text:
        side = min(_PICTURE, int(size.height()) - 2, int(room))
        # On the family's own tint its colour would be hard to see.
        colour = blend(blend(theme.text, theme.family(family), 0.3), theme.raised, 0.4 if quiet else 0.0)
        picture = kind_icon(kind, colour, side, painter.device().devicePixelRatio())
        painter.drawPixmap(QPointF(round((size.width() - side) / 2), round(top)), picture)
        top += side
    if text:
        painter.setFont(font)
        painter.setPen(blend(theme.text, theme.raised, 0.4) if quiet else theme.text)
        wide = min(room, metrics.horizontalAdvance(text))
        write_narrow(painter, QPointF((size.width() - wide) / 2, round(top + high * 0.86)), text, metrics, room)

"""Live tiles on cards: what layers give, as small pictures, whatever its shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtSvg import QSvgGenerator

from nnstudio.core.edits import set_param
from nnstudio.ui.canvas.card import TILES
from nnstudio.ui.canvas.tiles import Picture, make_picture
from tests.ui.canvas.hand import Hand

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass
class FakeSnapshot:
    values: dict[str, npt.NDArray[np.float32]] = field(default_factory=dict)


def show_values(hand: Hand, **values: npt.NDArray[np.float32]) -> FakeSnapshot:
    """Let the bridge say that these values came."""
    snapshot = FakeSnapshot(values)
    bridge = hand.canvas.session.bridge
    bridge.project = hand.canvas.session.project
    bridge.snapshot = snapshot  # type: ignore[assignment]
    bridge.mapped.emit()
    return snapshot


def picture_of(hand: Hand, name: str) -> Picture | None:
    return hand.canvas.node_item(name).picture


MAPS = np.linspace(0.0, 1.0, 4 * 36, dtype=np.float32).reshape(4, 6, 6)


def test_cards_show_what_their_layers_give(hand: Hand) -> None:
    first = show_values(hand, conv=MAPS, flat=MAPS.reshape(-1))
    conv, flat = picture_of(hand, "conv"), picture_of(hand, "flat")
    assert conv is not None
    assert flat is not None
    assert conv.origin is first
    assert len(conv.places) == 4
    assert flat.places == (TILES,)
    assert picture_of(hand, "relu") is None
    hand.canvas.grab()
    second = show_values(hand, conv=MAPS + 1)
    renewed = picture_of(hand, "conv")
    assert renewed is not None
    assert renewed.origin is second


def test_tiles_cost_no_new_sprite(hand: Hand) -> None:
    show_values(hand, conv=MAPS)
    hand.canvas.grab()
    sprites = len(hand.canvas.board.sprites)
    for shift in range(5):
        show_values(hand, conv=MAPS + shift)
        hand.canvas.grab()
    assert len(hand.canvas.board.sprites) == sprites


def test_nothing_changes_under_the_hand(hand: Hand) -> None:
    first = show_values(hand, conv=MAPS)
    start = hand.card("relu")
    hand.carry(start, start + QPointF(80.0, 80.0))
    second = show_values(hand, conv=MAPS + 1)
    held = picture_of(hand, "conv")
    assert held is not None
    assert held.origin is first
    hand.release(hand.card("relu"))
    freed = picture_of(hand, "conv")
    assert freed is not None
    assert freed.origin is second


def test_only_what_is_seen_is_brought_up_to_date(hand: Hand) -> None:
    hand.canvas.show_place(1.0, QPointF(9000.0, 9000.0))
    show_values(hand, conv=MAPS)
    assert picture_of(hand, "conv") is None
    hand.canvas.zoom_to_fit()
    assert picture_of(hand, "conv") is not None


def test_tiles_go_when_the_shape_changes_or_a_new_run_begins(hand: Hand) -> None:
    session = hand.canvas.session
    show_values(hand, conv=MAPS, flat=MAPS.reshape(-1))
    session.commit("set", graph=set_param(session.graph, "conv", "out_channels", 8))
    assert picture_of(hand, "conv") is None
    session.bridge.snapshot = None
    show_values(hand, conv=MAPS)
    session.bridge.state = "preparing"
    session.bridge.state_changed.emit()
    assert picture_of(hand, "conv") is None
    session.bridge.state = "idle"


def test_what_another_drawing_gave_is_not_shown(hand: Hand) -> None:
    session = hand.canvas.session
    show_values(hand, conv=MAPS, relu=MAPS)
    session.commit("set", graph=set_param(session.graph, "conv", "out_channels", 8))
    session.bridge.mapped.emit()
    hand.canvas.show_place(1.0, QPointF(300.0, 0.0))
    assert picture_of(hand, "conv") is None
    assert picture_of(hand, "relu") is None
    session.undo()
    session.bridge.mapped.emit()
    assert picture_of(hand, "conv") is not None


@pytest.mark.parametrize(
    ("shape", "places", "bars"),
    [
        ((), 0, 1),
        ((10,), 0, 10),
        ((46,), 0, 46),
        ((47,), 1, 0),
        ((400,), 1, 0),
        ((20, 32), 1, 0),
        ((1, 28, 28), 1, 0),
        ((3, 5, 5), 3, 0),
        ((16, 224, 224), 4, 0),
        ((120, 1, 1), 4, 0),
        ((2, 3, 4, 5), 4, 0),
    ],
)
def test_any_shape_has_a_picture(qapp: object, shape: tuple[int, ...], places: int, bars: int) -> None:
    values = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    picture = make_picture(np.asarray(values), QColor("red"))
    assert picture is not None
    assert (len(picture.places), len(picture.bars)) == (places, bars)
    assert all(TILES.adjusted(-1, -1, 1, 1).contains(rect) for rect in (*picture.places, *picture.bars))
    if picture.image is not None:
        assert max(picture.image.height(), picture.image.width() / places) <= max(64, shape[-1])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, 1e30])
@pytest.mark.parametrize("shape", [(5,), (100,), (2, 4, 4)])
def test_strange_numbers_are_painted_too(qapp: object, value: float, shape: tuple[int, ...]) -> None:
    picture = make_picture(np.full(shape, value, dtype=np.float32), QColor("red"))
    assert picture is not None
    assert all(rect.height() >= 0.0 and np.isfinite(rect.y()) for rect in picture.bars)


def test_nothing_gives_no_picture(qapp: object) -> None:
    assert make_picture(np.zeros((0, 4, 4), dtype=np.float32), QColor("red")) is None


# Painting


def test_the_drawing_can_be_exported_as_strokes(hand: Hand) -> None:
    show_values(hand, conv=MAPS)
    board = hand.canvas.board
    rect = board.cards_rect().adjusted(-20, -20, 20, 20)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setViewBox(QRectF(0, 0, rect.width(), rect.height()))
    generator.setSize(QSizeF(rect.width(), rect.height()).toSize())
    painter = QPainter(generator)
    board.render(painter, QRectF(0, 0, rect.width(), rect.height()), rect)
    painter.end()
    text = bytes(buffer.data().data()).decode()
    assert ">Conv2d<" in text.replace("\n", "").replace(" <", "<")
    assert ">conv<" in text.replace("\n", "").replace(" <", "<")

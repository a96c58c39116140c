"""Feature maps on the screen show what the layers gave."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.core import edits
from nnstudio.core.words import figure
from nnstudio.ui import theme
from nnstudio.ui.imagery import shades
from nnstudio.ui.monitor.bars import unit_at
from nnstudio.ui.monitor.inside import InsideLayer
from nnstudio.ui.monitor.layers import layer_value, layer_values
from nnstudio.ui.monitor.map_grid import MapGrid
from nnstudio.ui.monitor.maps import MapList, MapRows
from nnstudio.ui.session import Session
from tests.ui.monitor.conftest import Show, WrittenRun

MAPS = np.random.default_rng(2).standard_normal((4, 6, 6)).astype(np.float32)
VALUES = {
    "image": np.linspace(0, 1, 64, dtype=np.float32).reshape(1, 8, 8),
    "conv": MAPS,
    "act": np.maximum(MAPS, 0),
    "flat": np.maximum(MAPS, 0).reshape(-1),
    "scores": np.array([-1, 2, 0, 0, 0, 0, 0, 0, 0, 1], dtype=np.float32),
}


@pytest.fixture
def looked(session: Session, written: WrittenRun, qtbot: QtBot) -> WrittenRun:
    """The written run, with one look inside."""
    written.begin()
    written.look(VALUES, [0.0] * 10)
    with qtbot.waitSignal(session.bridge.mapped):
        pass
    return written


def _id(session: Session, name: str) -> str:
    return session.graph.by_name[name].id


def _rows(session: Session, show: Show, width: int = 500, height: int = 260) -> MapRows:
    area = show(MapList(session), width, height)
    assert isinstance(area, MapList)
    return area.rows


def test_before_a_run_there_is_a_sentence(session: Session, show: Show) -> None:
    rows = _rows(session, show)
    assert rows.layers == ()
    assert rows._empty.isVisible()


def test_layers_come_in_order_without_the_output(session: Session, looked: WrittenRun) -> None:
    assert [layer.name for layer in layer_values(session)] == ["image", "conv", "act", "flat", "scores"]


def test_pixels_are_those_of_the_maps(session: Session, looked: WrittenRun, show: Show) -> None:
    rows = _rows(session, show)
    rect = rows.row_rect(_id(session, "conv"))
    assert rect is not None
    picture = rows.grab(rect).toImage()
    tile = next(row.tile for row in rows._rows if row.layer.name == "conv")
    wanted = shades(MAPS, float(MAPS.min()), float(MAPS.max()))
    for channel in range(4):
        for y in range(6):
            for x in range(6):
                # The middle of the square that stands for one number.
                place = (
                    channel * (tile.width() + 4) + int((x + 0.5) * tile.width() / 6),
                    int((y + 0.5) * tile.height() / 6),
                )
                assert picture.pixel(*place) == int(wanted[channel, y, x]), (channel, y, x)


def test_a_new_look_is_painted(session: Session, looked: WrittenRun, show: Show, qtbot: QtBot) -> None:
    rows = _rows(session, show)
    rect = rows.row_rect(_id(session, "conv"))
    assert rect is not None
    before = rows.grab(rect).toImage()
    looked.look({**VALUES, "conv": -MAPS}, [0.0] * 10, step=2)
    qtbot.waitUntil(lambda: session.bridge.snapshot is looked.taps.snapshot and session.bridge.is_shown)
    assert rows.grab(rect).toImage() != before


def test_the_pointer_is_told_channel_and_range(session: Session, looked: WrittenRun, show: Show) -> None:
    rows = _rows(session, show)
    rect = rows.row_rect(_id(session, "conv"))
    assert rect is not None
    tile = next(row.tile for row in rows._rows if row.layer.name == "conv")
    place = rect.topLeft() + QPoint(2 * (tile.width() + 4) + 3, 3)
    low, high = (figure(end, ".3g") for end in (MAPS[2].min(), MAPS[2].max()))
    assert rows.describe(QPointF(place)) == f"conv, channel 3 of 4: {low} to {high}"
    assert rows.describe(QPointF(2, rect.center().y())) == "conv: 4 maps of 6 × 6"
    bars = rows.row_rect(_id(session, "scores"))
    assert bars is not None
    assert rows.describe(QPointF(bars.topLeft() + QPoint(22, 5))) == "scores, unit 2: 2"
    assert rows.describe(QPointF(5, 5000)) == ""


def test_a_click_and_the_arrows_select(session: Session, looked: WrittenRun, show: Show) -> None:
    rows = _rows(session, show)
    rect = rows.row_rect(_id(session, "act"))
    assert rect is not None
    QTest.mouseClick(rows, Qt.MouseButton.LeftButton, pos=rect.center())
    assert session.selection == {_id(session, "act")}
    QTest.keyClick(rows, Qt.Key.Key_Down)
    assert session.selection == {_id(session, "flat")}
    QTest.keyClick(rows, Qt.Key.Key_Up)
    QTest.keyClick(rows, Qt.Key.Key_Up)
    assert session.selection == {_id(session, "conv")}


def test_a_deleted_layer_goes_and_a_renamed_one_stays(session: Session, looked: WrittenRun, show: Show) -> None:
    rows = _rows(session, show)
    session.commit("rename", edits.rename(session.graph, _id(session, "conv"), "edges"))
    assert [layer.name for layer in rows.layers] == ["image", "edges", "act", "flat", "scores"]
    session.commit("delete", edits.remove_nodes(session.graph, [_id(session, "edges")]))
    assert "edges" not in [layer.name for layer in rows.layers]
    session.undo()
    assert "edges" in [layer.name for layer in rows.layers]


def test_more_channels_than_room_are_counted(session: Session, looked: WrittenRun, show: Show, qtbot: QtBot) -> None:
    many = np.random.default_rng(3).random((64, 6, 6), dtype=np.float32)
    looked.look({"conv": many}, [0.0] * 10, step=2)
    qtbot.waitUntil(lambda: session.bridge.snapshot is looked.taps.snapshot and session.bridge.is_shown)
    rows = _rows(session, show, width=300)
    row = rows._rows[0]
    assert 0 < row.shown < 64
    assert row.rect.right() + 30 <= 300


@pytest.mark.parametrize(
    ("shape", "wanted", "caption"),
    [
        ((5, 3), (1, 3, 5), "3 features × 5 time steps"),
        ((1, 4, 5), (1, 4, 5), "1 map of 4 × 5"),
        ((7,), (7,), "7 units"),
        ((), (1,), "1 unit"),
        ((2, 3, 4, 5), (6, 4, 5), "6 maps of 4 × 5"),
    ],
)
def test_every_shape_of_value_is_shown(
    session: Session,
    looked: WrittenRun,
    show: Show,
    qtbot: QtBot,
    shape: tuple[int, ...],
    wanted: tuple[int, ...],
    caption: str,
) -> None:
    values = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    looked.look({"conv": values}, [0.0] * 10, step=2)
    qtbot.waitUntil(lambda: session.bridge.snapshot is looked.taps.snapshot and session.bridge.is_shown)
    layer = layer_value(session, _id(session, "conv"))
    assert layer is not None
    assert layer.values.shape == wanted
    assert layer.caption == caption
    assert not _rows(session, show).grab().isNull()
    assert not show(InsideLayer(session), 300, 300).grab().isNull()


def test_time_runs_to_the_right(session: Session, looked: WrittenRun, qtbot: QtBot) -> None:
    looked.look({"conv": np.array([[1, 2], [3, 4], [5, 6]], dtype=np.float32)}, [0.0] * 10, step=2)
    qtbot.waitUntil(lambda: session.bridge.snapshot is looked.taps.snapshot and session.bridge.is_shown)
    layer = layer_value(session, _id(session, "conv"))
    assert layer is not None
    assert layer.values.tolist() == [[[1, 3, 5], [2, 4, 6]]]


def test_values_that_are_no_numbers_are_painted_too(
    session: Session, looked: WrittenRun, show: Show, qtbot: QtBot
) -> None:
    broken = np.full((4, 6, 6), np.nan, dtype=np.float32)
    looked.look({"conv": broken, "flat": np.array([np.nan, np.inf, 1.0], dtype=np.float32)}, [0.0] * 10, step=2)
    qtbot.waitUntil(lambda: session.bridge.snapshot is looked.taps.snapshot and session.bridge.is_shown)
    assert not _rows(session, show).grab().isNull()


def test_inside_follows_the_selection(session: Session, looked: WrittenRun, show: Show) -> None:
    inside = show(InsideLayer(session), 320, 300)
    assert isinstance(inside, InsideLayer)
    assert inside._title.text() == "Inside conv"
    session.select([_id(session, "scores")])
    assert inside._title.text() == "Inside scores"
    assert inside._caption.text() == "10 units, −1 to 2"
    session.select([_id(session, "act")])
    assert inside._caption.text() == "4 maps of 6 × 6"
    assert inside.grid.layer is not None
    np.testing.assert_array_equal(inside.grid.layer.values, VALUES["act"])


def test_the_grid_shows_as_many_maps_as_there_is_room_for(
    session: Session, looked: WrittenRun, show: Show, qtbot: QtBot
) -> None:
    grid = show(MapGrid("nothing"), 200, 100)
    assert isinstance(grid, MapGrid)
    layer = layer_value(session, _id(session, "conv"))
    grid.show_layer(layer)
    tile = grid.tile_rect(3)
    assert grid.num_hidden == 0
    assert grid.rect().contains(tile)
    assert grid.describe(QPointF(tile.center())).startswith("conv, channel 4 of 4:")
    wanted = shades(MAPS, float(MAPS.min()), float(MAPS.max()))
    picture = grid.grab().toImage()
    assert picture.pixel(tile.left() + tile.width() // 12, tile.top() + tile.height() // 12) == int(wanted[3, 0, 0])
    looked.look({"conv": np.zeros((4000, 6, 6), dtype=np.float32)}, [0.0] * 10, step=2)
    qtbot.waitUntil(lambda: session.bridge.snapshot is looked.taps.snapshot and session.bridge.is_shown)
    grid.show_layer(layer_value(session, _id(session, "conv")))
    assert grid.num_hidden > 3000


def test_a_bar_stands_for_its_units() -> None:
    assert [unit_at(x, 3, 300) for x in (0, 21, 45, 61)] == [0, 1, 2, None]
    assert [unit_at(x, 30, 300) for x in (0, 11, 299)] == [0, 1, 29]
    assert unit_at(99, 500, 100) == 490


def test_both_themes_paint_the_label_of_the_selected_layer_in_the_accent(
    session: Session, looked: WrittenRun, show: Show
) -> None:
    for name in ("light", "dark"):
        theme.set_theme(name)
        session.select([_id(session, "conv")])
        rows = _rows(session, show)
        rect = rows.row_rect(_id(session, "conv"))
        assert rect is not None
        label = rows.grab(rect.adjusted(-rect.left(), 0, -rect.width(), 0)).toImage()
        colours = {label.pixelColor(x, y).name() for x in range(label.width()) for y in range(label.height())}
        assert theme.current().accent.name() in colours
    theme.set_theme("light")

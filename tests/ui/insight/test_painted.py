"""Lines and wires are where the numbers say, pixel by pixel."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from nnstudio.training.studies.perceptron import PerceptronSeen
from nnstudio.training.studies.units import LayerUnits
from nnstudio.ui import theme
from nnstudio.ui.figures import percent
from nnstudio.ui.insight.connections import UnitNet
from nnstudio.ui.insight.curve import Curve
from nnstudio.ui.insight.heat import HeatMap
from nnstudio.ui.insight.perceptron import PerceptronView
from nnstudio.ui.insight.record import Moments
from nnstudio.ui.insight.tiles import Tile, Tiles
from nnstudio.ui.insight.units import UnitRows
from nnstudio.ui.session import Session
from tests.training.studies.scenes import moment_of
from tests.ui.insight.conftest import Show


def _nearness(pixel: int, colour: QColor) -> float:
    """Return how far a pixel is from a colour, 0 to 1."""
    found = QColor(pixel)
    away = (found.red() - colour.red(), found.green() - colour.green(), found.blue() - colour.blue())
    return max(map(abs, away)) / 255.0


def _row_of(image: QImage, column: int, colour: QColor, top: int, bottom: int) -> float:
    """Return at which height of a column a colour is met, on average."""
    met = [row for row in range(top, bottom) if _nearness(image.pixel(column, row), colour) < 0.25]
    assert met, "the colour is nowhere"
    return sum(met) / len(met)


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_shares_of_dead_units_are_heights(show: Show, qtbot: QtBot, colours: str) -> None:
    theme.set_theme(colours)
    moments = Moments()
    shares = (0.25, 0.75, 0.5)
    for number, share in enumerate(shares):
        units = (LayerUnits("act", 4, share, None),)
        moments.add(10 * number, msgspec.structs.replace(moment_of(0), units=units))
    rows = UnitRows()
    show(rows, 760, 80)
    rows.show_units((LayerUnits("act", 4, 0.5, None),), moments)
    image = rows.grab().toImage()
    ground = theme.blend(theme.current().panel, theme.current().text, 0.04)
    plot = [column for column in range(image.width()) if _nearness(image.pixel(column, 5), ground) < 0.01]
    left, right = plot[0], plot[-1]
    high = [row for row in range(60) if _nearness(image.pixel(right - 1, row), theme.current().panel) > 0.005]
    bottom, height = high[-1] + 1, high[-1] + 1 - 4
    for column, share in ((left + 2, 0.25), ((left + right) // 2, 0.75), (right - 2, 0.5)):
        found = _row_of(image, column, theme.current().err, 4, bottom)
        assert (bottom - found) / height == pytest.approx(share, abs=0.06)


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_wires_are_painted_as_thick_as_their_weights(show: Show, qtbot: QtBot, colours: str) -> None:
    theme.set_theme(colours)
    net = UnitNet("Wires")
    show(net, 400, 240)
    net.show_weights(np.array([[1.0, 0.0], [0.0, -0.6]], dtype=np.float32))
    image = QImage(net.size(), QImage.Format.Format_RGB32)
    image.fill(theme.current().panel)
    net.render(image)
    middle = image.width() // 2
    thick = [
        sum(_nearness(image.pixel(middle, row), theme.current().panel) > 0.1 for row in range(*half))
        for half in ((0, 120), (120, 240))
    ]
    assert thick[0] == pytest.approx(net.width_of(1.0), abs=1.5)
    assert thick[1] == pytest.approx(net.width_of(-0.6), abs=1.5)
    assert thick[0] > thick[1]
    above, below = (QColor(image.pixel(middle, row)) for row in (67, 173))
    assert above.blue() > above.red(), "above zero is blue"
    assert below.red() > below.blue(), "below zero is orange"


def test_hovering_tells_wires_tiles_and_curves(show: Show) -> None:
    net = UnitNet("Wires")
    show(net, 400, 240)
    net.show_weights(np.array([[1.0, 0.0], [0.0, -0.6]], dtype=np.float32))
    middle = net._spot(1, 2, left=True) / 2 + net._spot(1, 2, left=False) / 2
    assert net.describe(middle) == "input 2, unit 2: −0.6"
    assert net.describe(QPointF(middle.x(), 5.0)) == ""

    tiles = Tiles("Tiles")
    show(tiles, 300, 120)
    tiles.show_tiles((Tile(np.array([0.5, -1.0, 2.0, 0.0]), "stored"),))
    rect = tiles.places()[0]
    assert tiles.describe(rect.topLeft() + QPointF(0.75 * rect.width(), 3.0)) == "stored\nrow 1, column 2: −1"
    assert tiles.describe(rect.bottomRight() + QPointF(20.0, 0.0)) == ""

    curve = Curve("Curve", "epochs")
    show(curve, 300, 160)
    curve.show_values([0.0, -2.5, 4.0], stride=10.0)
    assert curve.describe(curve.points()[1]) == "epochs 10: −2.5"


def test_hovering_tells_shares_of_the_past(show: Show) -> None:
    moments = Moments()
    for number, share in enumerate((0.25, 0.75)):
        moments.add(10 * number, msgspec.structs.replace(moment_of(0), units=(LayerUnits("act", 4, share, None),)))
    rows = UnitRows()
    show(rows, 760, 80)
    rows.show_units((LayerUnits("act", 4, 0.75, None),), moments)
    assert rows.describe(rows._plot(0).topLeft() + QPointF(1.0, 1.0)) == "step 0: act: 25.0 % of 4 dead"
    assert rows.describe(QPointF(2.0, 2.0)) == "act: 75.0 % of 4 dead"

    heat = HeatMap("Heat")
    show(heat, 520, 180)
    bars = [msgspec.structs.replace(found, reach=1.0) for found in moment_of(0).weights.values()][:1]
    heat.show_rows([7], bars, ridges=False)
    assert heat.columns is not None
    room, most = heat._room(), int(heat.columns[0].argmax())
    y = room.bottom() - (most + 0.5) / heat.columns.shape[1] * room.height()
    told = heat.describe(QPointF(room.center().x(), y))
    assert told.startswith("step 7, ")
    assert f"{percent(float(heat.columns[0, most]))} of" in told
    assert heat.describe(QPointF(room.right() + 30.0, y)) == told, "the histogram beside it is of the same moment"


@pytest.mark.parametrize("count", [4, 40])
def test_tiles_ask_for_the_height_that_they_need(show: Show, count: int) -> None:
    tiles = Tiles("Tiles")
    show(tiles, 200, 60)
    tiles.show_tiles(tuple(Tile(np.zeros(9)) for _ in range(count)))
    tiles.resize(200, tiles.minimumHeight())
    assert tiles.places()[-1].bottom() <= tiles.height()


def test_the_totals_of_a_long_run_are_thinned(session: Session, show: Show) -> None:
    view = PerceptronView(session)
    show(view, 600, 300)
    line = np.array([[0.0, 0.0], [1.0, 1.0]], dtype=np.float32)
    ones = np.array([1.0, -1.0], dtype=np.float32)
    value = PerceptronSeen(
        rows=np.arange(2),
        points=line,
        signs=ones,
        sums=ones,
        weight=ones,
        bias=-0.5,
        units=1,
        mistakes=(2,) * 100_000,
        bound=None,
        parted=False,
    )
    view.show_value(value)
    assert len(view.curve.values) <= 500
    assert view.curve.values[1] == 2 * view.curve._stride
    assert "200000 mistakes" in view.caption.text()

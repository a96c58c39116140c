"""Lines and wires are where the numbers say, pixel by pixel."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from nnstudio.training.studies.units import LayerUnits
from nnstudio.ui import theme
from nnstudio.ui.insight.connections import UnitNet
from nnstudio.ui.insight.record import Moments
from nnstudio.ui.insight.units import UnitRows
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

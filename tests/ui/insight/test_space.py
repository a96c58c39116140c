"""Views of space: boundary, projections and landscapes show the numbers they were given."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.core.words import figure
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.training.studies.boundary import Plane
from nnstudio.training.studies.landscape import Landscape
from nnstudio.training.studies.projection import Projection, Tsne
from nnstudio.ui import theme
from nnstudio.ui.imagery import shades
from nnstudio.ui.insight import projection
from nnstudio.ui.insight.answers import answer_lines
from nnstudio.ui.insight.axes import marks_across, marks_up
from nnstudio.ui.insight.boundary import BoundaryView
from nnstudio.ui.insight.classes import class_colour
from nnstudio.ui.insight.contour import contour
from nnstudio.ui.insight.landscape import LossLineView, LossPlaneView
from nnstudio.ui.insight.loss_charts import LineChart, PlaneChart, finer
from nnstudio.ui.insight.projection import PcaView, TsneView
from nnstudio.ui.insight.signed import signed_image
from nnstudio.ui.session import Session
from tests.ui.insight.conftest import Look, Train


def points(data: str = "moons", outputs: int = 2) -> Project:
    """Return a small network for points in the plane."""
    b = Builder("Points")
    h = b.input("point", shape=(2,))
    h = b.add("Linear", h, out_features=5, name="dense")
    h = b.add("Tanh", h, name="tanh")
    b.output(b.add("Linear", h, out_features=outputs, name="scores"))
    loss = {} if data == "moons" else {"loss": "mse"}
    return b.project(data={"name": data}, recipe={"epochs": 2, "learning_rate": 0.02, **loss})


def test_plane_has_the_colours_of_the_answers(train: Train, look: Look) -> None:
    session = train(points())
    view = look(BoundaryView(session))
    assert isinstance(view, BoundaryView)
    assert view.seen is not None
    plane = view.seen.value
    assert isinstance(plane, Plane)
    image = view.picture.image
    assert image is not None
    size = plane.answers.shape[-1]
    panel = theme.current().panel
    for row, column in ((0, 0), (10, 60), (70, 5), (40, 40), (79, 79)):
        shares = plane.answers[:, row, column]
        strength = 0.72 * (0.25 + 0.75 * abs(float(shares[0] - shares[1])))
        wanted = theme.blend(class_colour(int(shares.argmax())), panel, 1.0 - strength)
        found = image.pixelColor(column, size - 1 - row)
        assert abs(found.red() - wanted.red()) <= 1, (row, column)
        assert abs(found.blue() - wanted.blue()) <= 1, (row, column)


def test_the_line_is_where_two_classes_are_alike(train: Train, look: Look) -> None:
    session = train(points())
    view = look(BoundaryView(session))
    assert isinstance(view, BoundaryView)
    plane, dataset = view.picture.plane, session.bridge.dataset
    assert plane is not None
    assert dataset is not None
    lines = answer_lines(plane.answers, dataset)
    assert view.picture.lines is not None
    assert np.array_equal(lines, view.picture.lines)
    assert len(lines)
    lead = plane.answers[0] - plane.answers[1]
    for column, row in np.floor(lines.mean(axis=1)).astype(int):
        around = lead[row : row + 2, column : column + 2]
        assert around.min() <= 0.0 <= around.max()


def test_pointing_at_a_unit_shows_it_large(train: Train, look: Look) -> None:
    session = train(points())
    view = look(BoundaryView(session))
    assert isinstance(view, BoundaryView)
    assert view.seen is not None
    plane = view.seen.value
    assert isinstance(plane, Plane)
    assert [units.layer for units in plane.units] == ["dense", "tanh", "scores"]
    answers = view.picture.image
    QTest.mouseMove(view.units, view.units.tile("dense", 3).center().toPoint())
    view.units._point(("dense", 3))
    unit = plane.units[0].values[3]
    assert view.picture.image == signed_image(unit[::-1], float(np.abs(unit).max()))
    assert "dense, unit 4" in view.caption.text()
    assert view.picture.lines is not None
    for place in view.picture.lines.reshape(-1, 2):
        # A Dense unit is linear, so the line between grid points is exactly where it is zero.
        column, row = (int(number) for number in place)
        across, up = place - (column, row)
        around = unit[row : row + 2, column : column + 2].astype(np.float64)
        if around.shape == (2, 2):
            top, bottom = around[0] @ (1 - across, across), around[1] @ (1 - across, across)
            assert abs(top * (1 - up) + bottom * up) < 1e-5 * np.abs(unit).max()
    QTest.keyClick(view.units, Qt.Key.Key_Right)
    assert view.units.unit == ("dense", 4)
    QTest.keyClick(view.units, Qt.Key.Key_Escape)
    assert view.picture.image == answers
    assert view.caption.text().startswith("Points")


def test_a_click_on_a_point_shows_its_sample(train: Train, look: Look) -> None:
    session = train(points("xor", 1))
    view = look(BoundaryView(session))
    assert isinstance(view, BoundaryView)
    dataset = session.bridge.dataset
    assert dataset is not None
    x, y = (float(number) for number in dataset.inputs[11])
    QTest.mouseClick(view.picture, Qt.MouseButton.LeftButton, pos=view.picture.place(x, y).toPoint())
    chosen = session.bridge.sample
    assert chosen is not None
    assert np.abs(dataset.inputs[chosen] - dataset.inputs[11]).max() < 0.05
    assert "Sample" in view.picture.describe(view.picture.place(x, y))


def test_points_lie_where_the_projection_says(trained: Session, look: Look) -> None:
    view = look(PcaView(trained))
    assert isinstance(view, PcaView)
    assert view.seen is not None
    value = view.seen.value
    assert isinstance(value, Projection)
    assert value.layer == "flat"
    pixels = view.scatter.pixels()
    scale = (pixels[1] - pixels[0]) / (value.places[1] - value.places[0])
    assert scale[0] == pytest.approx(-scale[1]), "one scale for both axes, the second upwards"
    assert pixels.min() >= 0
    dataset = trained.bridge.dataset
    assert dataset is not None
    number = int(pixels[:, 0].argmin())
    picture = view.scatter.grab().toImage()
    found = picture.pixelColor(*(round(float(place)) for place in pixels[number]))
    assert found == class_colour(int(dataset.targets[value.rows[number]]))
    place = QPoint(*(round(float(place)) for place in pixels[number]))
    QTest.mouseMove(view.scatter, place)
    view.scatter.point_at(view.scatter.nearest(place.toPointF()))
    assert view.key.row == value.rows[number]
    QTest.mouseClick(view.scatter, Qt.MouseButton.LeftButton, pos=place)
    assert trained.bridge.sample == value.rows[number]


def test_the_layer_selected_last_is_projected(trained: Session, look: Look, qtbot: QtBot) -> None:
    view = look(PcaView(trained))
    assert isinstance(view, PcaView)
    trained.select({trained.graph.by_name["conv"].id})
    qtbot.waitUntil(lambda: view.seen is not None and getattr(view.seen.value, "layer", "") == "conv")
    view.layer.setCurrentText("scores")
    view.layer.activated.emit(view.layer.currentIndex())
    qtbot.waitUntil(lambda: view.seen is not None and getattr(view.seen.value, "layer", "") == "scores")


def test_tsne_comes_to_its_end(train: Train, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "Tsne", partial(Tsne, count=40))
    view = look(TsneView(train(points())))
    assert isinstance(view, TsneView)
    assert view.seen is not None
    value = view.seen.value
    assert isinstance(value, Projection)
    assert (value.progress, len(value.rows)) == (1.0, 40)
    assert figure(value.note[0], ".3f") in view.caption.text()


def test_line_and_plane_hold_the_losses(train: Train, look: Look) -> None:
    session = train(points())
    line = look(LossLineView(session))
    assert isinstance(line, LossLineView)
    chart = line.chart
    assert isinstance(chart, LineChart)
    value = chart.landscape
    assert isinstance(value, Landscape)
    assert len(value.steps) == 33
    room = chart.room()
    for index in (0, 16, 32):
        share = (room.bottom() - chart.point(index).y()) / room.height()
        assert share * chart._top() == pytest.approx(float(value.losses[index]))
        assert figure(value.losses[index], ".5g") in chart.describe(chart.point(index))

    plane = look(LossPlaneView(session))
    assert isinstance(plane, LossPlaneView)
    surface = plane.chart
    assert isinstance(surface, PlaneChart)
    value = surface.landscape
    assert isinstance(value, Landscape)
    assert surface.image is not None
    heights = np.log(value.losses)
    wanted = shades(heights, float(heights.min()), float(heights.max()))
    factor = (surface.image.width() - 1) // 16
    for row, column in ((0, 0), (8, 8), (3, 15), (16, 16)):
        found = surface.image.pixel(column * factor, surface.image.height() - 1 - row * factor)
        assert found == int(wanted[row, column])
    assert figure(value.losses[8, 8], ".4g") in plane.caption.text()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # said of tool tips by the offscreen platform
def test_keys_go_from_point_to_point(trained: Session, look: Look) -> None:
    view = look(PcaView(trained))
    assert isinstance(view, PcaView)
    scatter = view.scatter
    assert scatter.rows is not None
    QTest.keyClick(scatter, Qt.Key.Key_Right)
    first = scatter.pointed_at
    assert first is not None, "the sample shown, or the point nearest to the middle"
    pixels = scatter.pixels()
    right = pixels - pixels[first]
    fits = (right[:, 0] > 0) & (right[:, 0] >= np.abs(right[:, 1]))
    nearest = int(np.where(fits, np.hypot(*right.T), np.inf).argmin())
    QTest.keyClick(scatter, Qt.Key.Key_Right)
    assert scatter.pointed_at == nearest
    assert view.key.row == scatter.rows[nearest]
    assert scatter.accessibleDescription().startswith(f"Sample {scatter.rows[nearest]}")
    QTest.keyClick(scatter, Qt.Key.Key_Return)
    assert trained.bridge.sample == scatter.rows[nearest]
    for _ in range(len(pixels)):
        QTest.keyClick(scatter, Qt.Key.Key_Up)
    top = scatter.pointed_at
    assert top is not None
    assert scatter.beside(top, 0, 1) == top, "nothing lies above"
    QTest.keyClick(scatter, Qt.Key.Key_Escape)
    assert scatter.accessibleDescription() == ""


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_keys_go_from_loss_to_loss(train: Train, look: Look) -> None:
    session = train(points())
    line = look(LossLineView(session))
    assert isinstance(line, LossLineView)
    value = line.chart.landscape
    assert isinstance(value, Landscape)
    middle = len(value.steps) // 2
    for _ in range(3):
        QTest.keyClick(line.chart, Qt.Key.Key_Right)
    assert line.chart.cell == (middle + 2,)
    assert line.chart.accessibleDescription().endswith(f"loss {figure(value.losses[middle + 2], '.5g')}")
    QTest.keyClick(line.chart, Qt.Key.Key_Home)
    assert line.chart.cell == (middle,)

    plane = look(LossPlaneView(session))
    assert isinstance(plane, LossPlaneView)
    value = plane.chart.landscape
    assert isinstance(value, Landscape)
    middle = len(value.steps) // 2
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Left):
        QTest.keyClick(plane.chart, key)
    assert plane.chart.cell == (middle + 2, middle - 1)
    told = f"loss {figure(value.losses[middle + 2, middle - 1], '.5g')}"
    assert plane.chart.accessibleDescription().endswith(told)
    assert plane.chart.describe(plane.chart.spot((middle + 2, middle - 1))).endswith(told), "and so does the pointer"
    for _ in range(len(value.steps)):
        QTest.keyClick(plane.chart, Qt.Key.Key_Left)
    assert plane.chart.cell == (middle + 2, 0)


def test_contours_of_a_tilted_plane_are_straight() -> None:
    rows, columns = np.mgrid[0:6, 0:5].astype(float)
    segments = contour(2 * columns + rows, 5.3)
    assert len(segments)
    assert 2 * segments[..., 0] + segments[..., 1] == pytest.approx(np.full(segments.shape[:2], 5.3))
    assert len(contour(np.ones((4, 4)), 2.0)) == 0
    assert len(contour(np.full((4, 4), np.nan), 2.0)) == 0


def test_finer_keeps_what_was_measured() -> None:
    values = np.random.default_rng(0).random((5, 5))
    fine = finer(values)
    factor = (len(fine) - 1) // 4
    assert np.array_equal(fine[::factor, ::factor], values)


def test_pictures_have_no_boundary(trained: Session, look: Look) -> None:
    view = look(BoundaryView(trained))
    assert view._note.isVisible()
    assert "plane" in view._note.text()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_keys_reach_the_points_of_the_plane(train: Train, look: Look) -> None:
    session = train(points())
    view = look(BoundaryView(session))
    assert isinstance(view, BoundaryView)
    picture, dataset = view.picture, session.bridge.dataset
    assert dataset is not None
    assert picture.rows is not None
    number = 7
    picture.point_at(number)
    QTest.keyClick(picture, Qt.Key.Key_Right)
    reached = picture.pointed_at
    assert reached is not None
    assert picture.pixels()[reached, 0] > picture.pixels()[number, 0]
    row = int(picture.rows[reached])
    assert f"Sample {row}" in picture.accessibleDescription()
    QTest.keyClick(picture, Qt.Key.Key_Return)
    assert session.bridge.sample == row


def test_the_plane_has_numbers_where_they_are(train: Train, look: Look) -> None:
    view = look(BoundaryView(train(points())))
    assert isinstance(view, BoundaryView)
    picture = view.picture
    plane = picture.plane
    assert plane is not None
    across = marks_across(picture.square(), plane.left, plane.left + plane.side)
    up = marks_up(picture.square(), plane.bottom, plane.bottom + plane.side)
    assert len(across) >= 2
    assert len(up) >= 2
    for (x, told_x), (y, told_y) in zip(across, up, strict=False):
        place = picture.place(float(told_x.replace("−", "-")), float(told_y.replace("−", "-")))
        assert (place.x(), place.y()) == pytest.approx((x, y))

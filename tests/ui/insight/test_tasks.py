"""Views of texts, boxes, masks, samples drawn again and curves: what is painted is what the tensors say."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from nnstudio.core.words import figure
from nnstudio.project.document import Project
from nnstudio.project.examples import EXAMPLES
from nnstudio.training.studies.pictured import Again, Box, Boxed, Masked
from nnstudio.training.studies.writing import Written
from nnstudio.ui.insight.axes import round_marks
from nnstudio.ui.insight.classes import class_colour
from nnstudio.ui.insight.fit import FitView
from nnstudio.ui.insight.legend import Legend
from nnstudio.ui.insight.pictured import BoxesView, MasksView, ReconstructionsView, tinted
from nnstudio.ui.insight.view import StudyView
from nnstudio.ui.insight.writing import WritingView
from nnstudio.ui.session import Session
from tests.ui.insight.conftest import Show, Train


def short(name: str) -> Project:
    """Return an example that trains for a moment."""
    project = EXAMPLES[name]()
    return msgspec.structs.replace(project, recipe={**project.recipe, "epochs": 1, "batch_size": 128})


def seen(view: StudyView, qtbot: QtBot) -> object:
    """Wait for the whole answer."""
    qtbot.waitUntil(lambda: view.seen is not None and view.seen.finished, timeout=30_000)
    assert view.seen is not None
    assert view.seen.refusal == ""
    return view.seen.value


@pytest.mark.parametrize("kind", [WritingView, BoxesView, MasksView, ReconstructionsView, FitView])
def test_empty_views_say_what_to_do(session: Session, show: Show, kind: type[StudyView]) -> None:
    view = show(kind(session), 700, 300)
    assert isinstance(view, StudyView)
    assert view._note.isVisible()
    assert view._note.text() == "Press Train to look inside."


@pytest.mark.parametrize("kind", [WritingView, BoxesView, MasksView, ReconstructionsView, FitView])
def test_other_data_are_told_in_words(trained: Session, show: Show, qtbot: QtBot, kind: type[StudyView]) -> None:
    view = show(kind(trained), 700, 300)
    assert isinstance(view, StudyView)
    qtbot.waitUntil(lambda: view.seen is not None, timeout=30_000)
    assert view._note.text().startswith("This view is for")


def test_a_text_is_written_and_follows_slider_and_beginning(train: Train, show: Show, qtbot: QtBot) -> None:
    view = show(WritingView(train(short("poet"))), 800, 300)
    assert isinstance(view, WritingView)
    value = seen(view, qtbot)
    assert isinstance(value, Written)
    assert view.text.toPlainText() == value.beginning + value.text
    view.slider.setValue(0)
    assert view.temperature.text() == "0.00"
    cold = seen(view, qtbot)
    assert isinstance(cold, Written)
    view.beginning.setText("明月")
    view.beginning.editingFinished.emit()
    other = seen(view, qtbot)
    assert isinstance(other, Written)
    assert other.beginning == "明月"
    assert view.text.toPlainText().startswith("明月")
    view.another.click()
    again = seen(view, qtbot)
    assert isinstance(again, Written)
    assert again.text == other.text, "the likeliest sign does not depend on chance"


def test_the_curve_runs_through_its_points(train: Train, show: Show, qtbot: QtBot) -> None:
    view = show(FitView(train(short("sine"))), 700, 300)
    assert isinstance(view, FitView)
    seen(view, qtbot)
    curve = view.chart.curve
    assert curve is not None
    image = view.chart.grab().toImage()
    accent = QColor(image.pixel(view.chart.place(float(curve.x[150]), float(curve.y[150])).toPoint()))
    for index in (20, 90, 150, 220, 280):
        place = view.chart.place(float(curve.x[index]), float(curve.y[index]))
        around = [QColor(image.pixel(place.toPoint() + QPoint(0, off))) for off in (-1, 0, 1)]
        assert any(_near(colour, accent) for colour in around)
        x, y = figure(curve.x[index], ".3g"), figure(curve.y[index])
        assert view.chart.describe(place) == f"x = {x}, y = {y}"
    assert view.chart.describe(QPointF(0.0, 0.0)) == ""


def test_axis_marks_are_round() -> None:
    assert round_marks(-1.7, 1.5, 4) == [(-1.0, "−1"), (0.0, "0"), (1.0, "1")]
    assert [text for _, text in round_marks(-0.31, 0.1, 5)] == ["−0.3", "−0.2", "−0.1", "0.0", "0.1"]
    assert len(round_marks(0.0, 1234.0, 6)) <= 7


def test_boxes_are_painted_where_they_are(train: Train, show: Show, qtbot: QtBot) -> None:
    session = train(short("shape-detector"))
    view = show(BoxesView(session), 900, 420)
    assert isinstance(view, BoxesView)
    value = seen(view, qtbot)
    assert isinstance(value, tuple)
    assert next(one.row for one in value) == session.bridge.sample
    image = np.zeros((1, 32, 32), np.float32)
    boxed = Boxed(
        4,
        image,
        (Box(1, 0.5, 0.5, 0.5, 0.25, overlap=0.8), Box(0, 0.9, 0.9, 0.1, 0.1, overlap=0.0)),
        (Box(2, 0.25, 0.25, 0.5, 0.5, 0.93, 0.8),),
    )
    view.show_value((boxed,))
    (column,) = view.tiles.columns
    assert column.caption == "IoU 0.40"
    assert column.words == "Sample 4: square, disk; found: triangle 93.0 %"
    painted = view.tiles.grab().toImage()
    _assert_frame(painted, view.tiles.place(0, 0), (0.25, 0.375, 0.75, 0.625), class_colour(1))
    _assert_frame(painted, view.tiles.place(0, 1), (0.0, 0.0, 0.5, 0.5), class_colour(2))
    dataset = session.bridge.dataset
    assert dataset is not None
    assert view.legend.classes == dataset.classes


def test_masks_have_the_colours_of_their_classes(train: Train, show: Show, qtbot: QtBot) -> None:
    session = train(short("unet"))
    view = show(MasksView(session), 900, 420)
    assert isinstance(view, MasksView)
    value = seen(view, qtbot)
    assert isinstance(value, tuple)
    assert isinstance(value[0], Masked)
    image = tinted(value[0].image, value[0].truth)
    for row, column in ((0, 0), (16, 16), *np.argwhere(value[0].truth > 0)[:5].tolist()):
        number, colour = int(value[0].truth[row, column]), QColor(image.pixel(column, row))
        if number == 0:
            assert colour.red() == colour.green() == colour.blue()
        else:
            wanted = class_colour(number - 1)  # as in the boxes, which know no ground
            grey = (colour.red() - 0.62 * wanted.red()) / 0.38
            assert colour.green() == pytest.approx(0.62 * wanted.green() + 0.38 * grey, abs=2)
    assert len(view.tiles.columns) == len(value)
    assert [column.caption for column in view.tiles.columns] == [f"{100 * one.right:.1f} %" for one in value]


@pytest.mark.parametrize("first", [0, 1])
def test_the_legend_gives_a_class_one_colour_with_and_without_a_ground(show: Show, first: int) -> None:
    legend = show(Legend(), 400, 30)
    assert isinstance(legend, Legend)
    legend.show_classes(("ground", "disk", "square")[1 - first :], first)
    image = legend.grab().toImage()
    assert _near(image.pixelColor(5, legend.height() // 2), class_colour(0))


def test_samples_stand_above_what_came_out(train: Train, show: Show, qtbot: QtBot) -> None:
    view = show(ReconstructionsView(train(short("autoencoder"))), 900, 300)
    assert isinstance(view, ReconstructionsView)
    value = seen(view, qtbot)
    assert isinstance(value, tuple)
    one, column = value[0], view.tiles.columns[0]
    assert isinstance(one, Again)
    for tile, numbers in zip(column.tiles, (one.original, one.again.clip(0, 1)), strict=True):
        assert tile.image.size().toTuple() == (8, 8)
        for row, place in ((0, 0), (3, 4), (7, 2)):
            assert tile.image.pixelColor(place, row).red() == pytest.approx(255 * float(numbers[0, row, place]), abs=1)
    assert column.caption == f"error {figure(one.off, '.3g')}"


def test_another_sample_is_asked_about(train: Train, show: Show, qtbot: QtBot) -> None:
    session = train(short("autoencoder"))
    view = show(ReconstructionsView(session), 900, 300)
    assert isinstance(view, ReconstructionsView)
    seen(view, qtbot)
    session.bridge.set_sample(3)
    qtbot.waitUntil(lambda: view.tiles.columns[0].words.startswith("Sample 3:"), timeout=30_000)


def _assert_frame(image: QImage, tile: QRectF, box: tuple[float, float, float, float], colour: QColor) -> None:
    left, top, right, bottom = box
    across, down = (left + right) / 2, (top + bottom) / 2
    for x, y in ((left, down), (right, down), (across, bottom)):
        place = QPointF(tile.left() + x * tile.width(), tile.top() + y * tile.height())
        inside = QRectF(tile).adjusted(1, 1, -1, -1)
        place = QPointF(min(max(place.x(), inside.left()), inside.right()), min(place.y(), inside.bottom()))
        near = [QColor(image.pixel(int(place.x()) + dx, int(place.y()) + dy)) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
        assert any(_near(one, colour) for one in near), (x, y)


def _near(one: QColor, other: QColor) -> bool:
    pairs = ((one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue()))
    return all(abs(mine - theirs) < 40 for mine, theirs in pairs)

"""Views of the older rules: their pictures show what the tensors say."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.core.words import figure
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.project.examples import ALL
from nnstudio.ui.insight.boltzmann import BoltzmannView
from nnstudio.ui.insight.perceptron import PerceptronView
from nnstudio.ui.insight.recall import RecallView
from nnstudio.ui.insight.signed import signed_image
from nnstudio.ui.insight.tiles import squared
from nnstudio.ui.insight.view import StudyView
from tests.ui.insight.conftest import Show, Train


def example(name: str, **recipe: object) -> Project:
    project = ALL[name]()
    return msgspec.structs.replace(project, recipe={**project.recipe, **recipe})


def seen(view: StudyView, show: Show, qtbot: QtBot) -> None:
    show(view, 860, 320)
    qtbot.waitUntil(lambda: view.seen is not None and view.seen.value is not None, timeout=20_000)


def pixels(image: QImage) -> list[list[int]]:
    return [[image.pixel(x, y) for x in range(image.width())] for y in range(image.height())]


def test_line_goes_where_the_weights_say(train: Train, show: Show, qtbot: QtBot) -> None:
    session = train(example("perceptron-and"))
    view = PerceptronView(session)
    seen(view, show, qtbot)
    ends = view.plane.line()
    assert ends is not None
    assert session.bridge.handover is not None
    state = session.bridge.handover.take()
    (a, b), c = state["unit.weight"][0].tolist(), state["unit.bias"].item()
    for x in (-0.2, 0.5, 1.3):
        on_line = view.plane.to_screen(x, -(a * x + c) / b)
        start, end = ends
        along, off = end - start, on_line - start
        assert abs(along.x() * off.y() - along.y() * off.x()) / (along.x() ** 2 + along.y() ** 2) ** 0.5 < 1e-3
    assert (len(view.curve.values), view.curve.values[-1]) == (10, 18)
    ((bound, _),) = view.curve.levels
    assert bound == pytest.approx(51, abs=1e-4)
    assert "18" in view.caption.text()
    picture = view.plane.grab().toImage()
    yes, no = view.plane.to_screen(1.3, 1.3).toPoint(), view.plane.to_screen(-0.3, 0.2).toPoint()
    assert picture.pixelColor(yes).blueF() > picture.pixelColor(no).blueF()


def test_xor_is_told_to_have_no_line(train: Train, show: Show, qtbot: QtBot) -> None:
    view = PerceptronView(train(example("perceptron-xor", epochs=3)))
    seen(view, show, qtbot)
    assert view.plane.line() is None
    assert view.curve.levels == ()
    assert view.curve.values == (0, 4, 8, 12)


def test_memory_returns_in_pictures(train: Train, show: Show, qtbot: QtBot) -> None:
    session = train(example("hopfield-digits"))
    session.bridge.set_sample(1)
    view = RecallView(session)
    view.damage.setValue(15)
    seen(view, show, qtbot)
    value = view.value
    assert value is not None
    assert session.bridge.dataset is not None
    digit = squared(session.bridge.dataset.inputs[1])
    assert pixels(view.tiles.images[0]) == pixels(signed_image(digit, 1.4))
    assert pixels(view.tiles.images[1]) == pixels(signed_image(squared(value.states[0]), 1.4))
    assert pixels(view.tiles.images[-1]) == pixels(signed_image(squared(value.states[-1]), 1.4))
    assert (value.states[0] != value.pattern).sum() == round(0.15 * 64)
    heights = [point.y() for point in view.curve.points()]
    assert heights == sorted(heights)  # downwards on the screen
    assert view.curve.values == tuple(value.energies)
    before = value.states[0]
    view.again.click()
    qtbot.waitUntil(lambda: view.value is not None and not np.array_equal(view.value.states[0], before), timeout=20_000)


def test_units_are_painted_over_by_hand(train: Train, show: Show, qtbot: QtBot) -> None:
    session = train(example("hopfield-digits"))
    session.bridge.set_sample(0)
    view = RecallView(session)
    view.damage.setValue(0)
    seen(view, show, qtbot)
    rect = view.tiles.places()[1]
    cell = rect.topLeft() + QPointF(rect.width() * 2.5 / 8, rect.height() * 1.5 / 8)
    QTest.mouseClick(view.tiles, Qt.MouseButton.LeftButton, pos=cell.toPoint())
    qtbot.waitUntil(lambda: view.value is not None and view.value.overlaps[0] < 1, timeout=20_000)
    assert view.value is not None
    assert np.flatnonzero(view.value.states[0] != view.value.pattern).tolist() == [1 * 8 + 2]
    QTest.mouseClick(view.tiles, Qt.MouseButton.LeftButton, pos=cell.toPoint())
    qtbot.waitUntil(lambda: view.value is not None and view.value.overlaps[0] == 1, timeout=20_000)


def test_damage_of_nothing_leaves_the_pattern(train: Train, show: Show, qtbot: QtBot) -> None:
    session = train(example("hopfield-digits"))
    session.bridge.set_sample(0)
    view = RecallView(session)
    view.damage.setValue(0)
    seen(view, show, qtbot)
    assert view.value is not None
    assert view.value.overlaps == (1.0,)
    assert len(view.value.energies) == 1


def test_machine_is_painted_as_its_weights_are(train: Train, show: Show, qtbot: QtBot) -> None:
    session = train(example("boltzmann-bars", epochs=40))
    session.bridge.set_sample(3)
    view = BoltzmannView(session)
    seen(view, show, qtbot)
    assert session.bridge.handover is not None
    weight = session.bridge.handover.take()["rbm.weight"].numpy()
    reach = float(np.abs(weight).max())
    assert [pixels(image) for image in view.filters.images] == [
        pixels(signed_image(row.reshape(3, 3), reach)) for row in weight
    ]
    assert session.bridge.dataset is not None
    shown = session.bridge.dataset.inputs[3:10]
    assert [pixels(image) for image in view.shown.images] == [
        pixels(signed_image(row.reshape(3, 3), 1.0)) for row in shown
    ]
    assert len(view.again.images) == 7
    assert view.value is not None
    assert view.value.likelihood is not None
    assert figure(view.value.likelihood, ".3f") in view.caption.text()
    assert view.curve.values[-1] == pytest.approx(view.value.likelihood)


@pytest.mark.parametrize("kind", [PerceptronView, RecallView, BoltzmannView])
def test_other_networks_are_told_why_there_is_nothing(
    kind: type[StudyView], trained: object, show: Show, qtbot: QtBot
) -> None:
    view = kind(trained)  # type: ignore[arg-type]
    show(view, 600, 300)
    qtbot.waitUntil(lambda: view.seen is not None, timeout=20_000)
    assert view.seen is not None
    assert view._note.isVisible()
    assert view._note.text() == view.seen.refusal != ""


@pytest.mark.parametrize("kind", [PerceptronView, RecallView, BoltzmannView])
def test_before_a_run_they_say_what_to_do(kind: type[StudyView], show: Show, qtbot: QtBot) -> None:
    from nnstudio.ui.session import Session

    session = Session(example("iris"))
    view = kind(session)
    show(view, 600, 300)
    assert "Train" in view._note.text()
    session.bridge.shutdown()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # said of tool tips by the offscreen platform
def test_keys_reach_the_points_of_the_perceptron(train: Train, show: Show, qtbot: QtBot) -> None:
    session = train(example("perceptron-and"))
    view = PerceptronView(session)
    seen(view, show, qtbot)
    value, plane = view.value, view.plane
    assert value is not None
    assert session.bridge.dataset is not None
    corner = next(number for number, point in enumerate(value.points.tolist()) if point == [0, 0])
    plane.point_at(corner)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up):
        QTest.keyClick(plane, key)
    number = plane.pointed_at
    assert number is not None
    assert value.points[number].tolist() == [1, 1]
    assert session.bridge.dataset.inputs[value.rows[number]].tolist() == [1, 1]
    assert plane.tell(number).startswith(f"(1, 1): w·x + b = {figure(value.sums[number])}\n")
    assert plane.describe(plane.to_screen(1, 1)) == plane.accessibleDescription()
    a, b = value.weight.tolist()
    assert plane.describe(plane.to_screen(0.5, 0.5)).endswith(f"= {figure(0.5 * a + 0.5 * b + value.bias)}")
    QTest.keyClick(plane, Qt.Key.Key_Return)
    assert session.bridge.sample == value.rows[number]


def test_each_unit_of_a_perceptron_can_be_looked_at(train: Train, show: Show, qtbot: QtBot) -> None:
    b = Builder("Three")
    point = b.input("point", shape=(4,))
    b.output(b.add("Perceptron", point, out_features=3, name="unit"))
    session = train(b.project(data={"name": "iris"}, recipe={"epochs": 2, "learner": "perceptron"}))
    view = PerceptronView(session)
    seen(view, show, qtbot)
    assert (view.unit.isVisible(), view.unit.maximum()) == (True, 3)
    assert view.curve.levels == (), "the bound is of one unit, the mistakes are of all"
    view.unit.setValue(3)
    assert session.bridge.handover is not None
    wanted = session.bridge.handover.take()["unit.weight"][2].numpy()
    qtbot.waitUntil(lambda: view.value is not None and np.array_equal(view.value.weight, wanted), timeout=20_000)

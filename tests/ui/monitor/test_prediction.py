"""What the network says of a sample, the sample, and the way to the next one."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from nnstudio.data.catalog import load
from nnstudio.ui import theme
from nnstudio.ui.monitor.prediction import PredictionBars, prediction
from nnstudio.ui.monitor.sample import SampleChooser, SamplePicture, sample_image
from nnstudio.ui.monitor.views import titled_prediction
from nnstudio.ui.session import Session
from tests.ui.monitor.conftest import Show, WrittenRun, small_dataset

SCORES = [0.0, 0.01, 0.03, 0.91, 0.0, 0.02, 0.0, 0.01, 0.02, 0.0]


def _look(session: Session, run: WrittenRun, qtbot: QtBot, scores: list[float], truth: int | list[float]) -> None:
    run.begin()
    run.look({}, scores, truth)
    qtbot.waitUntil(lambda: session.bridge.snapshot is run.taps.snapshot and session.bridge.is_shown)


def test_a_right_answer(session: Session, written: WrittenRun, qtbot: QtBot) -> None:
    assert prediction(session) is None
    _look(session, written, qtbot, SCORES, 3)
    found = prediction(session)
    assert found is not None
    assert found.title == "Prediction: 3 (truth 3)"
    assert found.chosen is found.truth is found.answers[3]
    assert [answer.value for answer in found.answers] == pytest.approx(SCORES)


def test_a_wrong_answer_is_red_and_the_truth_keeps_its_tick(
    session: Session, written: WrittenRun, show: Show, qtbot: QtBot
) -> None:
    bars = show(PredictionBars(session), 240, 240)
    assert isinstance(bars, PredictionBars)
    for truth, colour, other in (
        (8, theme.current().err, theme.current().ok),
        (3, theme.current().ok, theme.current().err),
    ):
        _look(session, written, qtbot, SCORES, truth)
        assert bars.prediction is not None
        assert bars.prediction.title == f"Prediction: 3 (truth {truth})"
        picture = bars.grab().toImage()
        row = [picture.pixelColor(x, int(3.5 * 24)).name() for x in range(20, 160)]
        assert colour.name() in row
        assert other.name() not in row


@pytest.mark.parametrize(("name", "labels"), [("parity", ["even", "odd"]), ("story", ["␣", "e"])])
def test_of_a_sequence_the_last_place_is_told(
    session: Session,
    written: WrittenRun,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    labels: list[str],
) -> None:
    data = load({"name": name})
    written.begin()
    monkeypatch.setattr(type(session.bridge), "dataset", property(lambda _: data))
    scores = np.zeros((*data.targets.shape[1:], data.num_outputs), np.float32)
    scores[-1, 1] = 0.75
    truth = data.targets[4]
    written.look({}, scores, truth)
    qtbot.waitUntil(lambda: session.bridge.snapshot is written.taps.snapshot and session.bridge.is_shown)
    found = prediction(session)
    assert found is not None
    assert found.chosen is found.answers[1]
    assert found.chosen.value == 0.75
    assert found.truth is found.answers[int(truth[-1])]
    assert {answer.label for answer in found.answers} >= set(labels)


@pytest.mark.parametrize("name", ["shape_boxes", "shape_masks", "digit_pictures"])
def test_pictures_are_left_to_their_views(
    session: Session,
    written: WrittenRun,
    show: Show,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    bars = show(PredictionBars(session), 240, 120)
    assert isinstance(bars, PredictionBars)
    written.begin()
    data = load({"name": name})
    monkeypatch.setattr(type(session.bridge), "dataset", property(lambda _: data))
    written.look({}, np.ones((2, 2), np.float32), np.ones(1, np.float32))
    qtbot.waitUntil(lambda: session.bridge.snapshot is written.taps.snapshot and session.bridge.is_shown)
    bars.refresh()
    assert bars.prediction is None
    assert "Insight" in bars._empty.text()


def test_a_regression_shows_value_and_truth(session: Session, written: WrittenRun, show: Show, qtbot: QtBot) -> None:
    bars = show(PredictionBars(session), 240, 120)
    assert isinstance(bars, PredictionBars)
    _look(session, written, qtbot, [1.5, -2.0], [1.0, -2.5])
    assert bars.prediction is not None
    assert bars.prediction.title == "Prediction (truth)"
    assert [(answer.label, answer.value, answer.wanted) for answer in bars.prediction.answers] == [
        ("1", 1.5, 1.0),
        ("2", -2.0, -2.5),
    ]
    assert not bars.grab().isNull()


def test_of_too_many_classes_the_likely_ones_and_the_truth_are_shown(
    session: Session, written: WrittenRun, show: Show, qtbot: QtBot
) -> None:
    bars = show(PredictionBars(session), 240, 60)
    assert isinstance(bars, PredictionBars)
    _look(session, written, qtbot, SCORES, 9)
    assert bars.prediction is not None
    assert [answer.label for answer in bars._fitting(bars.prediction.answers)] == ["2", "3", "5", "9"]


def test_the_heading_follows(session: Session, written: WrittenRun, show: Show, qtbot: QtBot) -> None:
    box = show(titled_prediction(session), 240, 240)
    _look(session, written, qtbot, SCORES, 3)
    assert "Prediction: 3 (truth 3)" in [heading.text() for heading in box.findChildren(QLabel)]


def test_heading_and_bars_never_differ(session: Session, written: WrittenRun, show: Show, qtbot: QtBot) -> None:
    box = show(titled_prediction(session), 240, 240)
    _look(session, written, qtbot, SCORES, 3)
    bars = box.findChild(PredictionBars, "prediction_bars")
    assert bars is not None
    heading = next(label for label in box.findChildren(QLabel) if label.text().startswith("Prediction"))
    session.bridge.snapshot = None  # the bars have not had their turn yet
    session.bridge.mapped.emit()
    assert heading.text() == bars.title == "Prediction: 3 (truth 3)"
    bars.refresh()
    assert heading.text() == bars.title == "Prediction"


def test_ten_classes_fit_into_a_low_dock(session: Session, written: WrittenRun, show: Show, qtbot: QtBot) -> None:
    bars = show(PredictionBars(session), 200, 126)
    assert isinstance(bars, PredictionBars)
    _look(session, written, qtbot, SCORES, 9)
    assert bars.prediction is not None
    assert len(bars._fitting(bars.prediction.answers)) == 10


def test_the_chooser_walks_through_the_rows(session: Session, written: WrittenRun, show: Show, qtbot: QtBot) -> None:
    chooser = show(SampleChooser(session), 400, 40)
    assert isinstance(chooser, SampleChooser)
    _look(session, written, qtbot, SCORES, 3)
    number = chooser.findChild(QSpinBox, "sample_number")
    on = chooser.findChild(QPushButton, "sample_on")
    back = chooser.findChild(QPushButton, "sample_back")
    assert number is not None
    assert on is not None
    assert back is not None
    assert (number.value(), number.maximum()) == (17, 19)
    assert chooser._part.text() == "of 20, for validation"
    on.click()
    assert session.bridge.sample == 18
    assert written.taps.watched is not None
    assert written.taps.watched[1] == 18
    for _ in range(4):
        back.click()
    assert session.bridge.sample == 14
    assert chooser._part.text() == "of 20, for training"
    number.setValue(3)
    assert session.bridge.sample == 3
    assert number.textFromValue(1437) == "1,437"


def test_a_new_look_leaves_what_is_being_typed(session: Session, written: WrittenRun, show: Show, qtbot: QtBot) -> None:
    chooser = show(SampleChooser(session), 400, 40)
    _look(session, written, qtbot, SCORES, 3)
    number = chooser.findChild(QSpinBox, "sample_number")
    assert number is not None
    number.selectAll()
    QTest.keyClicks(number, "1")
    written.look({}, SCORES, 3, step=2)
    qtbot.waitUntil(lambda: session.bridge.snapshot is written.taps.snapshot and session.bridge.is_shown)
    QTest.keyClicks(number, "2")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert session.bridge.sample == 12


def test_the_picture_shows_the_sample_of_the_snapshot(
    session: Session, written: WrittenRun, show: Show, qtbot: QtBot
) -> None:
    view = show(SamplePicture(session), 160, 160)
    assert isinstance(view, SamplePicture)
    _look(session, written, qtbot, SCORES, 3)
    assert view.values is not None
    np.testing.assert_array_equal(view.values, small_dataset().inputs[15])
    picture = view.grab().toImage()
    wanted = sample_image(view.values)
    for y in range(8):
        for x in range(8):
            assert picture.pixel(x * 20 + 10, y * 20 + 10) == wanted.pixel(x, y)


def test_colours_stay_colours() -> None:
    values = np.zeros((3, 2, 2), dtype=np.float32)
    values[0, 0, 0] = values[1, 0, 1] = values[2, 1, 0] = 1.0
    image = sample_image(values)
    assert [image.pixelColor(x, y).name() for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))] == [
        "#ff0000",
        "#00ff00",
        "#0000ff",
        "#000000",
    ]

"""What can be done with a plot: smooth, logarithmic, zoomed, saved, of any figure, with other runs beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QToolButton
from pytestqt.qtbot import QtBot

from nnstudio.training.events import EpochDone, RateChanged, RunFailed
from nnstudio.ui.monitor import curves
from nnstudio.ui.monitor.plots import CurvePanel
from nnstudio.ui.monitor.series import NamedCurve, choices, show_beside, value_text
from nnstudio.ui.session import Session
from tests.ui.monitor.conftest import Show, WrittenRun

LOSSES = [4.0, 2.0, 1.0, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625, 0.0078125]


Make = Callable[[], CurvePanel]


@pytest.fixture
def make(session: Session, written: WrittenRun, show: Show, qtbot: QtBot) -> Make:
    """Return what shows the loss of ten steps and two epochs."""
    return lambda: _make(session, written, show, qtbot)


def _make(session: Session, written: WrittenRun, show: Show, qtbot: QtBot) -> CurvePanel:
    made = show(CurvePanel(session, "loss"), 460, 260)
    assert isinstance(made, CurvePanel)
    written.begin(epochs=2)
    written.add_steps(LOSSES)
    written.add_epoch(1, 0.5)
    event = EpochDone(
        epoch=2,
        train_loss=0.1,
        train_accuracy=0.9,
        validation_loss=0.25,
        validation_accuracy=0.75,
        seconds=1.0,
        metrics={"f1": 0.625},
    )
    written.events.append(event)
    qtbot.waitUntil(lambda: made.plot is not None and len(session.bridge.epochs) == 2 and session.bridge.is_shown)
    return made


def _train(panel: CurvePanel) -> tuple[list[float], list[float]]:
    x, y = panel._curves[0].getData()
    return x.tolist(), y.tolist()


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=50), st.floats(0.0, 0.99))
def test_smoothing_stays_between_the_values(values: list[float], weight: float) -> None:
    found = curves.smooth(np.array(values), weight)
    assert found[0] == pytest.approx(values[0])
    assert min(values) - 1e-6 <= found.min()
    assert found.max() <= max(values) + 1e-6
    if not weight:
        np.testing.assert_allclose(found, values)


def test_smoothing_leaves_what_is_no_number() -> None:
    found = curves.smooth(np.array([1.0, np.nan, 3.0]), 0.5)
    assert found[0] == 1.0
    assert np.isnan(found[1])
    assert found[2] == pytest.approx((0.25 * 1.0 + 0.5 * 3.0) / 0.75)


def test_powers_of_ten_hold_all_values() -> None:
    assert curves.log_ends(np.array([0.03, 2.0, np.nan, 0.0])) == (-2.0, 1.0)
    assert curves.log_ends(np.array([0.0])) == (-1.0, 0.0)
    assert curves.whole_marks(-8.0, 0.0, 4) == [-8.0, -6.0, -4.0, -2.0, 0.0]
    assert curves.marks_between(0.31, 0.52, 5) == pytest.approx([0.35, 0.4, 0.45, 0.5])


def test_the_slider_smooths_the_training_curve(make: Make) -> None:
    panel = make()
    panel.set_smoothing(0.5)
    assert _train(panel)[1] == pytest.approx(curves.smooth(np.array(LOSSES), 0.5).tolist())
    panel.set_smoothing(0.0)
    assert _train(panel)[1] == LOSSES


def test_a_logarithmic_scale_shows_powers(make: Make) -> None:
    panel = make()
    panel.set_log(True)
    assert _train(panel)[1] == pytest.approx(np.log10(LOSSES).tolist())
    bottom, top = panel.plot.getViewBox().viewRange()[1]
    assert (round(bottom), round(top)) == (-3, 1)
    panel.set_log(False)
    assert panel.plot.getViewBox().viewRange()[1][0] == pytest.approx(-0.015 * 4.0)


def test_any_figure_can_be_chosen(make: Make, session: Session) -> None:
    panel = make()
    assert choices(session.bridge) == ("loss", "accuracy", "rate", "f1")
    panel.show_what("rate")
    assert _train(panel)[1] == [0.1] * len(LOSSES)
    panel.show_what("f1")
    assert panel.accessibleName() == "F1"
    x, y = panel._curves[1].getData()
    assert (x.tolist(), y.tolist()) == ([2.0], [0.625])
    assert panel._legend.texts == ("train", "validation 62.5 %")
    panel.show_what("loss")
    assert _train(panel)[1] == LOSSES


def test_a_box_zooms_and_a_double_click_goes_back(make: Make) -> None:
    panel = make()
    whole = panel.plot.getViewBox().viewRange()
    view = panel.plot.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(150, 60))
    for step in range(1, 6):
        QTest.mouseMove(view, QPoint(150 + 20 * step, 60 + 10 * step))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(250, 110))
    assert panel.findChild(QToolButton, "plot_back") is not None
    (left, right), _ = panel.plot.getViewBox().viewRange()
    assert whole[0][0] < left < right < whole[0][1]
    back = panel.findChild(QToolButton, "plot_back")
    assert back is not None
    assert back.isVisible()
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 80))
    assert back.isHidden()
    assert panel.plot.getViewBox().viewRange() == whole


def test_keys_zoom_as_well(make: Make) -> None:
    panel = make()
    box = panel.plot.getViewBox()
    whole = box.viewRange()[0]
    QTest.keyClick(panel, Qt.Key.Key_Plus)
    low, high = box.viewRange()[0]
    assert high - low == pytest.approx((whole[1] - whole[0]) / 2)
    QTest.keyClick(panel, Qt.Key.Key_Right)
    assert box.viewRange()[0][0] == pytest.approx(low + (high - low) / 4)
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert box.viewRange()[0] == whole
    for _ in range(2):
        QTest.keyClick(panel, Qt.Key.Key_Right)
    x, y = panel.points()
    low, high = box.viewRange()[0]
    bottom, top = box.viewRange()[1]
    seen = y[(x >= low) & (x <= high)]
    assert len(seen) < len(y)
    known = (*seen, 0.25)  # that of the validation samples after the second epoch
    assert top - bottom == pytest.approx(1.1 * (max(known) - min(known)), rel=0.01)
    assert bottom < min(known) < max(known) < top


def test_what_is_seen_of_a_long_curve_is_drawn_point_by_point() -> None:
    x = np.arange(10_000) / 100.0
    y = np.where(np.arange(10_000) == 5_000, 9.0, 1.0)
    assert len(curves.drawn(x, y, 200)[0]) <= 200
    epochs, values, _ = curves.drawn(x, y, 200, (49.5, 50.5))
    assert (epochs[0], epochs[-1]) == (49.49, 50.51)
    assert values.max() == 9.0
    assert len(epochs) == 103
    beyond = curves.drawn(x, y, 200, (200.0, 300.0))[0]
    assert beyond.tolist() == [99.99]


@given(st.floats(0.1, 0.99), st.integers(0, 900))
def test_a_smoothed_value_is_the_same_in_any_part_that_is_seen(smoothing: float, start: int) -> None:
    y = np.random.default_rng(start).random(1_000)
    x = np.arange(1_000.0)
    whole = curves.smooth(y, smoothing)
    epochs, _, smoothed = curves.drawn(x, y, 200, (float(start), start + 50.0), smoothing)
    seen = (epochs >= start) & (epochs <= start + 50)
    np.testing.assert_allclose(smoothed[seen], whole[start : start + 51], atol=2e-3)


def test_a_run_held_at_its_start_says_so(session: Session, written: WrittenRun, show: Show, qtbot: QtBot) -> None:
    panel = show(CurvePanel(session, "loss"), 460, 260)
    assert isinstance(panel, CurvePanel)
    written.begin()
    qtbot.waitUntil(lambda: session.bridge.started is not None)
    session.bridge.pause()
    assert panel._empty.isVisible()
    assert panel._empty.text() == "The run is held at its start."


def test_zoomed_a_long_run_shows_its_steps(session: Session, written: WrittenRun, show: Show, qtbot: QtBot) -> None:
    panel = show(CurvePanel(session, "loss"), 460, 260)
    assert isinstance(panel, CurvePanel)
    written.begin(epochs=2)
    written.add_steps([1.0 + step % 2 for step in range(4_000)])
    qtbot.waitUntil(lambda: panel.plot is not None and len(panel.points()[0]) == 4_000 and session.bridge.is_shown)
    qtbot.waitUntil(lambda: len(_train(panel)[1]) > 1)
    assert set(_train(panel)[1][1:-1]) != {1.0, 2.0}
    middle = float(panel.points()[0][2_000])
    panel.plot.setXRange(middle - 0.05 * middle, middle + 0.05 * middle, padding=0.0)
    panel._on_zoomed()
    qtbot.waitUntil(lambda: set(_train(panel)[1]) == {1.0, 2.0})
    panel.zoom_out()
    assert len(_train(panel)[1]) < 400


def test_numbers_are_saved_with_all_digits(make: Make, tmp_path: Path) -> None:
    panel = make()
    panel.save(tmp_path / "loss.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "loss.csv").read_text("utf-8"))))
    assert rows[0] == ["curve", "epoch", "loss"]
    assert [float(row[2]) for row in rows if row[0] == "train"] == LOSSES
    assert [(float(row[1]), float(row[2])) for row in rows if row[0] == "validation"] == [(1.0, 0.5), (2.0, 0.25)]


def test_pictures_are_saved(make: Make, tmp_path: Path) -> None:
    panel = make()
    panel.save(tmp_path / "loss.png")
    panel.save(tmp_path / "loss.svg")
    assert QImage(str(tmp_path / "loss.png")).width() == 2 * panel.width()
    svg = (tmp_path / "loss.svg").read_text("utf-8")
    assert svg.startswith("<?xml")
    assert "<path" in svg
    assert "validation" in svg


def test_a_place_that_cannot_be_written_is_told(make: Make, session: Session, tmp_path: Path) -> None:
    panel = make()
    told: list[str] = []
    session.refused.connect(told.append)
    panel.save(tmp_path / "missing" / "loss.csv")
    assert len(told) == 1


def test_other_runs_stand_beside_this_one(make: Make, session: Session, tmp_path: Path) -> None:
    panel = make()
    x, y = np.array([0.5, 1.0, 2.0]), np.array([3.0, 2.0, 1.5])
    show_beside(session, [NamedCurve("run 1", "loss", x, y), NamedCurve("run 1", "accuracy", x, y / 4)])
    (other,) = panel._others._items
    assert other.getData()[1].tolist() == [3.0, 2.0, 1.5]
    assert panel._others.legend.texts == ("run 1 1.500",)
    panel.show_what("accuracy")
    (other,) = panel._others._items
    assert other.getData()[1].tolist() == [0.75, 0.5, 0.375]
    panel.save(tmp_path / "both.csv")
    assert "run 1,2.0,0.375" in (tmp_path / "both.csv").read_text("utf-8")
    show_beside(session, [])
    assert panel._others._items == []
    assert panel._others.legend.isHidden()


def test_the_menus_do_it(make: Make) -> None:
    panel = make()
    for name in ("plot_what", "plot_tools"):
        button = panel.findChild(QToolButton, name)
        assert button is not None
        assert button.accessibleName()
        menu = button.menu()
        assert isinstance(menu, QMenu)
        menu.aboutToShow.emit()
        wanted = {"plot_what": "show_accuracy", "plot_tools": "plot_log"}[name]
        action = next(action for action in menu.actions() if action.objectName() == wanted)
        action.trigger()
    assert panel.what == "accuracy"
    assert panel.is_log


def test_rates_that_were_set_are_marked_where_they_begin_to_hold(
    make: Make, written: WrittenRun, session: Session, qtbot: QtBot
) -> None:
    panel = make()
    bridge = session.bridge
    written.events.append(RateChanged(step=5, rate=0.25))
    written.add_steps([0.5])
    qtbot.waitUntil(lambda: bool(bridge.rates_set))
    ((where, rate),) = bridge.rates_set
    x, _ = panel.points()
    assert (where, rate) == (x[4], 0.25)
    qtbot.waitUntil(lambda: panel._rates is not None and panel._rates.rates == ((where, rate),))
    assert panel._rates is not None
    (line,) = panel._rates._items
    assert line.value() == where
    assert line.label.toPlainText() == "rate 0.25"


def test_where_a_legend_has_no_room_its_lines_stand_under_each_other(make: Make, qtbot: QtBot) -> None:
    panel = make()
    legend = panel._legend
    qtbot.waitUntil(lambda: legend.texts == ("train 0.799", "validation 0.250") and not legend.is_stacked)
    low = legend.sizeHint().height()
    panel.resize(250, 260)
    qtbot.waitUntil(lambda: legend.is_stacked and legend.height() > low)
    assert legend._names() == ("train", "validation")
    assert legend.height() < 2 * low
    assert legend.toolTip() == ""
    panel.resize(150, 260)
    qtbot.waitUntil(lambda: legend._names() != ("train", "validation"))
    assert "validation 0.250" in legend.toolTip()
    panel.resize(460, 260)
    qtbot.waitUntil(lambda: (legend.is_stacked, legend.height(), legend.toolTip()) == (False, low, ""))


def test_a_run_without_such_a_figure_says_so(session: Session, make: Make, show: Show) -> None:
    make()
    panel = show(CurvePanel(session, "accuracy"), 460, 260)
    assert isinstance(panel, CurvePanel)
    assert panel._empty.isHidden()
    panel.show_what("r2")
    assert panel._empty.text() == "This run has no such figure."
    assert panel._legend.isHidden()
    panel.show_what("f1")
    assert panel._empty.isHidden()


def test_a_regression_that_failed_in_its_first_epoch_has_no_accuracy(
    session: Session, written: WrittenRun, show: Show, qtbot: QtBot
) -> None:
    panel = show(CurvePanel(session, "accuracy"), 460, 260)
    assert isinstance(panel, CurvePanel)
    written.begin(epochs=2)
    for step in (1, 2):
        written.ring.append((step, step / 5, 4.0, float("nan"), 0.1))
    qtbot.waitUntil(lambda: panel._empty.isHidden())  # the epoch may still bring some
    written.events.append(RunFailed(message="The numbers blew up."))
    written.alive = False
    qtbot.waitUntil(lambda: not panel._empty.isHidden())
    assert panel._empty.text() == "This run has no accuracy."


@pytest.mark.parametrize(
    ("value", "text"), [(0.21934, "0.219"), (498.8134, "498.813"), (8666.591, "8,667"), (3e5, "3e5"), (0.0, "0.000")]
)
def test_large_losses_have_their_thousands_apart(value: float, text: str) -> None:
    assert value_text("loss", value) == text


def test_a_plot_is_saved_where_a_person_says(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    panel, asked = make(), list[tuple[str, str]]()

    def choose(_parent: object, _title: str, suggested: Path, kind: str) -> Path | None:
        asked.append((suggested.name, kind))
        return tmp_path / "curve.csv" if len(asked) > 1 else None

    monkeypatch.setattr("nnstudio.ui.dialogs.paths.ask_new", choose)
    panel.ask_and_save("csv")
    assert list(tmp_path.iterdir()) == []
    panel.ask_and_save("csv")
    assert asked == [("loss.csv", "CSV")] * 2
    assert (tmp_path / "curve.csv").read_text("utf-8").startswith("curve,")

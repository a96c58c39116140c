"""The numbers behind the plots, and the plots themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from nnstudio.training.events import EpochDone
from nnstudio.training.ring import Ring
from nnstudio.ui.monitor import curves
from nnstudio.ui.monitor.pace import Pace
from nnstudio.ui.monitor.plots import CurvePanel
from nnstudio.ui.monitor.track import Rows, Track
from nnstudio.ui.session import Session
from tests.ui.monitor.conftest import Show, WrittenRun


@given(st.integers(1, 500), st.integers(2, 60))
def test_thinning_keeps_the_start_the_mean_and_the_order(count: int, most: int) -> None:
    x = np.arange(count, dtype=np.float64)
    y = np.sin(x)
    thin_x, thin_y = curves.thin(x, y, most)
    assert len(thin_x) == len(thin_y) <= most
    assert (np.diff(thin_x) > 0).all()
    assert (thin_x[0], thin_y[0]) == (x[0], y[0])
    if count <= most:
        np.testing.assert_array_equal(thin_y, y)
    elif (count - 1) % (most - 1) == 0:
        assert thin_y[1:].mean() == pytest.approx(y[1:].mean())


@given(st.floats(1e-6, 1e9), st.integers(3, 8))
def test_marks_are_round_and_few(high: float, most: int) -> None:
    found = curves.marks(high, most)
    assert found[0] == 0.0
    assert 1 <= len(found) - 1 <= most
    assert found[-1] <= high * (1 + 1e-6)
    step = found[1]
    digit = step / 10 ** np.floor(np.log10(step) + 1e-9)
    assert min(abs(digit - wanted) for wanted in (1.0, 2.0, 5.0)) < 1e-6


def test_marks_are_written_with_the_digits_they_need() -> None:
    assert [curves.mark_text(mark, 0.5) for mark in (0.0, 0.5, 1.0)] == ["0", "0.5", "1.0"]
    assert [curves.mark_text(mark, 200) for mark in (0.0, 200.0, 1400.0)] == ["0", "200", "1,400"]
    assert curves.mark_text(0.0002, 0.0002) == "0.0002"


def test_the_epoch_axis_shows_a_short_run_whole_and_grows_with_a_long_one() -> None:
    assert curves.epochs_shown(0.1, 12) == 12
    assert curves.epochs_shown(0.1, 1000) == 20
    assert curves.epochs_shown(60.0, 1000) == 100
    assert curves.epochs_shown(999.0, 1000) == 1000


def test_the_value_axis_ignores_what_is_no_number() -> None:
    assert curves.axis_end(np.array([np.nan, np.inf, 2.31])) == pytest.approx(2.4)
    assert curves.axis_end(np.array([np.nan])) == 1.0


@given(st.lists(st.integers(1, 40), min_size=1, max_size=20))
def test_rows_stay_few_and_keep_their_mean(lengths: list[int]) -> None:
    rows = Rows(most=32)
    step = 0
    for length in lengths:
        steps = np.arange(step + 1, step + length + 1, dtype=np.float64)
        rows.extend(np.column_stack((steps, steps / 10, steps, np.full(length, np.nan), np.full(length, 0.1))))
        step += length
        assert rows.last_step == step
        assert rows.last_epoch == pytest.approx(step / 10)
    assert rows.count == len(rows.filled) <= 33 + max(lengths)
    assert (np.diff(rows.filled[:, 0]) > 0).all()
    if step <= 32:
        assert rows.filled[:, 0].tolist() == list(range(1, step + 1))
    assert np.isnan(rows.filled[:, 3]).all()


def test_two_neighbours_become_their_mean_but_the_start_stays() -> None:
    rows = Rows(most=5)
    rows.extend(np.array([[1, 0.1, 8.0, 0.0, 1.0], [2, 0.2, 4.0, 0.5, 1.0], [3, 0.3, 2.0, 1.0, 1.0]]))
    rows.extend(np.array([[4, 0.4, 1.0, 1.0, 1.0], [5, 0.5, 0.5, 1.0, 1.0], [6, 0.6, 0.25, 1.0, 1.0]]))
    assert rows.filled.tolist() == [
        [1, 0.1, 8.0, 0.0, 1.0],
        [3, pytest.approx(0.25), 3.0, 0.75, 1.0],
        [4, 0.4, 1.0, 1.0, 1.0],
        [5, 0.5, 0.5, 1.0, 1.0],
        [6, 0.6, 0.25, 1.0, 1.0],
    ]


def test_pace_counts_running_time_only() -> None:
    pace = Pace()
    assert pace.samples_per_second is None
    assert pace.steps_per_second == 0.0
    assert pace.seconds_left(10) is None
    for second in range(6):
        pace.update(float(second), step=second, samples=100.0 * second)
    assert pace.samples_per_second == pytest.approx(100.0)
    assert pace.steps_per_second == pytest.approx(1.0)
    assert pace.seconds_left(15) == pytest.approx(10.0)
    pace.rest()
    pace.update(1000.0, step=5, samples=500.0)
    assert pace.seconds_left(15) == pytest.approx(10.0)


def test_pace_begins_anew_where_a_run_has_gone_back() -> None:
    pace = Pace()
    for second in range(6):
        pace.update(float(second), step=100 * second, samples=900.0 * second)
    pace.update(6.0, step=1, samples=9.0)
    assert pace.samples_per_second is None
    pace.update(7.0, step=11, samples=99.0)
    assert pace.samples_per_second == pytest.approx(90.0)
    assert pace.steps_per_second == pytest.approx(10.0)


def test_an_empty_panel_says_what_to_do(session: Session, show: Show) -> None:
    panel = show(CurvePanel(session, "loss"), 400, 250)
    assert isinstance(panel, CurvePanel)
    assert panel.plot is None
    assert panel._empty.isVisible()
    assert panel._empty.text() == "Press Train to see the loss."


def test_the_curve_has_the_points_of_the_ring(session: Session, written: WrittenRun, show: Show, qtbot: QtBot) -> None:
    panel = show(CurvePanel(session, "loss"), 400, 250)
    assert isinstance(panel, CurvePanel)
    written.begin()
    written.add_steps([2.0, 1.5, 1.25, 1.0, 0.5, 0.25])
    written.add_epoch(1, 0.75)
    qtbot.waitUntil(lambda: panel.plot is not None and session.bridge.num_steps == 6)
    rows = written.ring.since(0)
    train, validation = (curve.getData() for curve in panel._curves)
    np.testing.assert_array_equal(train[0], rows[:, 1])
    np.testing.assert_array_equal(train[1], rows[:, 2])
    assert validation[0].tolist() == [1.0]
    assert validation[1].tolist() == [0.75]
    assert panel._legend.texts == ("train 1.083", "validation 0.750")
    written.add_steps([0.125])
    qtbot.waitUntil(lambda: len(panel._curves[0].getData()[0]) == 7)


def test_a_run_without_accuracy_leaves_that_plot_bare(
    session: Session, written: WrittenRun, show: Show, qtbot: QtBot
) -> None:
    panel = show(CurvePanel(session, "accuracy"), 400, 250)
    assert isinstance(panel, CurvePanel)
    written.begin()
    for step in (1, 2):
        written.ring.append((step, step / 5, 1.0, float("nan"), 0.1))
    written.add_epoch(1, 0.5, validation_accuracy=None)
    qtbot.waitUntil(lambda: session.bridge.num_steps == 2)
    assert panel._legend.texts == ("train", "validation")


def test_the_pointer_asks_for_the_values_of_an_epoch(
    session: Session, written: WrittenRun, show: Show, qtbot: QtBot
) -> None:
    panel = show(CurvePanel(session, "loss"), 400, 250)
    assert isinstance(panel, CurvePanel)
    written.begin(epochs=2)
    written.add_steps([4.0, 3.0, 2.0, 1.0, 0.5])
    written.add_epoch(1, 0.75)
    qtbot.waitUntil(lambda: panel.plot is not None and session.bridge.num_steps == 5)
    panel._hovered = 0.45
    panel._tell()
    assert panel._legend.texts == ("train 3.000", "validation")


def test_a_panel_made_anew_shows_the_run_so_far(
    session: Session, written: WrittenRun, show: Show, qtbot: QtBot
) -> None:
    written.begin()
    written.add_steps([2.0, 1.0])
    qtbot.waitUntil(lambda: session.bridge.num_steps == 2)
    panel = show(CurvePanel(session, "loss"), 400, 250)
    assert isinstance(panel, CurvePanel)
    assert panel._curves[0].getData()[1].tolist() == [2.0, 1.0]


def ring_of(steps: list[int]) -> Ring:
    ring = Ring()
    for place, step in enumerate(steps):
        ring.append((step, step / 5, float(place), 0.5, 0.1))
    return ring


def test_rows_of_a_run_that_went_back_take_the_place_of_the_old() -> None:
    track = Track()
    assert track.take(ring_of([1, 2, 3, 4, 5, 3, 4]))
    track.move(4, 5)
    assert track.curve[:, 0].tolist() == [1, 2, 3, 4]
    assert track.curve[:, 2].tolist() == [0, 1, 5, 6]
    track.begin_ring()
    track.take(ring_of([2]))
    track.move(2, 5)
    assert track.curve[:, 2].tolist() == [0, 0]


def test_a_track_shows_what_was_done_up_to_its_place() -> None:
    track, run = Track(), WrittenRun()
    track.take(ring_of(list(range(1, 13))))
    run.add_epoch(1, 0.5)
    run.add_epoch(2, 0.25)
    track.take_epochs([event for event in run.events if isinstance(event, EpochDone)])
    for place, epochs in ((12, 2), (10, 2), (9, 1), (4, 0), (0, 0), (12, 2)):
        track.move(place, 5)
        assert len(track.curve) == place
        assert [done.epoch for done in track.epochs] == list(range(1, epochs + 1))
        assert len(track.validation_curve) == epochs
    assert not track.move(12, 5)
    track.take_epochs([done for done in track.epochs if done.epoch == 1])
    assert [done.epoch for done in track.epochs] == [1], "it was done again, and what came after is gone"

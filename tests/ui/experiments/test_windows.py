"""Windows of experiments: beside the main one, one of each, on a copy, and gone with the drawing."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu
from pytestqt.qtbot import QtBot

from nnstudio.core.edits import rename, set_param
from nnstudio.project.examples import EXAMPLES
from nnstudio.ui.dialogs import messages
from nnstudio.ui.experiment_actions import Kind
from nnstudio.ui.experiments.rate_finder import RateFinder
from nnstudio.ui.experiments.runs import RunsWindow
from nnstudio.ui.experiments.state import experiments_of
from nnstudio.ui.experiments.sweep import SweepWindow
from nnstudio.ui.experiments.window import ExperimentWindow, open_window
from nnstudio.ui.monitor.plots import CurvePanel
from nnstudio.ui.monitor.series import NamedCurve, beside_of
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow

LONG = 60_000


@pytest.fixture
def iris(qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(Session(EXAMPLES["iris"]()), remember=False)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where a message would wait for an answer."""
    monkeypatch.setattr(messages, "tell_error", lambda _parent, title, text: pytest.fail(f"{title}: {text}"))


def opened(window: MainWindow, kind: Kind) -> ExperimentWindow:
    found = open_window(window.session, kind)
    assert found is not None
    return found


def laid_beside(session: Session) -> list[NamedCurve]:
    return list(beside_of(session).curves)


def long_sweep(window: MainWindow) -> SweepWindow:
    window.actions_["sweep"].trigger()
    found = opened(window, "sweep")
    assert isinstance(found, SweepWindow)
    found.form.factor.setEditText("recipe.learning_rate")
    found.form.factor_values.setText("0.001, 0.01")
    found.form.epochs.setValue(5_000)
    found.start()
    return found


@pytest.mark.parametrize(("action", "kind"), [("find_rate", "rate"), ("sweep", "sweep"), ("runs", "runs")])
def test_there_is_one_of_each_and_nothing_waits_for_it(iris: MainWindow, action: str, kind: Kind) -> None:
    iris.actions_[action].trigger()
    first = opened(iris, kind)
    assert not first.isModal()
    assert first.windowTitle().endswith("Iris flowers")
    iris.actions_[action].trigger()
    assert opened(iris, kind) is first
    first.setWindowState(Qt.WindowState.WindowMinimized)
    iris.actions_[action].trigger()
    assert not first.isMinimized()
    first.close()
    assert open_window(iris.session, kind) is None
    iris.actions_[action].trigger()
    assert opened(iris, kind) is not first


def test_the_finder_works_on_the_copy_that_it_began_with(iris: MainWindow, qtbot: QtBot) -> None:
    iris.actions_["find_rate"].trigger()
    finder = opened(iris, "rate")
    assert isinstance(finder, RateFinder)
    note = finder.findChild(QLabel, "copy_note")
    assert note is not None
    assert "may be edited meanwhile" in note.text()
    session = iris.session
    session.commit("Name", rename(session.graph, session.graph.by_name["relu_1"].id, "bend"))
    session.commit("Units", set_param(session.graph, session.graph.by_name["dense_1"].id, "out_features", 0))
    assert "has changed since" in note.text()
    qtbot.waitUntil(lambda: finder.search.rate is not None, timeout=LONG)
    session.undo()
    session.undo()
    assert "may be edited meanwhile" in note.text()
    rate = finder.search.rate
    finder.use()
    assert session.project.recipe["learning_rate"] == rate


def test_a_sweep_goes_on_in_another_language_and_theme(iris: MainWindow, qtbot: QtBot) -> None:
    sweep = long_sweep(iris)
    sweep.resize(sweep.width(), 580)  # the screen of tests is small
    record = sweep.record
    qtbot.waitUntil(lambda: bool(sweep.sweeping.under_way), timeout=LONG)
    iris.rebuild()
    qtbot.waitUntil(lambda: open_window(iris.session, "sweep") is not None, timeout=LONG)
    again = opened(iris, "sweep")
    assert again is not sweep
    assert isinstance(again, SweepWindow)
    assert again.is_at_work
    assert record is not None
    assert again.record is not None
    assert (again.record.id, again.height()) == (record.id, 580)
    assert again.form.factor.currentText() == "recipe.learning_rate"
    again.stop_button.click()
    qtbot.waitUntil(lambda: not again.is_at_work, timeout=LONG)


def test_to_close_a_sweep_at_work_ends_it_and_says_so(iris: MainWindow, qtbot: QtBot) -> None:
    sweep = long_sweep(iris)
    qtbot.waitUntil(lambda: bool(sweep.sweeping.under_way), timeout=LONG)
    QTest.keyClick(sweep, Qt.Key.Key_Escape)
    sweeping = experiments_of(iris.session).sweeping
    assert not sweeping.is_at_work
    assert "The sweep was stopped; 0 of 6 runs are kept." in iris.session.logbook[-1]
    assert iris.session.view.experiments == ()


def test_all_end_with_the_program(iris: MainWindow, qtbot: QtBot) -> None:
    sweep = long_sweep(iris)
    iris.actions_["find_rate"].trigger()
    iris.actions_["runs"].trigger()
    qtbot.waitUntil(lambda: bool(sweep.sweeping.under_way), timeout=LONG)
    experiments = experiments_of(iris.session)
    iris.close()
    assert not experiments.sweeping.is_at_work
    assert not experiments.rates.is_at_work


def test_runs_come_to_the_list_when_they_end_and_lie_beside_the_live_ones(iris: MainWindow, qtbot: QtBot) -> None:
    session = iris.session
    iris.actions_["runs"].trigger()
    runs = opened(iris, "runs")
    assert isinstance(runs, RunsWindow)
    assert list(runs.records) == []
    for count in (1, 2):
        project = msgspec.structs.replace(session.project, recipe={"epochs": 1 + count})
        session.commit("Short", project=project)
        iris.running.train_or_stop()
        qtbot.waitUntil(lambda: not session.bridge.is_active, timeout=LONG)
        QCoreApplication.processEvents()
        assert len(runs.records) == count
    iris.show_page("train")
    loss = next(panel for panel in iris.desk.findChildren(CurvePanel) if panel.what == "loss")
    assert laid_beside(session) == []
    runs.beside.click()
    assert len({curve.run for curve in laid_beside(session)}) == 1  # the present one is there anyhow
    (older, *_) = [curve for curve in laid_beside(session) if curve.what == "loss" and not curve.validation]
    assert older.y.tolist() == [row[2] for row in runs.records[1].step_curve]
    assert QColor(older.colour) == loss._others.colours[older.run]
    iris.actions_["train"].trigger()
    assert len({curve.run for curve in laid_beside(session)}) == 2
    qtbot.waitUntil(lambda: not session.bridge.is_active, timeout=LONG)
    runs.tick(0, on=False)
    runs.tick(1, on=False)
    assert {curve.run for curve in laid_beside(session)} == {runs.records[2].label}
    menu = loss.findChild(QMenu, "plot_tools_menu")
    assert menu is not None
    menu.aboutToShow.emit()
    actions = {action.objectName(): action for action in menu.actions()}
    actions["plot_alone"].trigger()
    assert laid_beside(session) == []
    assert not runs.beside.isChecked()
    actions["plot_runs"].trigger()
    assert opened(iris, "runs") is runs

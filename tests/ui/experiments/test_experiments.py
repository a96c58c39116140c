"""The learning-rate finder, sweeps and runs side by side, as people use them."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from nnstudio.core.edits import set_param
from nnstudio.exports import runs, sweeps
from nnstudio.project.examples import EXAMPLES
from nnstudio.training.history import RunRecord
from nnstudio.training.recipe import recipe_of
from nnstudio.training.sweep import table
from nnstudio.ui.dialogs import messages
from nnstudio.ui.experiments.beside import line_name
from nnstudio.ui.experiments.differences import DifferencesTable
from nnstudio.ui.experiments.rate_finder import RateFinder
from nnstudio.ui.experiments.runs import RunsWindow
from nnstudio.ui.experiments.sweep import SweepWindow
from nnstudio.ui.session import Session

LONG = 60_000


@pytest.fixture
def iris(qtbot: QtBot) -> Iterator[Session]:
    made = Session(EXAMPLES["iris"]())
    yield made
    made.bridge.shutdown()
    made.deleteLater()


def test_finder_advises_a_rate_and_sets_it(iris: Session, qtbot: QtBot) -> None:
    dialog = RateFinder(iris)
    qtbot.addWidget(dialog)
    use = dialog.findChild(QPushButton, "rate_use")
    assert isinstance(use, QPushButton)
    assert not use.isEnabled()
    before = iris.project
    qtbot.waitUntil(use.isEnabled, timeout=LONG)
    assert iris.project is before
    assert dialog.search.rate is not None
    assert 0.003 < dialog.search.rate < 0.3
    rate = dialog.search.rate
    use.click()
    assert iris.project.recipe["learning_rate"] == rate
    iris.undo()
    assert iris.project == before


def test_finder_says_why_it_cannot(iris: Session, qtbot: QtBot) -> None:
    iris.commit("Other data", project=msgspec.structs.replace(iris.project, data={"name": "moons"}))
    dialog = RateFinder(iris)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: "2 numbers" in dialog._verdict.text(), timeout=LONG)
    assert dialog._plot._empty.text() == "No rate could be tried."
    assert dialog._verdict.property("wrong")


def fill(dialog: SweepWindow, *, values: str = "0.001, 0.01", seeds: int = 2, epochs: int = 2) -> None:
    dialog.form.factor.setEditText("recipe.learning_rate")
    dialog.form.factor_values.setText(values)
    dialog.form.seeds.setValue(seeds)
    dialog.form.epochs.setValue(epochs)


def test_sweep_shows_bands_and_is_kept(iris: Session, qtbot: QtBot) -> None:
    dialog = SweepWindow(iris)
    qtbot.addWidget(dialog)
    dialog.show()
    fill(dialog)
    dialog.form.variant.setEditText("dense_1.out_features")
    dialog.form.variant_values.setText("2, 16")
    dialog.start()
    qtbot.waitUntil(lambda: dialog.record is not None and dialog.record.is_done, timeout=LONG)
    record = dialog.record
    assert record is not None
    results = dialog.results
    assert [_text(results.table, row, 3) for row in range(results.table.rowCount())] == ["done"] * 8
    results.measure.setCurrentIndex(results.measure.findData("train_loss"))
    rows = list(csv.DictReader(io.StringIO(table(record.plan, record.outcomes))))
    for line, width in zip(results.plot.lines, ("2", "16"), strict=True):
        assert line.name == f"dense_1.out_features = {width}"
        for number, rate in enumerate(("0.001", "0.01")):
            found = [
                float(row["train_loss"])
                for row in rows
                if (row["recipe.learning_rate"], row["dense_1.out_features"]) == (rate, width)
            ]
            assert line.y[number] == pytest.approx(sum(found) / 2)
            assert (line.low[number], line.high[number]) == (min(found), max(found))
    again = SweepWindow(iris)
    qtbot.addWidget(again)
    assert again.record == record


def test_sweep_stops_and_goes_on(iris: Session, qtbot: QtBot) -> None:
    dialog = SweepWindow(iris)
    qtbot.addWidget(dialog)
    dialog.show()
    fill(dialog, seeds=5, epochs=20)
    assert dialog.results.plot._empty.text() == "Press Start to see how the runs go."
    dialog.start()
    assert dialog.results.plot._empty.text() == "The first run is on its way."
    qtbot.waitUntil(lambda: dialog.record is not None and len(dialog.record.outcomes) >= 1, timeout=LONG)
    dialog.stop_button.click()
    qtbot.waitUntil(lambda: not dialog.is_at_work, timeout=LONG)
    assert dialog.record is not None
    done = dialog.record.outcomes
    assert 1 <= len(done) < 10
    assert dialog.go_on_button.isEnabled()
    dialog.go_on_button.click()
    qtbot.waitUntil(lambda: dialog.record is not None and dialog.record.is_done, timeout=LONG)
    assert all(outcome in dialog.record.outcomes for outcome in done)
    assert [outcome.trial for outcome in dialog.record.outcomes] == list(dialog.record.plan.trials)
    one = sweeps.begin(iris.project, msgspec.structs.replace(dialog.record.plan, seeds=(4,)))
    alone = [event for event in sweeps.work(one, None, lambda: False) if isinstance(event, sweeps.SweepRecord)][-1]
    assert [outcome.curves for outcome in alone.outcomes] == [
        outcome.curves for outcome in dialog.record.outcomes if outcome.trial.seed == 4
    ]


def test_a_sweep_goes_with_a_drawing_that_is_saved_meanwhile(iris: Session, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = SweepWindow(iris)
    qtbot.addWidget(dialog)
    fill(dialog, seeds=3, epochs=20)
    dialog.start()
    qtbot.waitUntil(lambda: dialog.record is not None and len(dialog.record.outcomes) >= 1, timeout=LONG)
    assert dialog.is_at_work
    iris.save(tmp_path / "first.nns")
    qtbot.waitUntil(lambda: not dialog.is_at_work, timeout=LONG)
    assert dialog.record is not None
    assert dialog.record.is_done
    assert sweeps.latest(runs.folder_of(iris.project, iris.path) / "sweeps") == dialog.record


def test_a_sweep_ends_with_its_document(iris: Session, qtbot: QtBot) -> None:
    dialog = SweepWindow(iris)
    qtbot.addWidget(dialog)
    fill(dialog, seeds=3, epochs=200)
    dialog.start()
    qtbot.waitUntil(lambda: dialog.record is not None and bool(dialog.sweeping.under_way), timeout=LONG)
    iris.begin(EXAMPLES["moons"](), None)
    assert not dialog.is_at_work


@pytest.mark.parametrize(
    ("place", "values", "fault"),
    [
        ("", "1", "Choose first what is varied."),
        ("recipe.speed", "1", "There is no setting called 'recipe.speed'"),
        ("nowhere.units", "1", "There is no layer called 'nowhere'"),
        ("dense_1.units", "1", "dense_1 has no setting called 'units'"),
        ("dense_1.out_features", "", "at least one value"),
        ("dense_1.out_features", "-3", "Units: expected a whole number from 1 to 1,000,000, got -3"),
        ("recipe.loss", "square", "Loss: expected one of “cross-entropy”, “"),
        ("dense_1.out_features", "many", "expected a number"),
    ],
)
def test_a_wrong_plan_is_told(iris: Session, qtbot: QtBot, place: str, values: str, fault: str) -> None:
    dialog = SweepWindow(iris)
    qtbot.addWidget(dialog)
    dialog.form.factor.setEditText(place)
    dialog.form.factor_values.setText(values)
    dialog.start()
    assert fault in dialog.fault
    assert not dialog.is_at_work


def test_where_no_run_is_kept_there_is_nothing_to_choose(iris: Session, qtbot: QtBot) -> None:
    dialog = RunsWindow(iris, None)
    qtbot.addWidget(dialog)
    assert dialog.measure.isHidden()
    assert dialog.beside.isHidden()
    assert dialog.plot._empty.text() == "Runs come here as they end."


def test_runs_are_kept_and_compared(iris: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def train(epochs: int, units: int) -> None:
        dense = iris.graph.by_name["dense_1"].id
        project = msgspec.structs.replace(iris.project, recipe={**iris.project.recipe, "epochs": epochs})
        iris.commit("Change", project=project)
        iris.commit("Units", set_param(iris.graph, dense, "out_features", units))
        iris.bridge.start()
        qtbot.waitUntil(lambda: not iris.bridge.is_active, timeout=LONG)

    train(2, 16)
    train(3, 8)
    folder = runs.folder_of(iris.project, None)
    dialog = RunsWindow(iris, None)
    qtbot.addWidget(dialog)
    assert [len(record.epochs) for record in dialog.records] == [3, 2]
    dialog.show()
    for width in (1200, 500):  # names are read in a narrow window, too: the table scrolls
        dialog.resize(width, 600)
        assert dialog.table.columnWidth(0) >= dialog.table.sizeHintForColumn(0)
    assert [len(line.x) for line in dialog.plot.lines] == [3, 2]
    assert dialog.plot.lines[0].y == tuple(dialog.records[0].curves["validation_loss"])
    told = dialog.differences
    cells = [[_text(told, row, column) for column in range(3)] for row in range(told.rowCount())]
    assert cells == [
        ["Recipe", "", ""],
        ["Epochs", "3", "2"],
        ["Drawing", "", ""],
        ["dense_1", "out_features 8", "out_features 16"],
    ]
    item = dialog.table.item(0, 0)
    assert item is not None
    item.setText("narrow")
    assert runs.runs(folder)[0].name == "narrow"
    dialog.tick(1, on=False)
    assert len(dialog.plot.lines) == 1
    dialog.table.selectRow(1)
    monkeypatch.setattr(messages, "ask_delete", lambda *_: True)
    dialog.delete_selected()
    assert [record.name for record in runs.runs(folder)] == ["narrow"]


def test_a_run_is_saved_under_what_a_file_can_be_called(
    iris: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    record = RunRecord(
        id="20260101-000000-000",
        began=1.0,
        title="Iris",
        fingerprint="",
        recipe={},
        data={},
        project={},
        name="a/b: run",
    )
    dialog = RunsWindow(iris, None)
    qtbot.addWidget(dialog)
    asked: list[Path] = []

    def ask(_parent: object, _title: str, suggested: Path, _kind: str) -> Path:
        asked.append(suggested)
        return tmp_path / "run.csv"

    monkeypatch.setattr("nnstudio.ui.experiments.runs.ask_new", ask)
    monkeypatch.setattr(RunsWindow, "_to_save", lambda _self: (record,))
    dialog._save("csv")
    assert asked[0].name == "a-b-run-20260101-000000-000.csv"
    assert (tmp_path / "run.csv").is_file()


def test_differences_scroll_sideways_only_where_they_must(qtbot: QtBot) -> None:
    project = EXAMPLES["iris"]()
    records = []
    for number in range(2):
        changed = msgspec.structs.replace(project, recipe={**project.recipe, "epochs": 2 + number})
        record = runs.begin(changed, recipe_of(changed.recipe))
        name = f"a run whose name is rather long {number}"
        records.append(msgspec.structs.replace(record, id=str(number), name=name))
    table = DifferencesTable()
    qtbot.addWidget(table)
    table.show_runs(records)
    table.show()
    for width, scrolls in ((900, False), (420, False), (300, False), (160, True), (420, False)):
        table.resize(width, 200)
        QApplication.processEvents()  # a table looks at its columns once all of them have changed
        assert (table.horizontalScrollBar().maximum() > 0) is scrolls
    assert table.columnWidth(0) >= table.sizeHintForIndex(table.model().index(1, 0)).width()


def _text(table: QTableWidget, row: int, column: int) -> str:
    item = table.item(row, column)
    return "" if item is None else item.text()


def test_a_failed_write_is_logged(iris: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(runs, "folder_of", lambda _project, _path: tmp_path / "file")
    project = msgspec.structs.replace(iris.project, recipe={"epochs": 1})
    iris.commit("Short", project=project)
    iris.bridge.start()
    qtbot.waitUntil(lambda: not iris.bridge.is_active, timeout=LONG)
    assert any("cannot be made" in line for line in iris.logbook)


def test_labels_of_runs_of_one_name_have_a_time() -> None:
    now = time.mktime((2026, 1, 2, 3, 4, 5, 0, 0, -1))
    one, other = (
        RunRecord(id=str(n), began=now, title="Iris", fingerprint="", recipe={}, data={}, project={}) for n in range(2)
    )
    named = msgspec.structs.replace(one, name="First")
    assert line_name(one, (one, other)) == "Iris 03:04:05 (2)"
    later = msgspec.structs.replace(other, began=now + 1)
    assert line_name(one, (later, one)) == "Iris 03:04:05"
    assert line_name(named, (named, other)) == "First"

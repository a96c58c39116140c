"""The session: commits, undo, selection, files, log."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from nnstudio.core import edits
from nnstudio.core.words import set_language
from nnstudio.exports import runs, sweeps
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.training.recipe import Recipe
from nnstudio.training.sweep import Factor, SweepPlan
from nnstudio.ui.session import LOG_LINES, Session


def node(session: Session, name: str) -> str:
    return session.graph.by_name[name].id


def dirty(session: Session) -> bool:
    return session.dirty


def test_a_commit_is_told_with_the_analysis_ready(session: Session) -> None:
    told: list[tuple[int, int]] = []

    def listen(_old: object, _new: object) -> None:
        told.append((len(session.graph.nodes), session.analysis.num_parameters))

    session.changed.connect(listen)
    before = session.analysis.num_parameters
    session.commit("Set", edits.set_param(session.graph, node(session, "dense_1"), "out_features", 20))
    assert told == [(6, before + 10 * 144 + 10)]


def test_undo_and_redo_bring_the_very_same_document(session: Session) -> None:
    first = session.project
    session.commit("Remove", edits.remove_nodes(session.graph, [node(session, "relu_1")]))
    second = session.project
    assert session.undo_label == "Remove"
    session.undo()
    assert session.project is first
    assert session.redo_label == "Remove"
    session.redo()
    assert session.project is second


def test_steps_with_one_key_are_undone_as_one(session: Session) -> None:
    first = session.project
    for width in (1, 12, 120):
        graph = edits.set_param(session.graph, node(session, "dense_1"), "out_features", width)
        session.commit("Set", graph, merge="width")
    session.undo()
    assert session.project is first


def test_removed_nodes_leave_the_selection(qtbot: QtBot, session: Session) -> None:
    session.select([node(session, "relu_1"), node(session, "conv_1"), "no such node"])
    assert session.selection == {node(session, "relu_1"), node(session, "conv_1")}
    conv = node(session, "conv_1")
    with qtbot.waitSignal(session.selection_changed):
        session.commit("Remove", edits.remove_nodes(session.graph, [node(session, "relu_1")]))
    assert session.selection == {conv}


def test_selecting_the_same_again_tells_nobody(qtbot: QtBot, session: Session) -> None:
    session.select([node(session, "relu_1")])
    with qtbot.assertNotEmitted(session.selection_changed):
        session.select([node(session, "relu_1")])


def test_dirty_is_a_difference_from_the_file(session: Session, tmp_path: Path) -> None:
    assert not dirty(session)
    session.commit("Name", project=msgspec.structs.replace(session.project, name="Other"))
    assert dirty(session)
    session.undo()
    assert not dirty(session)
    session.redo()
    session.save(tmp_path / "a.nns")
    assert not dirty(session)
    session.undo()
    assert dirty(session)


def test_what_is_saved_is_opened_again(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "small.nns"
    session.save(path)
    kept = session.project
    session.new()
    assert session.graph.nodes == ()
    assert session.path is None
    session.open(path)
    assert session.project == kept
    assert [session.path, dirty(session), session.undo_label] == [path, False, None]


def test_a_damaged_file_leaves_everything_as_it_was(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "bad.nns"
    path.write_text("{")
    before = session.project
    with pytest.raises(FileError):
        session.open(path)
    assert session.project is before
    assert session.path is None


def test_runs_of_a_drawing_without_a_file_go_with_it_to_its_first(session: Session, tmp_path: Path) -> None:
    project = session.project
    nameless, path = runs.folder_of(project, None), tmp_path / "first.nns"
    ours, others = (msgspec.structs.replace(runs.begin(project, Recipe()), id=id_) for id_ in ("2", "1"))
    runs.keep(nameless, ours)
    runs.keep(nameless, msgspec.structs.replace(others, began=ours.began - 3600))
    session.save(path)
    assert [run.id for run in runs.runs(runs.folder_of(project, path))] == ["2"]
    assert [run.id for run in runs.runs(nameless)] == ["1"], "a drawing of the same name that was open before"
    second = tmp_path / "second.nns"
    for _ in range(2):
        session.save(second)
        for place in (path, second):
            assert [run.id for run in runs.runs(runs.folder_of(project, place))] == ["2"], "a copy knows them, too"


def test_runs_and_sweeps_of_a_drawing_without_a_file_go_with_its_name(session: Session, tmp_path: Path) -> None:
    project = session.project
    ours = runs.begin(project, Recipe())
    runs.keep(runs.folder_of(project, None), ours)
    plan = SweepPlan(factor=Factor("recipe.learning_rate", (0.1, 0.2)), seeds=(0,))
    sweep = sweeps.begin(project, plan)
    sweeps.write(runs.folder_of(project, None) / "sweeps" / f"{sweep.id}.json", sweep)

    def known(project: Project, path: Path | None = None) -> list[object]:
        folder = runs.folder_of(project, path)
        return [*runs.runs(folder), *filter(None, (sweeps.latest(folder / "sweeps"),))]

    other = msgspec.structs.replace(project, name="Another name")
    session.commit("Rename", project=other)
    assert [known(project), known(other)] == [[], [ours, sweep]]
    session.undo()
    assert [known(project), known(other)] == [[ours, sweep], []]
    session.redo()
    late = msgspec.structs.replace(ours, id="9")
    runs.keep(runs.folder_of(project, None), late)  # of a run that went on while the drawing was renamed
    session.gather_runs()
    assert [known(project), known(other)] == [[], [late, ours, sweep]]
    late = msgspec.structs.replace(ours, id="99")
    runs.keep(runs.folder_of(project, None), late)
    path = tmp_path / "first.nns"
    session.save(path)
    assert [record.id for record in runs.runs(runs.folder_of(other, path))] == ["99", "9", ours.id]
    assert known(project) == known(other) == []
    session.save(tmp_path / "second.nns")
    assert known(other, tmp_path / "second.nns") == known(other, path)


def test_what_a_crash_left_is_unsaved(session: Session, project: Project, tmp_path: Path) -> None:
    session.begin(project, tmp_path / "old.nns", saved=False)
    assert dirty(session)


def test_the_file_signal_comes_when_dirty_changes_only(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.file_changed):
        session.commit("Name", project=msgspec.structs.replace(session.project, name="Other"))
    with qtbot.assertNotEmitted(session.file_changed):
        session.commit("Name", project=msgspec.structs.replace(session.project, name="Another"))


def test_problems_are_said_again_in_another_language(session: Session) -> None:
    session.commit("Remove", edits.remove_nodes(session.graph, [node(session, "conv_1")]))
    english = session.analysis.problems[0].message
    set_language("zh_CN")
    session.reword()
    assert session.analysis.problems[0].message != english


def test_the_log_keeps_its_end(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.logged) as caught:
        session.log("first")
    assert str((caught.args or [""])[0]).endswith("first")
    for number in range(LOG_LINES):
        session.log(str(number))
    assert len(session.logbook) == LOG_LINES
    assert session.logbook[-1].endswith(str(LOG_LINES - 1))

"""The canvas benchmark on a tiny drawing: that everything is measured, not how long it takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from benchmarks import canvas, stage
from benchmarks.bare import Bare
from benchmarks.ours import Ours
from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.lint import with_lint

SIZE = 18


def test_the_network_is_whole() -> None:
    project = stage.draw(50)
    assert len(project.graph.nodes) == 50
    assert not with_lint(analyse(project.graph, {})).problems
    middle = project.graph.nodes[stage.middle(50)]
    assert middle.kind == "Add"
    assert len(project.graph.into[middle.id]) == 2


def test_ours_and_the_plain_scene_do_the_same(qtbot: QtBot, tmp_path: Path) -> None:
    project = stage.draw(SIZE)
    ours, bare = canvas.make_ours(project, tmp_path), canvas.make_bare(project)
    assert isinstance(ours, Ours)
    assert isinstance(bare, Bare)
    for subject in (ours, bare):
        qtbot.addWidget(subject.view)
        assert stage.open_file(subject) > 0.0
        assert subject.view.viewport().width() > stage.WIDTH - 40
        for figure, (take, _) in stage.FIGURES.items():
            if take is not stage.worst_zoom:
                assert take(subject) > 0.0, figure
        assert stage.worst_zoom(subject, high=1.0, low=0.25, rungs=4) > 0.0
    assert ours.place() == bare.place()
    ours.session.bridge.shutdown()


def test_every_promise_is_measured() -> None:
    assert canvas.GOALS.keys() == {*stage.FIGURES, "memory"}


def test_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    def child(job: str, size: int, whom: str = "") -> dict[str, dict[str, float]]:
        if job == "memory":
            return {whom: {"memory": 10.0 if whom == "ours" else 5.0}}
        figures = dict.fromkeys(stage.FIGURES, float(size))
        if job == "peer":
            return {whom: {figure: 10.0 * ms for figure, ms in figures.items() if "undo" not in figure}}
        return {"ours": figures, "bare": {figure: 2.0 * ms for figure, ms in figures.items()}}

    monkeypatch.setattr(canvas, "_child", child)
    monkeypatch.setattr(canvas, "PEERS", ("pyqtgraph", "no_such_editor"))
    rows = list(canvas.rows((10, 15)))
    by_figure = {row.figure: row for row in rows}
    assert by_figure["10 cards, select all (10 : 20 ms)"].goal == ""
    assert by_figure["15 cards, select all (15 : 30 ms)"].holds
    assert not by_figure["15 cards, repaint, all in view (15 : 30 ms)"].holds
    assert by_figure["15 cards, memory (10 : 5 MB)"].value == 2.0
    assert by_figure["drag one card, 15 cards / 10 cards"].value == 1.5
    assert by_figure["15 cards, select all, beside pyqtgraph (150 ms)"].value == pytest.approx(0.1)
    assert not [figure for figure in by_figure if "undo" in figure and "beside" in figure]
    assert by_figure["no_such_editor is not installed here and was left out"].goal == ""

"""The dock's tabs, the code, the log and the Train page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.compiler.plan import make_plan
from nnstudio.compiler.source import write_source
from nnstudio.core import edits
from nnstudio.core.words import LANGUAGES, set_language
from nnstudio.data.catalog import entries
from nnstudio.training.ready import ready
from nnstudio.training.recipe import Recipe
from nnstudio.ui import lazy, theme
from nnstudio.ui.controls import unbroken
from nnstudio.ui.monitor.code import CodeView
from nnstudio.ui.monitor.dock import MonitorDock
from nnstudio.ui.monitor.empty import EmptyNote
from nnstudio.ui.monitor.log import LogView
from nnstudio.ui.monitor.train_page import RecipePanel, TrainPage
from nnstudio.ui.session import Session
from tests.ui.monitor.conftest import Show, WrittenRun


def _source(session: Session) -> str:
    return write_source(make_plan(session.graph, session.blocks), session.project.name)


def test_the_code_is_the_compilers(session: Session, show: Show, qtbot: QtBot) -> None:
    view = show(CodeView(session), 600, 300)
    assert isinstance(view, CodeView)
    assert view.source == _source(session)
    id_ = session.graph.by_name["conv"].id
    session.commit("channels", edits.set_param(session.graph, id_, "out_channels", 7))
    qtbot.waitUntil(lambda: "nn.Conv2d(1, 7" in view.source)
    assert view.source == _source(session)


def test_hidden_code_is_not_written(session: Session, show: Show, qtbot: QtBot) -> None:
    view = show(CodeView(session), 600, 300)
    assert isinstance(view, CodeView)
    view.hide()
    before = view.source
    id_ = session.graph.by_name["conv"].id
    session.commit("channels", edits.set_param(session.graph, id_, "out_channels", 7))
    assert not view._rest.isActive()
    assert view.source == before
    view.show()
    assert view.source == _source(session)


def test_problems_stand_where_code_cannot(session: Session, show: Show, qtbot: QtBot) -> None:
    view = show(CodeView(session), 600, 300)
    assert isinstance(view, CodeView)
    flat = session.graph.by_name["flat"]
    session.commit("unwire", edits.disconnect(session.graph, session.graph.into[flat.id]))
    qtbot.waitUntil(lambda: not view.source)
    assert view._problems.text().startswith("flat: ")
    assert not view._copy.isEnabled()
    session.undo()
    qtbot.waitUntil(lambda: view.source == _source(session))
    assert view._copy.isEnabled()


def test_an_empty_drawing_is_told_where_its_code_will_be(empty_session: Session, show: Show) -> None:
    view = show(CodeView(empty_session), 600, 300)
    assert isinstance(view, CodeView)
    assert [note.text() for note in view.findChildren(EmptyNote) if note.isVisible()] == [
        "The code of what you draw appears here."
    ]
    assert view.source == ""
    assert not view._copy.isEnabled()


def test_the_code_can_be_copied_and_saved(
    session: Session, show: Show, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    view = show(CodeView(session), 600, 300)
    assert isinstance(view, CodeView)
    view._copy.click()
    assert QGuiApplication.clipboard().text() == _source(session)
    asked: list[str] = []

    def choose(_parent: QWidget, _title: str, suggested: Path, _kind: str) -> Path:
        asked.append(str(suggested))
        return tmp_path / "net.py"

    monkeypatch.setattr("nnstudio.ui.dialogs.paths.ask_new", choose)
    view._save.click()
    assert asked == [str(tmp_path / "small.py")]
    assert (tmp_path / "net.py").read_text("utf-8") == _source(session)
    view.write(tmp_path / "missing" / "net.py")
    assert "cannot be saved" in view._caption.text()
    assert session.logbook[-1].endswith(view._caption.text())


def test_the_log_shows_old_and_new_lines_as_plain_text(session: Session, show: Show) -> None:
    session.log("one")
    view = show(LogView(session), 400, 200)
    assert isinstance(view, LogView)
    session.log("<b>two</b> <img src='x'>")
    lines = view.text.splitlines()
    assert lines[0].endswith("  one")
    assert lines[1].endswith("  <b>two</b> <img src='x'>")


def test_at_the_start_the_open_tab_waits_for_the_first_painting(
    session: Session, show: Show, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def never() -> bool:
        return False

    monkeypatch.setattr(lazy, "is_pyqtgraph_ready", never)
    session.view.tab = "log"
    dock = MonitorDock(session)
    assert list(dock._built) == []
    show(dock, 1000, 300)
    qtbot.waitUntil(lambda: list(dock._built) == ["log"])


def test_tabs_are_built_when_they_are_opened(session: Session, show: Show) -> None:
    lazy.pyqtgraph()
    dock = show(MonitorDock(session), 1000, 300)
    assert isinstance(dock, MonitorDock)
    assert list(dock._built) == ["progress"]
    for key in dock.keys:
        dock.open_tab(key)
        assert session.view.tab == key
        assert not dock.grab().isNull()
    assert list(dock._built) == list(dock.keys)
    again = MonitorDock(session)
    assert list(again._built) == [dock.keys[-1]]
    again.deleteLater()


def test_the_dock_comes_up_without_numpy_pyqtgraph_and_torch() -> None:
    program = """
import sys
from PySide6.QtWidgets import QApplication
app = QApplication([])
from nnstudio.project.document import Project
from nnstudio.ui.session import Session
from nnstudio.ui.monitor.dock import MonitorDock
from nnstudio.ui.monitor.empty import EmptyNote
session = Session(Project())
dock = MonitorDock(session)
dock.resize(900, 300)
dock.show()
for _ in range(5):
    app.processEvents()
assert list(dock._built) == ["progress"]
heavy = [name for name in ("numpy", "pyqtgraph", "torch", "ziamath") if name in sys.modules]
assert not heavy, heavy
dock.open_tab("code")
from nnstudio.ui.monitor.train_page import TrainPage
page = TrainPage(session)
page.show()
app.processEvents()
heavy = [name for name in ("numpy", "pyqtgraph", "torch", "ziamath") if name in sys.modules]
assert not heavy, heavy
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("colours", list(theme.THEMES))
def test_everything_can_be_built_in_every_language_and_theme(
    session: Session, written: WrittenRun, show: Show, language: str, colours: str
) -> None:
    set_language(language)
    theme.set_theme(colours)
    try:
        dock = show(MonitorDock(session), 1280, 260)
        assert isinstance(dock, MonitorDock)
        for key in dock.keys:
            dock.open_tab(key)
            assert not dock.grab().isNull()
        page = show(TrainPage(session), 1280, 640)
        assert page.minimumSizeHint().width() <= 1280
        assert not page.grab().isNull()
    finally:
        theme.set_theme("light")


def test_an_edit_of_the_recipe_is_one_undoable_step(session: Session, show: Show) -> None:
    panel = show(RecipePanel(session), 300, 700)
    assert isinstance(panel, RecipePanel)
    before = session.project
    field = panel.recipe.field("epochs")
    for count in (3, 4, 5):
        field.edited.emit(count)
    assert session.project.recipe["epochs"] == 5
    assert session.undo_label == "Set Epochs"
    session.undo()
    assert session.project == before


def test_a_setting_at_its_default_is_not_kept(session: Session, show: Show) -> None:
    panel = show(RecipePanel(session), 300, 700)
    assert isinstance(panel, RecipePanel)
    panel.recipe.field("epochs").edited.emit(Recipe().epochs)
    assert "epochs" not in session.project.recipe
    panel.data.field("name").edited.emit("iris")
    assert session.project.data["name"] == "iris"
    panel.data.field("name").edited.emit("digits32")
    assert "name" not in session.project.data


def test_data_that_do_not_fit_are_told_and_mended(session: Session, show: Show) -> None:
    panel = show(RecipePanel(session), 300, 800)
    assert isinstance(panel, RecipePanel)
    assert panel._misfits.isHidden()
    panel.data.field("name").edited.emit("digits32")
    texts = [text.text() for text in panel._misfits.findChildren(QLabel)]
    assert texts == [
        unbroken(problem.message) for problem in ready(session.graph, session.analysis, entries()["digits32"], Recipe())
    ]
    assert len(texts) == 1
    fix = panel._misfits.findChild(QToolButton, "misfit_fix")
    assert fix is not None
    fix.click()
    assert session.graph.by_name["image"].params["shape"] == (1, 32, 32)
    assert panel._misfits.isHidden()
    session.undo()
    assert not panel._misfits.isHidden()


def test_an_unknown_data_set_in_a_file_is_marked(session: Session, show: Show) -> None:
    session.commit("bad", project=msgspec.structs.replace(session.project, data={"name": "nothing"}))
    panel = show(RecipePanel(session), 300, 800)
    assert isinstance(panel, RecipePanel)
    assert panel.data.field("name").editor.property("wrong") is True
    assert panel._summary.isHidden()


def test_the_page_says_that_changes_come_later_while_a_run_lasts(
    session: Session, written: WrittenRun, show: Show, qtbot: QtBot
) -> None:
    panel = show(RecipePanel(session), 300, 800)
    assert isinstance(panel, RecipePanel)
    assert panel._later.isVisible()
    session.bridge.stop()
    qtbot.waitUntil(lambda: not session.bridge.is_active)
    assert panel._later.isHidden()


def test_no_button_is_without_a_name(session: Session, show: Show) -> None:
    page = show(TrainPage(session), 1280, 700)
    dock = show(MonitorDock(session), 1280, 260)
    assert isinstance(dock, MonitorDock)
    for key in dock.keys:
        dock.open_tab(key)
    for widget in (page, dock):
        buttons = widget.findChildren(QPushButton)
        assert buttons
        assert all(button.accessibleName() and button.objectName() for button in buttons)

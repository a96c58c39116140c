"""The outline says what the canvas shows, follows it by small steps, and can do with keys what a hand does there."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from nnstudio.core import edits
from nnstudio.core.graph import Edge, Graph, Node
from nnstudio.project.document import Project
from nnstudio.ui.outline.model import OutlineModel
from nnstudio.ui.outline.panel import OutlineView
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import send_deletions
from tests.ui.test_problems import wrong_project

SPOKEN = Qt.ItemDataRole.AccessibleTextRole


@pytest.fixture
def view(qtbot: QtBot, session: Session) -> Iterator[OutlineView]:
    made = OutlineView(session)
    made.resize(900, 300)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    made.deleteLater()
    send_deletions()


def names(model: QAbstractItemModel, around: QModelIndex | None = None) -> list[str]:
    around = around or QModelIndex()
    return [str(model.index(row, 0, around).data()) for row in range(model.rowCount(around))]


def drawn(session: Session) -> list[str]:
    return [node.name for node in session.project.graph.nodes]


def picked(view: OutlineView) -> list[str]:
    return [str(index.data()) for index in view.tree.selectionModel().selectedRows()]


def test_each_row_is_a_sentence(session: Session) -> None:
    model = OutlineModel(session, session)
    assert names(model) == drawn(session)
    conv = model.index(1, 0)
    assert conv.data(SPOKEN) == "conv_1, Conv2d, 1×8×8 to 4×6×6, 40 parameters, fed by image, feeds relu_1"
    cells = [str(conv.siblingAtColumn(column).data()) for column in range(model.columnCount())]
    assert cells == ["conv_1", "Conv2d", "4×6×6", "40", "image", "relu_1"]


def test_a_screen_reader_finds_tree_and_rows(view: OutlineView) -> None:
    spoken = QAccessible.queryAccessibleInterface(view.tree)
    assert spoken.text(QAccessible.Text.Name) == "Outline"
    assert spoken.role() == QAccessible.Role.Tree
    cells = [spoken.child(number) for number in range(spoken.childCount())]
    said = [cell.text(QAccessible.Text.Name) for cell in cells if cell is not None]
    assert any(text.startswith("conv_1, Conv2d, 1×8×8 to 4×6×6") for text in said)


def test_the_canvas_tells_where_the_keys_are(qtbot: QtBot, window: MainWindow) -> None:
    canvas = window.design.canvas
    window.activateWindow()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    spoken = QAccessible.queryAccessibleInterface(canvas)
    assert spoken.text(QAccessible.Text.Name) == "Drawing"
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert spoken.text(QAccessible.Text.Description) == "Input, image, 1 × 8 × 8, 1×8×8, feeds conv_1"
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert spoken.text(QAccessible.Text.Description).endswith("fed by image, feeds relu_1")


def test_selection_goes_both_ways(qtbot: QtBot, view: OutlineView, session: Session) -> None:
    session.select({node.id for node in session.graph.nodes if node.name == "relu_1"})
    qtbot.waitUntil(lambda: picked(view) == ["relu_1"])
    view.tree.setCurrentIndex(view.model.index(1, 0))
    assert [session.graph.by_id[id_].name for id_ in session.selection] == ["conv_1"]


def test_edits_keep_the_other_rows(qtbot: QtBot, session: Session) -> None:
    model = OutlineModel(session, session)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, session)
    held = model.index(3, 0).internalPointer()
    session.commit("Remove", graph=edits.remove_nodes(session.graph, {session.graph.by_name["relu_1"].id}))
    with qtbot.assertNotEmitted(model.modelReset):
        model.refresh()
    assert names(model) == drawn(session)
    assert model.index(2, 0).internalPointer() is held


def test_any_order_is_reached_by_small_steps(session: Session) -> None:
    """Nodes come, go and change places at random; the model never resets and always says what is drawn."""
    model = OutlineModel(session, session)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, session)
    dice = random.Random(7)  # noqa: S311 - no secret
    pool = [Node(id=f"n{number}", kind="ReLU", name=f"relu_{number}") for number in range(12)]
    for _ in range(40):
        nodes = tuple(dice.sample(pool, dice.randint(0, len(pool))))
        session.commit("Shuffle", graph=Graph(nodes=nodes))
        model.refresh()
        assert names(model) == [node.name for node in nodes]


def test_f2_renames_and_del_removes(qtbot: QtBot, view: OutlineView, session: Session) -> None:
    view.tree.setCurrentIndex(view.model.index(1, 0))
    assert view.model.setData(view.tree.currentIndex(), "eyes")
    assert "eyes" in session.graph.by_name
    assert not view.model.setData(view.tree.currentIndex(), "relu_1")
    qtbot.waitUntil(lambda: names(view.model) == drawn(session))
    view.tree.setCurrentIndex(view.model.index(1, 0))
    QTest.keyClick(view.tree, Qt.Key.Key_Delete)
    assert "eyes" not in session.graph.by_name
    assert session.undo_label == "Delete eyes"
    qtbot.waitUntil(lambda: names(view.model) == drawn(session))


def test_five_hundred_layers_change_one_row(session: Session) -> None:
    nodes = tuple(Node(id=f"n{number}", kind="ReLU", name=f"relu_{number}") for number in range(500))
    edges = tuple(Edge(f"n{number}", "output", f"n{number + 1}", "input") for number in range(499))
    session.commit("Long", project=Project(name="Long", graph=Graph(nodes=nodes, edges=edges)))
    model = OutlineModel(session, session)
    changed: list[int] = []
    model.dataChanged.connect(lambda first, last: changed.extend(range(first.row(), last.row() + 1)))
    session.commit("Rename", graph=edits.rename(session.graph, "n250", "middle"))
    model.refresh()
    assert [row for row in changed if 240 < row < 260] == [249, 250, 251]
    assert len(changed) == 3


class TestBlocks:
    @pytest.fixture
    def project(self) -> Project:
        return wrong_project()

    def test_blocks_are_branches_that_stay_open(self, view: OutlineView, session: Session) -> None:
        model = view.model
        block = model.index(2, 0)
        assert str(block.data(SPOKEN)).startswith("stage, Stage, block of 3 layers")
        view.tree.expand(block)
        assert names(model, block) == ["x", "rows", "y"]
        assert "Error: " in str(model.index(1, 0, block).data(SPOKEN))
        session.commit("Remove", graph=edits.remove_nodes(session.graph, {"conv"}))
        view.refresh()
        assert view.tree.isExpanded(model.index(1, 0))
        assert names(model, model.index(1, 0)) == ["x", "rows", "y"]

    def test_enter_goes_into_blocks_and_to_layers(self, view: OutlineView, session: Session) -> None:
        block = view.model.index(2, 0)
        view.tree.setCurrentIndex(block)
        QTest.keyClick(view.tree, Qt.Key.Key_Return)
        assert [level.node for level in session.trail] == ["block"]
        view.tree.expand(block)
        view.tree.setCurrentIndex(view.model.index(1, 0, block))
        QTest.keyClick(view.tree, Qt.Key.Key_Return)
        assert session.selection == {"c"}
        view.tree.setCurrentIndex(view.model.index(0, 0))
        QTest.keyClick(view.tree, Qt.Key.Key_Return)
        assert session.trail == ()
        assert session.selection == {"image"}

    def test_what_is_selected_within_a_block_is_unfolded(
        self, qtbot: QtBot, view: OutlineView, session: Session
    ) -> None:
        session.enter("Stage", "block")
        session.select(("c",))
        qtbot.waitUntil(lambda: picked(view) == ["rows"])
        assert view.tree.isExpanded(view.model.index(2, 0))

    def test_another_definition_shows_at_once(self, view: OutlineView, session: Session) -> None:
        block = view.model.index(2, 0)
        view.tree.expand(block)
        session.enter("Stage", "block")
        session.commit("Rename", graph=edits.rename(session.graph, "c", "eyes"))
        view.refresh()
        assert names(view.model, view.model.index(2, 0)) == ["x", "eyes", "y"]


def test_a_hidden_outline_does_nothing(qtbot: QtBot, view: OutlineView, session: Session) -> None:
    view.hide()
    before = names(view.model)
    session.select(())
    session.commit("Empty it", graph=Graph())
    assert names(view.model) == before
    view.show()
    qtbot.waitUntil(lambda: names(view.model) == [])


def test_the_shortcut_opens_it(window: MainWindow, session: Session) -> None:
    assert window.actions_["outline"].shortcut().toString() == "Ctrl+Shift+U"
    assert "outline" not in window.design.dock._built
    window.actions_["outline"].trigger()
    shown = window.design.dock.view("outline")
    assert isinstance(shown, OutlineView)
    assert names(shown.model) == drawn(session)

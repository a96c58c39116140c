"""The field for tables: mouse, keyboard, size, ready-made tables, and what a screen reader hears."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QSpinBox
from pytestqt.qtbot import QtBot

from nnstudio.core.graph import Value
from nnstudio.layers.kinds.table_conv2d import LENET5
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.project.examples import lenet5_1998
from nnstudio.ui.inspector.grid_field import GridField, GridView
from nnstudio.ui.inspector.panel import Inspector
from nnstudio.ui.session import Session


@pytest.fixture
def project() -> Project:
    """Return LeNet-5 with its table."""
    return lenet5_1998()


@pytest.fixture
def inspector(qtbot: QtBot, session: Session) -> Inspector:
    """Return the form of the layer with the table."""
    session.select([session.graph.by_name["c3"].id])
    made = Inspector(session)
    qtbot.addWidget(made)
    made.resize(292, 900)
    made.show()
    qtbot.waitExposed(made)
    return made


def view_of(inspector: Inspector) -> GridView:
    found = inspector.page.findChild(GridView)
    assert isinstance(found, GridView)
    return found


def table(session: Session, name: str = "c3", key: str = "table") -> Value:
    return session.graph.by_name[name].params.get(key)


def place(view: GridView, row: int, column: int) -> QPoint:
    return view.visualRect(view.model().index(row, column)).center()


def click(view: GridView, row: int, column: int) -> None:
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place(view, row, column))


def test_a_click_turns_a_cell_over(inspector: Inspector, session: Session) -> None:
    before = session.project
    view = view_of(inspector)
    click(view, 0, 5)
    assert table(session) == ("XXX..X", *LENET5[1:])
    assert session.undo_label == "Set Table of c3"
    click(view, 0, 5)
    assert table(session) is None  # the default again, which is not written down
    session.undo()
    session.undo()
    assert session.project is before


def test_the_cells_follow_the_document(inspector: Inspector, session: Session) -> None:
    view = view_of(inspector)
    index = view.model().index(0, 5)
    click(view, 0, 5)
    assert index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    session.undo()
    assert index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked


def test_dragging_paints_in_one_step(inspector: Inspector, session: Session) -> None:
    before = session.project
    view, port = view_of(inspector), view_of(inspector).viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=place(view, 0, 3))
    for row in (1, 2, 3, 4):
        QTest.mouseMove(port, place(view, row, 3))
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=place(view, 4, 3))
    rows = table(session)
    assert isinstance(rows, tuple)
    assert [str(row)[3] for row in rows[:5]] == ["X"] * 5
    session.undo()
    assert session.project is before
    QTest.mouseMove(port, place(view, 7, 5))
    assert session.project is before


def test_arrows_move_and_space_turns_over(inspector: Inspector, session: Session) -> None:
    view = view_of(inspector)
    view.setFocus()
    view.setCurrentIndex(view.model().index(0, 2))
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert table(session) == ("XXXX..", *LENET5[1:])
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert table(session) == ("XXXX..", ".XX...", *LENET5[2:])
    session.undo()
    assert table(session) == ("XXXX..", *LENET5[1:])


def test_the_last_tick_of_a_row_is_kept(inspector: Inspector, session: Session) -> None:
    view = view_of(inspector)
    for column in (0, 1):
        click(view, 0, column)
    kept = session.project
    click(view, 0, 2)
    assert session.project is kept
    field = inspector.page.findChild(GridField)
    assert isinstance(field, GridField)
    assert field.fault.startswith("Table: expected an X in every row")
    assert field.cells.rows[0] == "..X..."
    click(view, 0, 1)
    assert not field.fault


def spin(inspector: Inspector, name: str) -> QSpinBox:
    found = inspector.page.findChild(QSpinBox, name)
    assert isinstance(found, QSpinBox)
    return found


def test_the_size_is_typed(inspector: Inspector, session: Session) -> None:
    rows, columns = spin(inspector, "field_table_rows"), spin(inspector, "field_table_columns")
    assert (rows.value(), columns.value()) == (16, 6)
    rows.setValue(2)
    assert table(session) == LENET5[:2]
    columns.setValue(8)
    assert table(session) == ("XXX.....", ".XXX....")
    rows.setValue(3)
    assert table(session) == ("XXX.....", ".XXX....", "XXXXXXXX")
    columns.setValue(1)
    assert table(session) == ("X", "X", "X")
    columns.setValue(0)
    assert table(session) == ("X", "X", "X")
    field = inspector.page.findChild(GridField)
    assert isinstance(field, GridField)
    assert field.view.model().rowCount() == 3


def test_ready_made_tables(inspector: Inspector, session: Session) -> None:
    box = inspector.page.findChild(QComboBox, "field_table_named")
    assert isinstance(box, QComboBox)
    assert box.currentText() == "LeNet-5, layer C3"
    click(view_of(inspector), 0, 5)
    assert box.currentIndex() == -1
    box.setFocus()
    for text, rows in (
        ("All with all", ("X" * 6,) * 16),
        ("One to one", tuple("." * (row % 6) + "X" + "." * (5 - row % 6) for row in range(16))),
    ):
        box.setCurrentIndex(box.findText(text))
        box.activated.emit(box.currentIndex())
        assert table(session) == rows
        assert box.currentText() == text


def test_a_screen_reader_hears_the_cells(inspector: Inspector) -> None:
    view = view_of(inspector)
    assert view.accessibleName() == "Table"
    spoken = QAccessible.queryAccessibleInterface(view)
    assert spoken is not None
    cell = view.model().index(3, 5)
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "Output map 3, Input map 5"
    assert cell.flags() & Qt.ItemFlag.ItemIsUserCheckable
    names = [spin(inspector, f"field_table_{what}").accessibleName() for what in ("rows", "columns")]
    assert names == ["Number of rows: Output map", "Number of columns: Input map"]


def test_a_wrong_table_from_a_file_is_told(inspector: Inspector, session: Session) -> None:
    b = Builder("wrong")
    b.output(b.add("TableConv2d", b.input("maps", shape=(6, 8, 8)), table=("X", "XX"), name="c3"))
    session.commit("Spoil", project=b.project())
    session.select([session.graph.by_name["c3"].id])
    field = inspector.page.findChild(GridField)
    assert isinstance(field, GridField)
    assert field.fault.endswith("got ('X', 'XX')")
    spin(inspector, "field_table_rows").setValue(2)
    assert table(session) == ("X" * 8,) * 2


def test_patterns_begin_with_none(inspector: Inspector, session: Session) -> None:
    b = Builder("memory")
    b.output(b.add("Hopfield", b.input("bits", shape=(4,)), name="memory"))
    session.commit("Begin", project=b.project())
    session.select([session.graph.by_name["memory"].id])
    view = view_of(inspector)
    assert view.isHidden()
    spin(inspector, "field_patterns_columns").setValue(4)
    spin(inspector, "field_patterns_rows").setValue(1)
    assert table(session, "memory", "patterns") == ("....",)
    assert not view.isHidden()
    click(view, 0, 2)
    assert table(session, "memory", "patterns") == ("..X.",)
    assert session.analysis.ok
    spin(inspector, "field_patterns_rows").setValue(0)
    assert table(session, "memory", "patterns") is None
    assert view.isHidden()

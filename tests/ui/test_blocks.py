"""Blocks in the window: grouped, unpacked, opened by double click, edited, left again; their parameters in the form."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QSpinBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.core.graph import BlockParameter, Value
from nnstudio.ui.dialogs import messages
from nnstudio.ui.inspector.definition import DefinitionForm, read_scalar, write_scalar
from nnstudio.ui.palette.model import HEADINGS
from nnstudio.ui.palette.own import block_menu
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
from tests.ui.test_scope import towers


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    made = MainWindow(Session(towers()), remember=False)
    qtbot.addWidget(made)
    made.resize(1400, 900)
    made.show()
    qtbot.waitExposed(made)
    return made


W = TypeVar("W", bound=QWidget)


def child(window: MainWindow, kind: type[W], name: str) -> W:
    (found,) = [widget for widget in window.findChildren(kind, name) if not widget.isHidden()]
    return found


def within(window: MainWindow) -> str | None:
    return window.session.within


def act(window: MainWindow, name: str) -> None:
    action = window.findChild(QAction, f"action_{name}")
    assert action is not None
    assert action.isEnabled()
    action.trigger()


def is_enabled(window: MainWindow, name: str) -> bool:
    action = window.findChild(QAction, f"action_{name}")
    return action is not None and action.isEnabled()


def choose(window: MainWindow, *names: str) -> None:
    graph = window.session.graph
    window.session.select([graph.by_name[name].id for name in names])


def double_click(window: MainWindow, name: str) -> None:
    canvas = window.design.canvas
    item = canvas.node_item(window.session.graph.by_name[name].id)
    place = canvas.mapFromScene(item.mapToScene(item.card.center()) if item.parentItem() else item.card.center())
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))
    QTest.mouseDClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))


def typed(field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def trail(window: MainWindow) -> list[str]:
    """Read the bar above the canvas."""
    bar = window.findChild(QWidget, "trail")
    assert bar is not None
    steps = [step for step in bar.findChildren(QToolButton) if step.objectName() != "trail_back"]
    shown: list[QToolButton | QLabel] = [*steps, *bar.findChildren(QLabel, "trail_here")]
    return [] if bar.isHidden() else [step.text() for step in shown if not step.isHidden()]


def test_a_double_click_opens_a_block_and_escape_leaves_it(window: MainWindow) -> None:
    session, canvas = window.session, window.design.canvas
    double_click(window, "one")
    assert within(window) == "Tower"
    assert set(canvas.board.nodes) == set(session.graph.by_id)
    assert trail(window) == ["towers", "Tower"]
    double_click(window, "unit")
    assert within(window) == "Unit"
    assert trail(window) == ["towers", "Tower", "Unit"]
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert within(window) == "Tower"
    assert session.selection == {session.graph.by_name["unit"].id}
    QTest.keyClick(canvas, Qt.Key.Key_Escape)  # first it selects nothing
    assert (within(window), session.selection) == ("Tower", frozenset())
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert within(window) is None
    assert set(canvas.board.nodes) == set(session.graph.by_id)
    assert trail(window) == []


def test_a_click_on_the_way_goes_back(window: MainWindow) -> None:
    double_click(window, "one")
    double_click(window, "unit")
    child(window, QToolButton, "trail_0").click()
    assert within(window) is None
    double_click(window, "one")
    child(window, QToolButton, "trail_back").click()
    assert within(window) is None


def test_what_is_drawn_in_a_block_is_drawn_in_all_its_instances(window: MainWindow) -> None:
    session, canvas = window.session, window.design.canvas
    before = session.project
    double_click(window, "one")
    canvas.add("Tanh")
    assert "tanh_1" in session.blocks["Tower"].graph.by_name
    canvas.delete_selection()
    assert session.blocks["Tower"] == before.blocks_by_name["Tower"]
    session.undo()
    session.undo()
    assert session.project is before


def test_group_and_unpack_by_menu(window: MainWindow) -> None:
    session = window.session
    before, parameters = session.project, session.model.num_parameters
    assert not is_enabled(window, "group_block")
    choose(window, "one", "two")
    assert not is_enabled(window, "unpack_block")
    act(window, "group_block")
    (id_,) = session.selection
    assert dict(session.graph.by_id[id_].params) == {"block": "Block_1"}
    assert session.model.num_parameters == parameters
    act(window, "edit_block")
    assert within(window) == "Block_1"
    assert {"one", "two"} < session.graph.by_name.keys()
    act(window, "leave_block")
    act(window, "unpack_block")
    assert {session.graph.by_id[new].name for new in session.selection} == {"one", "two"}
    session.undo()
    session.undo()
    assert session.project is before


def test_a_group_that_cannot_be_is_told(window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    told: list[str] = []

    def tell(_parent: object, _title: str, text: str) -> None:
        told.append(text)

    monkeypatch.setattr(messages, "tell_error", tell)
    choose(window, "numbers", "one")
    act(window, "group_block")
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["numbers cannot lie in a block: Inputs and Outputs stay outside."]


def test_an_instance_gets_a_definition_of_its_own(window: MainWindow) -> None:
    choose(window, "two")
    act(window, "separate_block")
    names = [window.session.graph.by_name[name].params["block"] for name in ("one", "two")]
    assert names == ["Tower", "Tower_1"]


def test_settings_in_a_block_take_expressions(window: MainWindow) -> None:
    session = window.session
    double_click(window, "one")
    double_click(window, "unit")
    choose(window, "dense")
    field = child(window, QLineEdit, "field_out_features")
    assert field.text() == "=2*width"

    def now() -> Value:
        return session.graph.by_name["dense"].params.get("out_features")

    typed(field, "=max(4, width//3)")
    assert now() == "=max(4, width//3)"
    typed(field, "12")
    assert now() == 12
    typed(field, "=widht")
    assert now() == 12
    assert child(window, QLabel, "fault_field_out_features").text().startswith("Units: 'widht' has no value here")
    session.undo()  # of all that was typed in one visit
    assert field.text() == "=2*width"


def test_copies_in_a_chain_take_a_value_each(window: MainWindow) -> None:
    session = window.session
    choose(window, "one")
    assert child(window, QSpinBox, "field_channels").value() == 10
    child(window, QSpinBox, "field_repeat").setValue(3)
    session.select([])
    choose(window, "one")
    typed(child(window, QLineEdit, "field_channels"), "10, 20, 30")
    assert session.graph.by_name["one"].params["channels"] == (10, 20, 30)
    assert session.analysis.ok
    typed(child(window, QLineEdit, "field_channels"), "10, 20")
    assert "one for each of 3 copies" in session.analysis.problems[0].message


def test_parameters_of_the_open_block_are_edited(window: MainWindow) -> None:
    session = window.session
    double_click(window, "one")
    form = window.design.inspector.page
    assert isinstance(form, DefinitionForm)
    typed(child(window, QLineEdit, "parameter_channels"), "12")
    assert session.blocks["Tower"].parameters == (BlockParameter(name="channels", default=12),)
    typed(child(window, QLineEdit, "parameter_channels_name"), "size")
    assert session.graph.by_name["unit"].params["width"] == "=size+in_features"
    assert session.project.graph.by_name["one"].params["size"] == 10
    child(window, QToolButton, "parameter_add").click()
    assert [parameter.name for parameter in session.blocks["Tower"].parameters] == ["size", "channels"]
    child(window, QToolButton, "parameter_size_remove").click()
    assert session.graph.by_name["unit"].params["width"] == "=12+in_features"
    typed(child(window, QLineEdit, "parameter_channels_name"), "copy")
    assert child(window, QLabel, "fault_parameter_channels").text() == "'copy' already means something in every block."
    typed(child(window, QLineEdit, "definition_name"), "Turm")
    assert within(window) == "Turm"
    assert session.project.graph.by_name["one"].params["block"] == "Turm"
    for _ in range(5):
        session.undo()
    assert session.project == towers()


def test_what_was_typed_stays_with_its_drawing(window: MainWindow) -> None:
    session = window.session
    double_click(window, "one")
    choose(window, "unit")
    field = child(window, QLineEdit, "field_name")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "cell")
    session.leave()
    assert "cell" in session.blocks["Tower"].graph.by_name
    assert "cell" not in session.graph.by_name


@pytest.mark.parametrize("value", [3, -2, 2.5, 2.0, True, False, "reflect"])
def test_defaults_are_read_as_they_are_written(value: int | float | str | bool) -> None:
    again = read_scalar(write_scalar(value))
    assert again == value
    assert type(again) is type(value)


def headings(window: MainWindow) -> dict[str, list[str]]:
    """Return what stands under the headings of blocks that come and go."""
    found: dict[str, list[str]] = {}
    for offer in window.design.palette_panel.list.offers():
        if offer.group:
            found.setdefault(str(HEADINGS[offer.group]), []).append(str(offer.title))
    return found


def pick(window: MainWindow, name: str, text: str) -> None:
    """Choose something in the menu of a palette's entry."""
    offers = window.design.palette_panel.list.offers()
    (offer,) = [offer for offer in offers if offer.key == f"Block:{name}"]
    menu = block_menu(window.session, offer, window)
    assert menu is not None
    (action,) = [action for action in menu.actions() if action.text() == text]
    action.trigger()
    menu.close()


def test_own_blocks_stand_in_the_palette_of_every_drawing(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    assert headings(window) == {"Blocks of this drawing": ["Unit", "Tower"]}
    choose(window, "one")
    act(window, "keep_block")
    assert headings(window) == {"Blocks of this drawing": ["Unit", "Tower"]}
    session.new()
    assert headings(window) == {"My blocks": ["Tower"]}
    window.design.canvas.add("Block:Tower")
    assert [block.name for block in session.project.blocks] == ["Tower", "Unit"]
    assert [node.name for node in session.graph.nodes] == ["block_1"]
    assert headings(window) == {"Blocks of this drawing": ["Tower", "Unit"]}
    session.undo()
    assert headings(window) == {"My blocks": ["Tower"]}
    pick(window, "Tower", "Remove from my blocks")
    assert headings(window) == {}


def test_the_drawing_s_blocks_are_managed_in_the_palette(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    told: list[str] = []

    def tell(_parent: object, _title: str, text: str) -> None:
        told.append(text)

    monkeypatch.setattr(messages, "tell_error", tell)
    pick(window, "Tower", "Duplicate")
    assert headings(window) == {"Blocks of this drawing": ["Unit", "Tower", "Tower_1"]}
    pick(window, "Tower_1", "Delete")
    assert headings(window) == {"Blocks of this drawing": ["Unit", "Tower"]}
    pick(window, "Tower", "Delete")
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["Tower is still used in the drawing, by one."]
    pick(window, "Unit", "Edit block")
    assert within(window) == "Unit"


def test_a_block_can_stand_in_a_drawing_only_where_it_is_known(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    told: list[str] = []

    def tell(_parent: object, _title: str, text: str) -> None:
        told.append(text)

    monkeypatch.setattr(messages, "tell_error", tell)
    window.design.canvas.add("Block:Gone")
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["The drawing has no block called 'Gone'."]

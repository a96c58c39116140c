"""The inspector of a layer that shares its weights: whose they are, a way there, and a way out."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.core import edits
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.ui.inspector.panel import Inspector
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow

WEIGHT_FIELDS = ("field_start", "field_start_scale", "field_frozen")


@pytest.fixture
def project() -> Project:
    """Return point (8) -> first -> middle -> last, Dense layers of which the last uses the weights of the first."""
    b = Builder("Twins")
    h = b.input("point", shape=(8,))
    for name in ("first", "middle", "last"):
        h = b.add("Linear", h, out_features=8, name=name)
    b.output(h)
    made = b.project()
    ids = {name: node.id for name, node in made.graph.by_name.items()}
    return edits.replace(made, graph=edits.share_weights(made.graph, ids["first"], [ids["last"]]))


@pytest.fixture
def inspector(qtbot: QtBot, session: Session) -> Inspector:
    made = Inspector(session)
    qtbot.addWidget(made)
    made.resize(320, 900)
    made.show()
    return made


def select(session: Session, *names: str) -> None:
    session.select(session.graph.by_name[name].id for name in names)


def press(widget: QWidget, name: str) -> None:
    button = widget.findChild(QAbstractButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def fields(inspector: Inspector) -> set[str]:
    return {name for name in WEIGHT_FIELDS if inspector.page.findChild(QWidget, name) is not None}


def lines(inspector: Inspector) -> list[str]:
    shared = inspector.page.findChild(QWidget, "shared_weights")
    assert shared is not None
    return [button.text() for button in shared.findChildren(QAbstractButton) if button.isVisible()]


def test_it_says_whose_weights_they_are_and_leads_there(inspector: Inspector, session: Session) -> None:
    select(session, "last")
    assert lines(inspector) == ["Uses the weights of first", "Give own weights"]
    press(inspector.page, "weights_owner")
    assert session.selection == {session.graph.by_name["first"].id}
    assert lines(inspector) == ["last uses these weights too"]
    press(inspector.page, "weights_user_last")
    assert session.selection == {session.graph.by_name["last"].id}
    select(session, "middle")
    assert lines(inspector) == []


def test_the_way_out_is_one_step(inspector: Inspector, session: Session) -> None:
    select(session, "last")
    press(inspector.page, "own_weights")
    assert session.graph.by_name["last"].shares is None
    assert session.undo_label == "Give last weights of its own"
    assert lines(inspector) == []
    session.undo()
    assert lines(inspector)[0] == "Uses the weights of first"


def test_settings_of_weights_are_asked_once(inspector: Inspector, session: Session) -> None:
    select(session, "last")
    assert fields(inspector) == set()
    assert inspector.page.findChild(QWidget, "field_out_features") is not None
    press(inspector.page, "own_weights")
    assert fields(inspector) == set(WEIGHT_FIELDS)
    session.undo()
    assert fields(inspector) == set()
    select(session, "first")
    assert fields(inspector) == set(WEIGHT_FIELDS)


def test_a_new_name_is_followed(qtbot: QtBot, inspector: Inspector, session: Session) -> None:
    select(session, "last")
    first = session.graph.by_name["first"].id
    session.commit("Rename", edits.rename(session.graph, first, "teacher"))
    qtbot.waitUntil(lambda: lines(inspector)[:1] == ["Uses the weights of teacher"])


def test_several_that_are_alike_can_be_tied_there(inspector: Inspector, session: Session) -> None:
    select(session, "first", "middle")
    press(inspector.page, "share_weights")
    assert session.graph.by_name["middle"].shares == session.graph.by_name["first"].id
    link = inspector.page.findChild(QWidget, "share_weights")
    assert link is not None
    assert not link.isVisible()


def test_the_edit_menu_shares_and_parts(window: MainWindow, session: Session) -> None:
    actions = window.actions_
    assert not actions["share_weights"].isEnabled()
    assert not actions["own_weights"].isEnabled()
    select(session, "first", "middle", "last")
    assert actions["share_weights"].isEnabled()
    assert actions["own_weights"].isEnabled()
    actions["share_weights"].trigger()
    assert {node.name for node in session.graph.nodes if node.shares} == {"middle", "last"}
    assert not actions["share_weights"].isEnabled()
    actions["own_weights"].trigger()
    assert not any(node.shares for node in session.graph.nodes)
    assert not actions["own_weights"].isEnabled()
    session.undo()
    session.undo()
    assert {node.name for node in session.graph.nodes if node.shares} == {"last"}

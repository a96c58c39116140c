"""The list of problems: what it says, where it leads, and that it sleeps while nobody looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from nnstudio.core import edits
from nnstudio.core.graph import Block, Edge, Graph, Node
from nnstudio.project.document import Project
from nnstudio.ui import problems
from nnstudio.ui.inspector.parts import ProblemList
from nnstudio.ui.monitor.problems import ProblemsView
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import send_deletions


def wrong_project() -> Project:
    """Windows larger than the image, one of them within a block."""
    inner = Graph(
        nodes=(
            Node(id="i", kind="Input", name="x", params={"shape": (1, 8, 8)}),
            Node(id="c", kind="Conv2d", name="rows", params={"out_channels": 4, "kernel_size": 9}, xy=(320.0, 0.0)),
            Node(id="o", kind="Output", name="y", xy=(640.0, 0.0)),
        ),
        edges=(Edge("i", "output", "c", "input"), Edge("c", "output", "o", "input")),
    )
    graph = Graph(
        nodes=(
            Node(id="image", kind="Input", name="image", params={"shape": (1, 8, 8)}),
            Node(id="conv", kind="Conv2d", name="conv", params={"out_channels": 4, "kernel_size": 9}, xy=(320.0, 0.0)),
            Node(id="block", kind="Block", name="stage", params={"block": "Stage"}, xy=(320.0, 400.0)),
            Node(id="out", kind="Output", name="out", xy=(4000.0, 3000.0)),
        ),
        edges=(
            Edge("image", "output", "conv", "input"),
            Edge("image", "output", "block", "x"),
            Edge("block", "y", "out", "input"),
        ),
    )
    return Project(name="Wrong", graph=graph, blocks=(Block(name="Stage", graph=inner),))


@pytest.fixture
def project() -> Project:
    return wrong_project()


@pytest.fixture
def view(qtbot: QtBot, session: Session) -> Iterator[ProblemsView]:
    made = ProblemsView(session)
    made.resize(900, 260)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    made.deleteLater()
    send_deletions()


def places(session: Session) -> list[str]:
    return [found.place for found in problems.find_problems(session)]


def test_problems_within_blocks_are_listed_where_they_are(session: Session) -> None:
    found = {one.place: one for one in problems.find_problems(session)}
    inner = found["stage › rows"]
    assert [level.block for level in inner.trail] == ["Stage"]
    assert inner.problem.id == "c"
    assert "conv" in found
    assert [one.is_error for one in found.values()] == sorted((one.is_error for one in found.values()), reverse=True)


def test_an_instance_in_a_row_of_two_tells_one_mistake_once(session: Session) -> None:
    graph = session.graph
    twin = Node(id="twin", kind="Block", name="twin", params={"block": "Stage"}, xy=(320.0, 900.0))
    session.commit("twin", graph=edits.replace(graph, nodes=(*graph.nodes, twin)))
    session.commit("wire", graph=edits.connect(session.graph, Edge("image", "output", "twin", "x")))
    assert [place for place in places(session) if place.endswith("rows")] == ["stage › rows"]


def test_next_and_previous_go_around_through_blocks(session: Session) -> None:
    seen = []
    for _ in range(6):
        found = problems.step(session, 1)
        assert found is not None
        seen.append(found.place)
        assert session.trail == found.trail
        assert session.selection == frozenset(filter(None, (found.problem.id,)))
    assert {"conv", "stage › rows"} <= set(seen)
    back = problems.step(session, -1)
    assert back is not None
    assert back.place == seen[-2]


def test_without_problems_there_is_nowhere_to_go(empty_session: Session) -> None:
    assert problems.step(empty_session, 1) is None
    assert problems.find_problems(empty_session) == ()


def test_a_mend_within_a_block_is_made_there_and_undone_at_once(session: Session) -> None:
    before = session.project
    found = next(one for one in problems.find_problems(session) if one.trail)
    fix = found.problem.fixes[0]
    problems.mend(session, found, fix)
    assert session.project.graph == before.graph
    assert session.project.blocks != before.blocks
    assert session.undo_label == fix.label
    session.undo()
    assert session.project == before


def test_the_list_follows_and_offers_mends(qtbot: QtBot, view: ProblemsView, session: Session) -> None:
    qtbot.waitUntil(lambda: len(view.rows) > 0)
    assert [found.place for found in view.rows] == places(session)
    row = places(session).index("conv")
    view.list.setCurrentIndex(view.model.index(row))
    buttons = view.findChildren(QToolButton, "problem_mend_0")
    (button,) = (one for one in buttons if one.isVisible())
    text = button.text()
    button.click()
    assert session.undo_label == text
    qtbot.waitUntil(lambda: [one.place for one in view.rows if one.problem.code == "shape"] == ["stage › rows"])


def test_enter_leads_into_the_block(qtbot: QtBot, view: ProblemsView, session: Session) -> None:
    qtbot.waitUntil(lambda: len(view.rows) > 0)
    view.list.setCurrentIndex(view.model.index(places(session).index("stage › rows")))
    QTest.keyClick(view.list, Qt.Key.Key_Return)
    assert session.within == "Stage"
    assert session.selection == {"c"}


def test_a_hidden_list_does_nothing(
    qtbot: QtBot, view: ProblemsView, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: len(view.rows) > 0)
    view.hide()

    def never(*_: object) -> tuple[problems.Found, ...]:
        raise AssertionError

    with monkeypatch.context() as patched:
        patched.setattr("nnstudio.ui.monitor.problems.find_problems", never)
        session.commit("Empty it", graph=Graph())
    assert view.rows
    view.show()
    qtbot.waitUntil(lambda: not view.rows)
    assert view._note.text() == "Nothing is drawn yet."


def test_the_keys_open_the_list_and_walk(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    actions = window.actions_
    assert actions["next_problem"].shortcut().toString() == "F8"
    assert actions["previous_problem"].shortcut().toString() == "Shift+F8"
    actions["problems"].trigger()
    dock = window.design.dock
    assert dock.isVisible()
    shown = dock.view("problems")
    assert isinstance(shown, ProblemsView)
    qtbot.waitUntil(lambda: len(shown.rows) > 0)
    window.show_page("train")
    actions["next_problem"].trigger()
    assert session.view.page == "design"
    assert session.selection
    (id_,) = session.selection
    assert window.design.canvas.caret.current == id_
    assert window.design.canvas.seen.intersects(window.design.canvas.node_item(id_).card)


def test_a_long_problem_has_room_in_the_inspector(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    session.commit("Rename", graph=edits.rename(session.graph, "image", "one_photograph_among_several_thousand"))
    session.select(("conv",))
    shown = [one for one in window.findChildren(ProblemList) if one.isVisible()]
    assert shown
    texts = [text for one in shown for text in one.findChildren(QLabel)]
    qtbot.waitUntil(lambda: all(text.height() >= text.heightForWidth(text.width()) for text in texts))

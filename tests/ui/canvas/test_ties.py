"""Layers with one set of weights are tied together on the canvas, whatever is done to the drawing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

import nnstudio
from nnstudio.core import edits
from nnstudio.core.graph import Graph, Value
from nnstudio.project.document import Project
from nnstudio.ui import sharing, theme
from nnstudio.ui.canvas.card import Style
from nnstudio.ui.canvas.gestures.base import Pointer
from nnstudio.ui.canvas.scene import Scene
from nnstudio.ui.canvas.ties import tie_path
from nnstudio.ui.exports.pictures import render
from nnstudio.ui.session import Session
from tests.ui.canvas.conftest import Make, row
from tests.ui.canvas.hand import RIGHT, Hand, assert_obeys


def twins(num: int = 3) -> Project:
    """Dense layers of one size in a row: point, dense_1 … dense_n, answer."""
    dense: list[tuple[str, str, dict[str, Value]]] = [
        (f"dense_{number}", "Linear", {"out_features": 8}) for number in range(1, num + 1)
    ]
    return row(("point", "Input", {"shape": (8,)}), *dense, ("answer", "Output", {}))


@pytest.fixture
def hand(make: Make) -> Hand:
    return make(twins(), (520.0, 120.0))


def tie_two(hand: Hand, *names: str) -> Session:
    session = hand.canvas.session
    session.select(names)
    sharing.share(session)
    return session


def tied(hand: Hand) -> dict[str, str]:
    return {id_: tie.owner for id_, tie in hand.canvas.board.ties.items.items()}


def ends(hand: Hand, id_: str) -> tuple[QPointF, QPointF]:
    path = hand.canvas.board.ties.items[id_].path()
    return QPointF(path.elementAt(0).x, path.elementAt(0).y), path.currentPosition()


# Sharing


def test_later_layers_use_the_weights_of_the_first_in_one_step(hand: Hand) -> None:
    session = tie_two(hand, "dense_3", "dense_1", "dense_2")
    assert tied(hand) == {"dense_2": "dense_1", "dense_3": "dense_1"}
    assert hand.undo_label() == "Share the weights of dense_1"
    assert session.analysis.num_parameters == 72
    assert session.analysis.ok
    assert hand.canvas.node_item("dense_2").face.parameters == "shared"
    assert "shared weights" in hand.canvas.node_item("dense_2").face.spoken
    assert_obeys(hand.canvas)
    session.undo()
    assert tied(hand) == {}
    assert hand.undo_label() is None
    assert_obeys(hand.canvas)
    session.redo()
    assert len(tied(hand)) == 2
    assert_obeys(hand.canvas)


def test_what_is_tied_is_one_module(hand: Hand) -> None:
    session = tie_two(hand, "dense_1", "dense_3")
    compiled = nnstudio.compile(session.project)
    assert compiled.num_parameters == 2 * 72
    assert compiled.source().count("nn.Linear(8, 8)") == 2


def test_own_weights_come_back_one_by_one(hand: Hand) -> None:
    session = tie_two(hand, "dense_1", "dense_2", "dense_3")
    session.select(["dense_3"])
    assert sharing.may_own(session)
    sharing.give_own(session)
    assert tied(hand) == {"dense_2": "dense_1"}
    assert hand.undo_label() == "Give dense_3 weights of its own"
    session.undo()
    session.select(["dense_1", "dense_2", "dense_3"])
    sharing.give_own(session)
    assert tied(hand) == {}
    assert hand.undo_label() == "Give 2 layers weights of their own"
    sharing.give_own(session)  # nothing to do is no step
    session.undo()
    assert len(tied(hand)) == 2


def test_it_is_offered_where_it_means_something(hand: Hand) -> None:
    session = hand.canvas.session

    def offered(*names: str) -> bool:
        session.select(names)
        return sharing.may_share(session)

    assert offered("dense_1", "dense_2")
    assert not offered("dense_1")
    assert not offered("dense_1", "point")
    assert not offered()
    tie_two(hand, "dense_1", "dense_2")
    assert not offered("dense_1", "dense_2")
    assert offered("dense_1", "dense_2", "dense_3")
    assert offered("dense_2", "dense_3")


def test_who_joins_a_layer_that_shares_uses_the_same_weights(hand: Hand) -> None:
    session = tie_two(hand, "dense_1", "dense_2")
    tie_two(hand, "dense_2", "dense_3")
    assert tied(hand) == {"dense_2": "dense_1", "dense_3": "dense_1"}
    assert session.analysis.ok


def test_those_that_used_a_layers_weights_go_along(make: Make) -> None:
    hand = make(twins(4))
    tie_two(hand, "dense_3", "dense_4")
    session = tie_two(hand, "dense_1", "dense_3")
    assert tied(hand) == {"dense_3": "dense_1", "dense_4": "dense_1"}
    assert session.analysis.ok


@pytest.mark.parametrize("kind", ["ReLU", "Flatten"])
def test_layers_without_weights_have_none_to_share(make: Make, kind: str) -> None:
    project = twins(2)
    nodes = tuple(
        edits.replace(node, kind=kind, params={}) if node.kind == "Linear" else node for node in project.graph.nodes
    )
    hand = make(edits.replace(project, graph=edits.replace(project.graph, nodes=nodes)))
    hand.canvas.session.select(["dense_1", "dense_2"])
    assert not sharing.may_share(hand.canvas.session)


def test_layers_that_differ_say_so_and_the_mend_parts_them(hand: Hand) -> None:
    session = tie_two(hand, "dense_1", "dense_3")
    session.commit("Set", edits.set_param(session.graph, "dense_3", "out_features", 5))
    tie = hand.canvas.board.ties.items["dense_3"]
    assert tie.is_wrong
    assert tie.pen().color() == theme.current().err
    (problem,) = session.analysis.by_node["dense_3"]
    assert problem.code == "shares"
    hand.canvas.commands.mend("dense_3", 0)
    assert tied(hand) == {}
    session.undo()
    session.undo()
    assert not hand.canvas.board.ties.items["dense_3"].is_wrong
    assert_obeys(hand.canvas)


# Following


def test_a_tie_follows_the_hand_and_undo(hand: Hand) -> None:
    session = tie_two(hand, "dense_1", "dense_2")
    session.select(["dense_2"])
    before = ends(hand, "dense_2")
    hand.carry(hand.card("dense_2"), hand.card("dense_2") + QPointF(0, 240))
    held = ends(hand, "dense_2")
    assert held[1] == hand.canvas.node_item("dense_2").card.center() - QPointF(0, 56)  # foot to head now
    hand.release(hand.canvas.node_item("dense_2").card.center())
    assert ends(hand, "dense_2") == held
    assert_obeys(hand.canvas)
    session.undo()
    assert ends(hand, "dense_2") == before
    assert_obeys(hand.canvas)


def test_a_tie_given_up_in_the_air_goes_back(hand: Hand) -> None:
    tie_two(hand, "dense_1", "dense_2").select(["dense_1"])
    before = ends(hand, "dense_2")
    hand.carry(hand.card("dense_1"), hand.card("dense_1") + QPointF(40, 160))
    assert ends(hand, "dense_2") != before
    QTest.keyClick(hand.canvas, Qt.Key.Key_Escape)
    assert ends(hand, "dense_2") == before


def test_many_held_at_once_keep_their_ties(make: Make) -> None:
    hand = make(twins(44))
    names = [f"dense_{number}" for number in range(1, 45)]
    session = tie_two(hand, *names)
    session.select(names)
    hand.carry(hand.card("dense_2"), hand.card("dense_2") + QPointF(0, 80))
    item = hand.canvas.board.ties.items["dense_2"]
    assert item.path() == tie_path(hand.canvas.node_item("dense_1").card, hand.canvas.node_item("dense_2").card)
    hand.release(hand.card("dense_2"))
    assert_obeys(hand.canvas)


@pytest.mark.parametrize("gone", ["dense_1", "dense_2"])
def test_who_goes_takes_the_tie_along(hand: Hand, gone: str) -> None:
    session = tie_two(hand, "dense_1", "dense_2")
    session.select([gone])
    QTest.keyClick(hand.canvas, Qt.Key.Key_Delete)
    hand.canvas.delete_selection()
    assert tied(hand) == {}
    assert all(node.shares is None for node in session.graph.nodes)
    assert_obeys(hand.canvas)
    session.undo()
    assert tied(hand) == {"dense_2": "dense_1"}
    assert_obeys(hand.canvas)


def test_copies_of_both_are_tied_to_each_other(hand: Hand) -> None:
    session = tie_two(hand, "dense_1", "dense_2")
    session.select(["dense_1", "dense_2"])
    hand.canvas.copying.duplicate()
    assert len(tied(hand)) == 2
    assert_obeys(hand.canvas)


def test_an_owner_that_is_not_there_has_no_tie(make: Make) -> None:
    project = twins(2)
    lost = edits.replace(project.graph.by_id["dense_2"], shares="gone")
    hand = make(edits.replace(project, graph=edits.set_node(project.graph, lost)))
    assert tied(hand) == {}
    assert_obeys(hand.canvas)
    own = edits.replace(lost, shares="dense_2")
    hand.canvas.session.commit("Loop", edits.set_node(hand.canvas.session.graph, own))
    assert tied(hand) == {}


# Out of the way


def test_nothing_meets_a_tie(hand: Hand) -> None:
    session = tie_two(hand, "dense_1", "dense_3")
    session.select(())
    tie = hand.canvas.board.ties.items["dense_3"]
    place = tie.path().pointAtPercent(0.5)
    under = hand.canvas.pointing.under(Pointer(hand.view(place), place))
    assert (under.node, under.wire, under.socket, under.link) == (None, None, None, None)
    assert all(tie.zValue() < item.zValue() for item in hand.canvas.board.nodes.values())
    assert all(tie.zValue() < item.zValue() for item in hand.canvas.board.wires.values())
    hand.click(place)
    assert session.selection == frozenset()
    hand.drag(place, place + QPointF(30, 40))
    assert hand.undo_label() == "Share the weights of dense_1"


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_of_a_layer_offers_it(hand: Hand) -> None:
    session = hand.canvas.session
    session.select(["dense_1", "dense_2"])
    choose(hand, "dense_2", "Share weights")
    assert tied(hand) == {"dense_2": "dense_1"}
    session.select(["dense_2"])
    assert "Share weights" not in choose(hand, "dense_2", "Give own weights")
    assert tied(hand) == {}


@pytest.mark.parametrize(
    ("other", "below"),
    [
        ((260.0, 0.0), True),
        ((1800.0, 0.0), True),
        ((260.0, 60.0), True),
        ((0.0, 200.0), False),
        ((600.0, 400.0), False),
    ],
)
def test_the_way_of_a_tie(other: tuple[float, float], below: bool) -> None:
    one, two = QRectF(0, 0, 168, 112), QRectF(*other, 168, 112)
    path = tie_path(one, two)
    assert tie_path(two, one).boundingRect() == path.boundingRect()
    assert path.pointAtPercent(0.0) == QPointF(84, 112)
    assert path.currentPosition() == QPointF(two.center().x(), two.bottom() if below else two.top())
    if below:  # it hangs free of both
        assert path.boundingRect().bottom() >= two.bottom() + 20
        assert path.boundingRect().top() >= one.bottom()
    else:
        assert path.boundingRect().bottom() <= two.top()


# Looks


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_tie_is_dashed_in_the_colour_of_its_family(qapp: QApplication, name: str) -> None:
    project = twins(2)
    graph = edits.share_weights(project.graph, "dense_1", ["dense_2"])
    session = Session(edits.replace(project, graph=graph))
    board = Scene(Style(theme.load_theme(name)))
    board.obey(Graph(), session.graph, session.blocks, session.analysis)
    pen = board.ties.items["dense_2"].pen()
    assert pen.color() == theme.load_theme(name).family("dense")
    assert pen.style() == Qt.PenStyle.CustomDashLine
    board.deleteLater()


def test_pictures_show_ties(qapp: QApplication) -> None:
    dense: dict[str, Value] = {"out_features": 8}
    project = row(  # with nothing that lint would write under a card
        ("point", "Input", {"shape": (8,)}),
        ("dense_1", "Linear", dense),
        ("relu", "ReLU", {}),
        ("dense_2", "Linear", dense),
        ("answer", "Output", {}),
    )
    graph = edits.share_weights(project.graph, "dense_1", ["dense_2"])
    shared = edits.replace(project, graph=graph)
    plain, tied_ = (render(some, "svg", "light").decode() for some in (project, shared))
    assert "stroke-dasharray" in tied_
    assert "stroke-dasharray" not in plain
    assert "dashed" in render(shared, "tikz", "light").decode()
    one, other = (QImage.fromData(render(some, "png", "light")) for some in (project, shared))
    assert other.height() > one.height()  # there is room for what hangs under the cards


def choose(hand: Hand, name: str, text: str) -> list[str]:
    """Right-click a card and choose an entry of its menu; return all entries."""
    hand.click(hand.card(name), RIGHT)
    menu = hand.canvas.findChildren(QMenu, "canvas_menu")[-1]
    entries = {action.text(): action for action in menu.actions()}
    entries[text].trigger()
    menu.close()
    return list(entries)

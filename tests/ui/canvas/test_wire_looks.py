"""Wires that show something of a run: as thick as weights, or in the colour of the gradient."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.core import edits
from nnstudio.project.document import Project
from nnstudio.training.studies.gradients import Flow
from nnstudio.training.studies.strengths import Strengths
from nnstudio.ui.canvas.items import WireItem
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.canvas.wire_looks import THICKEST, THINNEST, flow_look
from nnstudio.ui.session import Session
from tests.training.studies.scenes import deep, nested
from tests.ui.conftest import send_deletions


@pytest.fixture
def trained(qtbot: QtBot) -> Iterator[Canvas]:
    """A canvas of a chain of five Dense layers after a run."""
    yield from _trained(_project(), qtbot)


@pytest.fixture
def blocks(qtbot: QtBot) -> Iterator[Canvas]:
    """A canvas of a drawing with a chain of two blocks after a run."""
    yield from _trained(nested(), qtbot)


def _trained(project: Project, qtbot: QtBot) -> Iterator[Canvas]:
    session = Session(project)
    canvas = Canvas(session)
    canvas.resize(1200, 500)
    canvas.show()
    session.bridge.start()
    qtbot.waitUntil(lambda: session.bridge.state in ("ended", "failed"), timeout=60_000)
    assert session.bridge.failed is None
    yield canvas
    session.bridge.shutdown()
    canvas.close()
    canvas.deleteLater()
    session.deleteLater()
    send_deletions()


def _project() -> Project:
    return deep(5, "Sigmoid", width=16)


def _wire(canvas: Canvas, source: str, target: str) -> WireItem:
    names = {node.id: node.name for node in canvas.session.graph.nodes}
    return next(
        wire
        for edge, wire in canvas.board.wires.items()
        if (names[edge.source], names[edge.target]) == (source, target)
    )


def _show(canvas: Canvas, overlay: str, qtbot: QtBot) -> object:
    canvas.session.show_overlay(overlay)
    qtbot.waitUntil(lambda: any(wire.look for wire in canvas.board.wires.values()), timeout=10_000)
    seen = canvas.session.bridge.found(canvas.looks)
    assert seen is not None
    return seen.value


def test_wires_are_as_thick_as_weights(trained: Canvas, qtbot: QtBot) -> None:
    plain = {edge: wire.pen().widthF() for edge, wire in trained.board.wires.items()}
    value = _show(trained, "weights", qtbot)
    assert isinstance(value, Strengths)
    most = max(value.layers.values())
    assert len(value.layers) == 5
    for number in range(2, 6):
        wire = _wire(trained, f"act_{number - 1}", f"dense_{number}")
        wanted = THINNEST + (THICKEST - THINNEST) * value.layers[f"dense_{number}"] / most
        assert wire.pen().widthF() == pytest.approx(wanted, abs=(THICKEST - THINNEST) / 48 + 1e-9)
    assert _wire(trained, "dense_1", "act_1").look is None
    trained.session.show_overlay("")
    assert {edge: wire.pen().widthF() for edge, wire in trained.board.wires.items()} == plain


def test_wires_have_the_colour_of_the_gradient(trained: Canvas, qtbot: QtBot) -> None:
    value = _show(trained, "gradients", qtbot)
    assert isinstance(value, Flow)
    for name in ("dense_1", "dense_3", "dense_4"):
        wire = _wire(trained, name, f"act_{name[-1]}")
        assert wire.pen().color().rgba() == flow_look(value.signals[name] / value.at_output).rgba()
    first, last = (_wire(trained, f"dense_{number}", f"act_{number}").pen().color() for number in (1, 4))
    assert first != last, "it vanishes towards the input"


def test_a_hand_at_work_is_not_disturbed(trained: Canvas, qtbot: QtBot) -> None:
    item = trained.node_item(next(iter(trained.board.nodes)))
    place = trained.mapFromScene(item.card.center())
    QTest.mousePress(trained.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseMove(trained.viewport(), place + QPoint(40, 30))
    assert trained.is_busy
    trained.session.show_overlay("weights")
    bridge = trained.session.bridge
    qtbot.waitUntil(lambda: bridge.found(trained.looks) is not None, timeout=10_000)
    trained.looks.refresh()
    assert not any(wire.look for wire in trained.board.wires.values())
    QTest.mouseRelease(trained.viewport(), Qt.MouseButton.LeftButton, pos=place + QPoint(40, 30))
    qtbot.waitUntil(lambda: any(wire.look for wire in trained.board.wires.values()), timeout=10_000)


def test_an_unseen_canvas_asks_nothing(trained: Canvas, qtbot: QtBot) -> None:
    _show(trained, "gradients", qtbot)
    trained.hide()
    assert trained.looks not in trained.session.bridge._studies
    trained.show()
    assert trained.looks in trained.session.bridge._studies


def test_new_wires_get_their_look(trained: Canvas, qtbot: QtBot) -> None:
    _show(trained, "weights", qtbot)
    session = trained.session
    node = session.graph.by_name["dense_3"]
    (edge,) = session.graph.into[node.id]
    session.commit("unwire", edits.disconnect(session.graph, [edge]))
    session.undo()
    assert _wire(trained, "act_2", "dense_3").look is not None


def test_within_a_block_wires_show_its_first_copy(blocks: Canvas, qtbot: QtBot) -> None:
    value = _show(blocks, "weights", qtbot)
    assert isinstance(value, Strengths)
    most = max(value.layers.values())
    chain = max(value.layers[f"chain.{copy}.inner"] for copy in (0, 1))
    around = _wire(blocks, "tied", "chain").pen().widthF()
    assert around == pytest.approx(THINNEST + (THICKEST - THINNEST) * chain / most, abs=0.15)
    blocks.session.enter("Part", blocks.session.graph.by_name["chain"].id)
    wire = _wire(blocks, "x", "inner")
    wanted = THINNEST + (THICKEST - THINNEST) * value.layers["chain.0.inner"] / most
    assert wire.pen().widthF() == pytest.approx(wanted, abs=0.15)
    blocks.session.leave()
    assert _wire(blocks, "tied", "chain").pen().widthF() == around


def test_the_legend_says_what_is_shown(trained: Canvas, qtbot: QtBot) -> None:
    assert "looks" not in vars(trained)
    _show(trained, "gradients", qtbot)
    assert trained.looks.legend.isVisible()
    assert "gradient" in trained.looks.legend.accessibleName()
    assert not trained.looks.legend.grab().isNull()
    trained.session.show_overlay("")
    assert not trained.looks.legend.isVisible()

"""Random editing: hands and keys do whatever they like to a drawing, and the canvas must equal the document throughout.

``python -m tests.ui.canvas.random_editing --cases 2000 --steps 100`` does it at length.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from typing import get_args

import msgspec
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from nnstudio.compiler.analysis import output_ports
from nnstudio.core import edits
from nnstudio.core.arranging import Side
from nnstudio.core.graph import Graph, Node, Value
from nnstudio.project.document import Project
from nnstudio.project.reader import decode
from nnstudio.project.writer import encode
from nnstudio.ui import skipping
from nnstudio.ui.canvas.search import SearchPopup
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.canvas.wiring import Socket
from nnstudio.ui.session import Session
from tests.ui.canvas.conftest import SMALL
from tests.ui.canvas.hand import ALT, CTRL, NONE, SHIFT, Hand, assert_obeys

KINDS = ("Input", "Output", "Conv2d", "ReLU", "Linear", "Add", "Concat", "Flatten", "Block:ResidualBlock", "LSTM")
SETTINGS: tuple[tuple[str, Value], ...] = (("out_channels", 8), ("out_features", 5), ("kernel_size", 0), ("dim", 9))
MODIFIERS = (NONE, NONE, NONE, SHIFT, CTRL, ALT, SHIFT | ALT, CTRL | SHIFT)
MOST_NODES = 40
"""With more than this, what would copy does nothing, so that a run of duplicates stays small."""

MOST_FRAMES = 6


class Step(msgspec.Struct, frozen=True):
    """One thing a hand does: its name in `ACTS`, and numbers that say to what and how."""

    act: str
    a: int
    b: int
    x: int
    y: int


class Rig:
    """A canvas with a hand and what random steps need to find their way."""

    def __init__(self, project: Project) -> None:
        self.session = Session(project)
        self.canvas = Canvas(self.session)
        self.canvas.resize(1200, 800)
        self.canvas.show_place(1.0, QPointF(320.0, 120.0))
        self.hand = Hand(self.canvas)

    def node(self, number: int) -> Node | None:
        """Return one of the nodes on the canvas, if there is any."""
        nodes = self.session.graph.nodes
        return nodes[number % len(nodes)] if nodes else None

    def has_room(self) -> bool:
        """Whether copies may still be made."""
        return len(self.session.graph.nodes) + len(self.session.selection) <= MOST_NODES

    def close(self) -> None:
        """Take everything away."""
        self.canvas.hide()
        self.session.bridge.shutdown()
        self.canvas.deleteLater()
        self.session.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def place(step: Step) -> QPointF:
    """Return the place of the scene that a step means."""
    return QPointF(8.0 * step.x, 8.0 * step.y)


def _add(rig: Rig, step: Step) -> None:
    if rig.has_room():
        rig.canvas.commands.add(KINDS[step.a % len(KINDS)], (8.0 * step.x, 8.0 * step.y))


def _add_near(rig: Rig, step: Step) -> None:
    if rig.has_room():
        rig.canvas.add(KINDS[step.a % len(KINDS)])


def _drop(rig: Rig, step: Step) -> None:
    """Drop a layer: on a wire where there is one and the step says so, else anywhere."""
    if not rig.has_room():
        return
    wires = list(rig.session.graph.edges)
    target = place(step)
    if wires and step.b % 2:
        start, end = rig.canvas.board.wire_ends(wires[step.b % len(wires)])
        target = (start + end) / 2
    rig.hand.drop(KINDS[step.a % len(KINDS)], target, MODIFIERS[step.b % len(MODIFIERS)])


def _wire(rig: Rig, step: Step) -> None:
    """Drag from a port to a port, or to anywhere."""
    source, target = rig.node(step.a), rig.node(step.b)
    if source is None or target is None:
        return
    outputs = output_ports(rig.session.graph, source, rig.session.blocks)
    item = rig.canvas.node_item(target.id)
    if not outputs:
        return
    start = rig.canvas.node_item(source.id).socket_place(Socket(source.id, outputs[step.x % len(outputs)].name, True))
    inputs = item.face.inputs
    end = item.socket_place(Socket(target.id, inputs[step.y % len(inputs)], False)) if inputs else item.card.center()
    if start is not None and end is not None:
        rig.hand.drag(start, end)


def _take_wire_off(rig: Rig, step: Step) -> None:
    """Pull a wire off its input and let it go somewhere."""
    wires = rig.session.graph.edges
    if wires:
        rig.hand.drag(rig.canvas.board.wire_ends(wires[step.a % len(wires)])[1], place(step))


def _drag(rig: Rig, step: Step) -> None:
    node = rig.node(step.a)
    if node is not None:
        start = rig.canvas.node_item(node.id).card.center()
        rig.hand.drag(start, start + place(step), MODIFIERS[step.b % len(MODIFIERS)])


def _drag_from_the_ground(rig: Rig, step: Step) -> None:
    """Box select, or cut with Alt, from and to anywhere."""
    rig.hand.drag(QPointF(8.0 * step.a, -8.0 * step.b), place(step), MODIFIERS[(step.a + step.b) % len(MODIFIERS)])


def _cancelled(rig: Rig, step: Step) -> None:
    """Begin a drag and give it up."""
    node = rig.node(step.a)
    if node is not None:
        before = rig.session.project
        start = rig.canvas.node_item(node.id).card.center()
        rig.hand.carry(start, start + place(step), MODIFIERS[step.b % len(MODIFIERS)])
        rig.hand.key(Qt.Key.Key_Escape)
        rig.hand.release(start)
        assert rig.session.project == before


def _click(rig: Rig, step: Step) -> None:
    node = rig.node(step.a)
    if node is not None:
        rig.hand.click(rig.canvas.node_item(node.id).card.center(), keys=MODIFIERS[step.b % len(MODIFIERS)])


def _enter(rig: Rig, step: Step) -> None:
    node = rig.node(step.a)
    if node is not None:
        rig.canvas.enter(node.id)


def _set(rig: Rig, step: Step) -> None:
    node = rig.node(step.a)
    if node is not None:
        name, value = SETTINGS[step.b % len(SETTINGS)]
        graph = edits.set_param(rig.session.graph, node.id, name, value)
        rig.session.commit("set", graph=graph, merge=f"{node.id} {name}" if step.x % 2 else None)


def _rename(rig: Rig, step: Step) -> None:
    node, name = rig.node(step.a), ("a", "b1", "gate")[step.b % 3]
    if node is not None and name not in rig.session.graph.by_name:
        rig.session.commit("rename", graph=edits.rename(rig.session.graph, node.id, name))


def _share(rig: Rig, step: Step) -> None:
    owner, taker = rig.node(step.a), rig.node(step.b)
    if owner is not None and taker is not None:
        rig.session.commit("share", graph=edits.share_weights(rig.session.graph, owner.id, [taker.id]))


def _mend(rig: Rig, step: Step) -> None:
    wrong = [problem.node for problem in rig.session.analysis.problems if problem.node in rig.session.graph.by_id]
    if wrong:
        rig.canvas.commands.mend(str(wrong[step.a % len(wrong)]), step.b % 2)


def _unpack(rig: Rig, step: Step) -> None:
    node = rig.node(step.a)
    if node is not None and node.kind == "Block" and rig.has_room():
        rig.session.select((node.id,))
        rig.canvas.commands.unpack()


def _group(rig: Rig, _step: Step) -> None:
    if rig.session.selection:
        rig.canvas.commands.group()


def _copy_and_paste(rig: Rig, _step: Step) -> None:
    if rig.session.selection and rig.has_room():
        rig.canvas.copying.copy()
        rig.canvas.copying.paste()


def _duplicate(rig: Rig, _step: Step) -> None:
    if rig.has_room():
        rig.hand.key(Qt.Key.Key_D, CTRL)


def _reopen(rig: Rig, _step: Step) -> None:
    """What was drawn is still there after writing and reading it."""
    assert decode(encode(rig.session.project)) == rig.session.project


def _bypass(rig: Rig, _step: Step) -> None:
    skipping.toggle(rig.session)


def _align(rig: Rig, step: Step) -> None:
    sides = get_args(Side)
    rig.canvas.arranging.align(sides[step.a % len(sides)])


def _distribute(rig: Rig, step: Step) -> None:
    rig.canvas.arranging.distribute("across" if step.a % 2 else "down")


def _tidy(rig: Rig, step: Step) -> None:
    """Lay out what is selected, or everything; the next step may come while it is worked out."""
    (rig.canvas.arranging.tidy if step.a % 2 else rig.canvas.arranging.tidy_down)()
    while step.b % 4 and rig.canvas.arranging.is_tidying:
        rig.canvas.arranging.settle()
        QCoreApplication.processEvents()


def _paste_fed(rig: Rig, _step: Step) -> None:
    if rig.session.selection and rig.has_room():
        rig.canvas.copying.copy()
        rig.canvas.copying.paste_fed()


def _key(key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> Callable[[Rig, Step], None]:
    return lambda rig, _step: rig.hand.key(key, keys)


def _frame(rig: Rig, step: Step) -> None:
    """Put a frame around what is selected, and leave or type its title."""
    if len(rig.session.graph.frames) < MOST_FRAMES:
        rig.hand.key(Qt.Key.Key_C)
    for editor in rig.canvas.viewport().findChildren(QLineEdit, "frame_title"):
        if not editor.isHidden():
            editor.setText(f"Part {step.a}")
            QTest.keyClick(editor, Qt.Key.Key_Return if step.b % 2 else Qt.Key.Key_Escape)


def _drag_frame(rig: Rig, step: Step) -> None:
    """Move a frame by its title, or resize it by its lower right corner."""
    frames = list(rig.canvas.board.frames.items.values())
    if frames:
        item = frames[step.a % len(frames)]
        start = item.tab.rect(rig.canvas.zoom).center() if step.b % 2 else item.rect.bottomRight()
        rig.hand.drag(start, start + place(step), MODIFIERS[step.b % len(MODIFIERS)])


ACTS: Mapping[str, Callable[[Rig, Step], None]] = {
    "add": _add,
    "add near": _add_near,
    "drop": _drop,
    "wire": _wire,
    "wire again": _wire,
    "take a wire off": _take_wire_off,
    "drag": _drag,
    "drag from the ground": _drag_from_the_ground,
    "cancelled": _cancelled,
    "click": _click,
    "enter": _enter,
    "leave": _key(Qt.Key.Key_Escape),
    "set": _set,
    "rename": _rename,
    "share": _share,
    "mend": _mend,
    "frame": _frame,
    "drag a frame": _drag_frame,
    "next frame": _key(Qt.Key.Key_C, ALT),
    "group": _group,
    "unpack": _unpack,
    "copy and paste": _copy_and_paste,
    "duplicate": _duplicate,
    "select all": _key(Qt.Key.Key_A, CTRL),
    "delete": _key(Qt.Key.Key_Delete),
    "delete and reconnect": _key(Qt.Key.Key_Delete, CTRL),
    "nudge": _key(Qt.Key.Key_Right, CTRL),
    "walk": _key(Qt.Key.Key_Left),
    "show all": _key(Qt.Key.Key_Home),
    "real size": _key(Qt.Key.Key_0, CTRL),
    "bypass": _bypass,
    "align": _align,
    "distribute": _distribute,
    "tidy": _tidy,
    "paste with wires": _paste_fed,
    "upstream": lambda rig, _step: rig.canvas.arranging.select_upstream(),
    "downstream": lambda rig, _step: rig.canvas.arranging.select_downstream(),
    "undo": lambda rig, _step: rig.session.undo(),
    "undo again": lambda rig, _step: rig.session.undo(),
    "redo": lambda rig, _step: rig.session.redo(),
    "reopen": _reopen,
}
"""Every act by its name."""

STEPS = st.builds(
    Step,
    act=st.sampled_from(sorted(ACTS)),
    a=st.integers(0, 40),
    b=st.integers(0, 40),
    x=st.integers(-60, 120),
    y=st.integers(-60, 60),
)

STARTS = st.sampled_from((SMALL, Project(graph=Graph())))


def play(project: Project, plan: list[Step]) -> None:
    """Do all steps; then undo everything, and redo it. The canvas has to equal the document at every point.

    Raises:
        AssertionError: it does not.
    """
    QGuiApplication.clipboard().clear()
    rig = Rig(project)
    try:
        for step in plan:
            ACTS[step.act](rig, step)
            _close_searches(rig.canvas)
            assert_obeys(rig.canvas)
        _redo_all(rig)
        end = rig.session.project
        _undo_all(rig)
        assert rig.session.project == project
        _redo_all(rig)
        assert rig.session.project == end
    finally:
        rig.close()


def _undo_all(rig: Rig) -> None:
    while rig.session.undo_label is not None:
        rig.session.undo()
        assert_obeys(rig.canvas)


def _redo_all(rig: Rig) -> None:
    while rig.session.redo_label is not None:
        rig.session.redo()
        assert_obeys(rig.canvas)


def _close_searches(canvas: Canvas) -> None:
    for popup in canvas.findChildren(SearchPopup):
        popup.close_now()


def main(argv: list[str] | None = None) -> int:
    """Play so many random plans; return 1 when one ends in disagreement or Qt warns."""
    import hypothesis
    from hypothesis import HealthCheck, Phase, given
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    parser = argparse.ArgumentParser(prog="python -m tests.ui.canvas.random_editing", description=__doc__)
    parser.add_argument("--cases", type=int, default=200, help="plans (200)")
    parser.add_argument("--steps", type=int, default=50, help="steps of each plan (50)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _application = QApplication.instance() or QApplication(["random_editing", "-style", "fusion"])
    warnings: list[str] = []

    def note(kind: QtMsgType, _context: object, text: str) -> None:
        if kind != QtMsgType.QtDebugMsg and "propagateSizeHints" not in text:
            warnings.append(text)

    qInstallMessageHandler(note)
    num_played = 0

    @hypothesis.seed(options.seed)
    @hypothesis.settings(
        max_examples=options.cases,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(STARTS, st.lists(STEPS, min_size=options.steps, max_size=options.steps))
    def run(start: Project, plan: list[Step]) -> None:
        nonlocal num_played
        num_played += 1
        play(start, plan)
        assert not warnings, warnings

    run()
    sys.stdout.write(f"{num_played} plans of {options.steps} steps, {len(warnings)} warnings of Qt\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

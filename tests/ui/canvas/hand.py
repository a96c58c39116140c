"""A hand on the canvas: real mouse, wheel and key events, sent where the window system would send them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QPointingDevice,
    QWheelEvent,
)
from PySide6.QtTest import QTest

from nnstudio.ui.canvas.face import make_face
from nnstudio.ui.canvas.gestures.drop import MIME
from nnstudio.ui.canvas.ties import tie_path
from nnstudio.ui.canvas.view import Canvas
from nnstudio.ui.canvas.wiring import Socket

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


class Hand:
    """Does to a canvas what a person would; places are points of the scene."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self._held = Qt.MouseButton.NoButton

    # Where things are

    def view(self, place: QPointF) -> QPointF:
        """Where in the viewport a point of the scene is."""
        return self.canvas.viewportTransform().map(place)

    def card(self, name: str) -> QPointF:
        """A place on the card of a node, away from ports and texts."""
        return self.canvas.node_item(self.id(name)).card.center()

    def id(self, name: str) -> str:
        return self.canvas.session.graph.by_name[name].id

    def port(self, name: str, port: str, *, output: bool = False) -> QPointF:
        place = self.canvas.node_item(self.id(name)).socket_place(Socket(self.id(name), port, output))
        assert place is not None
        return place

    def undo_label(self) -> str | None:
        return self.canvas.session.undo_label

    def num_blocks(self) -> int:
        return len(self.canvas.session.project.blocks)

    # Mouse

    def press(self, place: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        self._held = button
        self._mouse(QEvent.Type.MouseButtonPress, place, button, button, keys)

    def move(self, place: QPointF, keys: Qt.KeyboardModifier = NONE) -> None:
        self._mouse(QEvent.Type.MouseMove, place, Qt.MouseButton.NoButton, self._held, keys)

    def release(self, place: QPointF, keys: Qt.KeyboardModifier = NONE) -> None:
        button, self._held = self._held, Qt.MouseButton.NoButton
        self._mouse(QEvent.Type.MouseButtonRelease, place, button, Qt.MouseButton.NoButton, keys)

    def click(self, place: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        self.press(place, button, keys)
        self.release(place, keys)

    def double_click(self, place: QPointF) -> None:
        self.click(place)
        self._mouse(QEvent.Type.MouseButtonDblClick, place, LEFT, LEFT, NONE)
        self._held = LEFT
        self.release(place)

    def carry(
        self, start: QPointF, end: QPointF, keys: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT
    ) -> None:
        """Press at one place and move to another, without letting go."""
        first, last = self.view(start), self.view(end)  # the sheet may follow the hand
        self.press(start, button, keys)
        for share in (0.25, 0.5, 0.75, 1.0):
            self.move(self.canvas.to_scene(first + (last - first) * share), keys)

    def drag(
        self, start: QPointF, end: QPointF, keys: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT
    ) -> None:
        target = self.view(end)
        self.carry(start, end, keys, button)
        self.release(self.canvas.to_scene(target), keys)

    def wheel(
        self,
        place: QPointF,
        turn: int,
        keys: Qt.KeyboardModifier = NONE,
        device: QPointingDevice | None = None,
        pixels: QPoint | None = None,
    ) -> None:
        """Turn the wheel by so many eighths of a degree."""
        view = self.view(place)
        event = QWheelEvent(
            view,
            self.canvas.viewport().mapToGlobal(view),
            pixels or QPoint(),
            QPoint(0, turn),
            Qt.MouseButton.NoButton,
            keys,
            Qt.ScrollPhase.NoScrollPhase,
            False,
            Qt.MouseEventSource.MouseEventNotSynthesized,
            device or QPointingDevice.primaryPointingDevice(),
        )
        self._send(event)

    # Keys

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.canvas, key, keys)

    # Drag and drop

    def drop(self, key: str, place: QPointF, keys: Qt.KeyboardModifier = NONE) -> bool:
        """Bring something from the palette and drop it; says whether it was taken."""
        if not self.hover(key, place, keys):
            return False
        view = self.view(place)
        event = QDropEvent(view, Qt.DropAction.CopyAction, _mime(key), LEFT, keys)
        self._send(event)
        return event.isAccepted()

    def hover(self, key: str, place: QPointF, keys: Qt.KeyboardModifier = NONE) -> bool:
        """Hold something from the palette over the canvas; says whether it would be taken."""
        point = self.view(place).toPoint()
        mime = _mime(key)
        enter = QDragEnterEvent(point, Qt.DropAction.CopyAction, mime, LEFT, keys)
        self._send(enter)
        over = QDragMoveEvent(point, Qt.DropAction.CopyAction, mime, LEFT, keys)
        self._send(over)
        return enter.isAccepted() and over.isAccepted()

    def carry_away(self) -> None:
        """Take what is held over the canvas elsewhere."""
        self._send(QDragLeaveEvent())

    def _mouse(
        self,
        kind: QEvent.Type,
        place: QPointF,
        button: Qt.MouseButton,
        held: Qt.MouseButton,
        keys: Qt.KeyboardModifier,
    ) -> None:
        view = self.view(place)
        self._send(QMouseEvent(kind, view, self.canvas.viewport().mapToGlobal(view), button, held, keys))

    def _send(self, event: QEvent) -> None:
        QCoreApplication.sendEvent(self.canvas.viewport(), event)


_kept: list[QMimeData] = []


def _mime(key: str) -> QMimeData:
    # A drop event does not own its data, so they are kept until the process ends.
    data = QMimeData()
    data.setData(MIME, key.encode())
    _kept.append(data)
    return data


def assert_obeys(canvas: Canvas) -> None:
    """The scene shows the document, no more and no less."""
    session, board = canvas.session, canvas.board
    graph = session.graph
    assert board.nodes.keys() == graph.by_id.keys()
    for id_, item in board.nodes.items():
        node = graph.by_id[id_]
        # Qt leaves an item where it is when it is to go by less than it can tell.
        assert (item.pos() - QPointF(*node.xy)).manhattanLength() < 1e-6
        assert item.parentItem() is None
        assert item.face == make_face(graph, node, session.blocks, session.analysis)
        assert item.is_selected == (id_ in session.selection)
    assert board.wires.keys() == set(graph.edges)
    for edge, wire in board.wires.items():
        start, end = board.wire_ends(edge)
        path = wire.path()
        assert (path.pointAtPercent(0.0) - start).manhattanLength() < 1e-6
        assert (path.currentPosition() - end).manhattanLength() < 1e-6
        assert wire.isVisible()
    ties = board.ties.items
    assert {id_: tie.owner for id_, tie in ties.items()} == {
        node.id: node.shares for node in graph.nodes if node.shares in graph.by_id
    }
    for id_, tie in ties.items():
        assert tie.path() == tie_path(board.nodes[tie.owner].card, board.nodes[id_].card)
    frames = board.frames.items
    assert {id_: item.frame for id_, item in frames.items()} == {frame.id: frame for frame in graph.frames}
    assert {id_ for id_, item in frames.items() if item.is_picked} == {canvas.framing.picked} - {None}
    tabs = [item.tab for item in frames.values()]
    shown = (*board.nodes.values(), *board.wires.values(), *ties.values(), *frames.values(), *tabs)
    assert {id(item) for item in board.items()} == {id(item) for item in (*shown, canvas.pointing.note)}

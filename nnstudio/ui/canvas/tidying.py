"""Tidy: a thread works out where cards stand best, then they glide there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEasingCurve, QObject, QPointF, QTimer, QVariantAnimation
from PySide6.QtWidgets import QLabel, QStyle

from nnstudio.core.edits import move
from nnstudio.core.frames import fit_frames
from nnstudio.core.words import tr
from nnstudio.project.layout import Box, Stopped, arrange
from nnstudio.project.layout.arranging import GRID, Direction
from nnstudio.training.threads import quick_turns
from nnstudio.ui import theme
from nnstudio.ui.canvas.geometry import CARD_WIDTH
from nnstudio.ui.monitor.collector import SWITCH

if TYPE_CHECKING:
    from nnstudio.core.graph import Graph
    from nnstudio.ui.canvas.view import Canvas

_POLL_MS: Final = 16
_PATIENCE: Final = 0.4
"""Seconds of work after which it is said that there is some."""
_MARGIN: Final = 16
_GLIDE_MS: Final = 250
MOST_GLIDING: Final = 300
"""More cards than these jump."""

_Look = tuple[float, QPointF]
"""Zoom, and the place in the middle."""
Places = dict[str, tuple[float, float]]


class _Work:
    """One layout under way in a thread. Nothing of Qt is touched there.

    Attributes:
        graph: the drawing that is laid out.
        ids: the nodes of it that are.
        places: where they go, once that is known.
    """

    def __init__(self, graph: Graph, boxes: Mapping[str, Box], direction: Direction) -> None:
        self.graph = graph
        self.ids = frozenset(boxes)
        self.places: Places | None = None
        self._boxes = boxes
        self._direction = direction
        self._unwanted = threading.Event()
        self._thread = threading.Thread(target=self._do, name="nnstudio-tidy", daemon=True)
        SWITCH.hold()  # or the collector might run in the thread and find something of Qt's
        self._thread.start()

    @property
    def is_working(self) -> bool:
        """Whether the thread is still at it."""
        return self._thread.is_alive()

    def end(self) -> None:
        """Stop, if it still works, and wait for the thread. To be called once."""
        self._unwanted.set()
        self._thread.join()
        SWITCH.release()

    def _do(self) -> None:
        try:
            with quick_turns():
                self.places = arrange(self._boxes, self.graph.edges, self._direction, self._unwanted.is_set)
        except Stopped:
            pass


def _end(working: list[_Work]) -> None:
    while working:
        working.pop().end()


class Tidying(QObject):
    """Lays out the drawing of a canvas. What is worked out for a drawing that has changed meanwhile is dropped."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._working: list[_Work] = []  # one at most
        self._glide: Glide | None = None
        self._sign: QLabel | None = None
        self._began = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._on_polled)
        # When the canvas goes this object is half gone by then, what is worked at is not.
        working = self._working
        canvas.destroyed.connect(lambda: _end(working))

    @property
    def is_busy(self) -> bool:
        """Whether it works, or cards are on their way."""
        return bool(self._working) or self._glide is not None

    def start(self, ids: Collection[str], direction: Direction) -> None:
        """Begin to lay out these nodes; what was begun before is dropped."""
        self.drop()
        canvas = self._canvas
        sizes, nodes = canvas.framing.sizes, canvas.board.nodes
        boxes = {
            node.id: Box(*sizes[node.id], nodes[node.id].face.inputs, nodes[node.id].face.outputs)
            for node in canvas.session.graph.nodes
            if node.id in ids
        }
        self._working.append(_Work(canvas.session.graph, boxes, direction))
        self._began = time.monotonic()
        self._timer.start()

    def settle(self) -> None:
        """Let cards that are on their way be where they go."""
        if self._glide is not None:
            self._glide.finish()

    def drop(self) -> None:
        """Forget what is being worked out, and settle."""
        self.settle()
        self._timer.stop()
        _end(self._working)
        if self._sign is not None:
            self._sign.deleteLater()
            self._sign = None

    def stop(self) -> bool:
        """Give up what is being worked out; says whether there was anything."""
        was_working = bool(self._working)
        self.drop()
        return was_working

    def _on_polled(self) -> None:
        (work,) = self._working
        if self._sign is None and time.monotonic() - self._began > _PATIENCE:
            self._sign = _make_sign(self._canvas)
        if work.is_working or self._canvas.is_busy:  # a change would take the cards out of the hand
            return
        self.drop()
        if work.places is not None and work.graph == self._canvas.session.graph:
            self._land(work.graph, work.places)

    def _land(self, old: Graph, arranged: Places) -> None:
        """Commit, then let the cards glide for show."""
        canvas = self._canvas
        board, session = canvas.board, canvas.session
        places = _in_place_of(old, arranged, canvas.framing.sizes)
        before = {id_: board.nodes[id_].pos() for id_ in places if places[id_] != old.by_id[id_].xy}
        looked = (canvas.zoom, canvas.centre)
        saw_all = len(places) == len(board.nodes) and canvas.seen.contains(board.painted_rect())
        session.commit(tr("Tidy up"), graph=fit_frames(old, move(old, places), canvas.framing.sizes))
        if saw_all:
            canvas.zoom_to_fit()
        glides = canvas.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, canvas) > 0
        if glides and 0 < len(before) <= MOST_GLIDING:
            self._glide = Glide(canvas, before, looked, self._on_glided, self)

    def _on_glided(self) -> None:
        self._glide = None


def _make_sign(canvas: Canvas) -> QLabel:
    """Say in the corner of the canvas that it is being tidied up."""
    colours = canvas.board.style_.theme
    sign = QLabel(tr("Tidying up… Esc stops it"), canvas)
    sign.setObjectName("canvas_tidying")
    sign.setFont(theme.font("caption"))
    sign.setStyleSheet(
        f"color: {colours.mute.name()}; background: {colours.raised.name()};"
        f" border: 1px solid {colours.line.name()}; border-radius: 6px; padding: 4px 8px;"
    )
    sign.adjustSize()
    sign.move(_MARGIN, canvas.height() - sign.height() - _MARGIN)
    sign.show()
    return sign


class Glide:
    """Cards on their way from where they stood to where they stand by the document; wires and view follow."""

    def __init__(
        self,
        canvas: Canvas,
        before: Mapping[str, QPointF],
        looked: _Look,
        over: Callable[[], None],
        parent: QObject,
    ) -> None:
        """Begin.

        Args:
            canvas: shows the document already, and the part of it that is to be seen.
            before: where the cards stood.
            looked: zoom and middle of what was seen.
            over: called once all are there.
            parent: what the animation belongs to.
        """
        self._canvas = canvas
        board = self._board = canvas.board
        now = (canvas.zoom, canvas.centre)
        self._looks = (looked, now) if looked != now else None
        self._ways = {id_: (place, board.nodes[id_].pos()) for id_, place in before.items()}
        self._wires = board.wires_at(before.keys())
        self._over = over
        self._animation = QVariantAnimation(parent)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setDuration(_GLIDE_MS)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.valueChanged.connect(self._on_stepped)
        self._animation.finished.connect(self.finish)
        self._place(0.0)
        self._animation.start()

    def finish(self) -> None:
        """Let all be there."""
        self._animation.valueChanged.disconnect(self._on_stepped)
        self._animation.finished.disconnect(self.finish)
        self._animation.stop()
        self._animation.deleteLater()
        self._place(1.0)
        self._board.lay(self._wires)
        self._over()

    def _on_stepped(self, share: object) -> None:
        assert isinstance(share, float)
        self._place(share)

    def _place(self, share: float) -> None:
        board = self._board
        for id_, (start, end) in self._ways.items():
            board.nodes[id_].setPos(start + (end - start) * share if share < 1.0 else end)
        if self._looks is not None:
            (zoom, centre), (zoom_then, centre_then) = self._looks
            self._canvas.show_place(zoom * (zoom_then / zoom) ** share, centre + (centre_then - centre) * share)
        board.lay_straight(self._wires)
        board.ties.lay(self._ways.keys())
        board.touch()


def _in_place_of(old: Graph, arranged: Places, sizes: Mapping[str, tuple[float, float]]) -> Places:
    """Shift an arrangement so that its middle is where that of its cards was, on the grid."""
    middle_before = _middle({id_: old.by_id[id_].xy for id_ in arranged}, sizes)
    middle = _middle(arranged, sizes)
    across = round((middle_before[0] - middle[0]) / GRID) * GRID
    down = round((middle_before[1] - middle[1]) / GRID) * GRID
    return {id_: (x + across, y + down) for id_, (x, y) in arranged.items()}


def _middle(places: Places, sizes: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
    lefts, tops = [x for x, _ in places.values()], [y for _, y in places.values()]
    bottoms = [y + sizes[id_][1] for id_, (_, y) in places.items()]
    return (min(lefts) + max(lefts) + CARD_WIDTH) / 2, (min(tops) + max(bottoms)) / 2

"""The canvas: where the drawing is seen and made. It obeys the session, and changes it only by committed edits."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QCursor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from nnstudio.core.words import tr
from nnstudio.ui import theme as themes
from nnstudio.ui.canvas import walking
from nnstudio.ui.canvas.arranging import Arranging
from nnstudio.ui.canvas.card import Style
from nnstudio.ui.canvas.caret import Caret
from nnstudio.ui.canvas.commands import Commands
from nnstudio.ui.canvas.copying import Copying
from nnstudio.ui.canvas.corners import MARGIN, Corners
from nnstudio.ui.canvas.face import BLOCK
from nnstudio.ui.canvas.following import Following
from nnstudio.ui.canvas.gestures.base import Pointer
from nnstudio.ui.canvas.gestures.zoom import Pinch, Wheel
from nnstudio.ui.canvas.hands import Hands
from nnstudio.ui.canvas.items import NodeItem
from nnstudio.ui.canvas.keyboard import Keyboard
from nnstudio.ui.canvas.menu import open_menu
from nnstudio.ui.canvas.pointing import Pointing, Under
from nnstudio.ui.canvas.scene import Scene
from nnstudio.ui.canvas.searching import Searching
from nnstudio.ui.canvas.viewport import Viewport

if TYPE_CHECKING:
    from nnstudio.ui.canvas.framing import Framing
    from nnstudio.ui.canvas.wire_looks import WireLooks
    from nnstudio.ui.session import Session


class Canvas(Viewport):
    """The drawing of one session.

    Attributes:
        session: the model.
        board: the scene.
        commands: the edits that hands and keys make.
        pointing: what the pointer points at.
        arranging: what is done with several cards at once.
        copying: what is done with the clipboard.
        searching: the search for layers to add.
        caret: where the keyboard is.
        corners: what lies over the drawing without being part of it.
        following: what keeps it as the session is.
        space_held: whether a left drag pans now.
    """

    edit_wanted = Signal()
    """Enter was pressed on a layer: its settings are to be edited."""
    insight_wanted = Signal()
    """The views are wanted that look inside the selected layer while it trains."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.session = session
        self.board = Scene(Style(themes.current()))
        super().__init__(self.board, parent)
        self.board.setParent(self)
        self.setObjectName("canvas")
        self.setAccessibleName(tr("Drawing"))
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.commands = Commands(session)
        self.pointing = Pointing(self)
        self.arranging = Arranging(self)
        self.copying = Copying(self)
        self.searching = Searching(self)
        self.caret = Caret(self)
        self.space_held = False
        self.corners = Corners(self)
        self.following = Following(self)
        self._hands = Hands(self)
        self._keyboard = Keyboard(self)
        self._wheel = Wheel(self)
        self._pinch = Pinch(self)
        self.following.begin()

    @cached_property
    def framing(self) -> Framing:
        """What is done with frames; made when first asked for."""
        from nnstudio.ui.canvas.framing import Framing

        return Framing(self)

    @cached_property
    def looks(self) -> WireLooks:
        """What wires show of a run; made when first asked for."""
        from nnstudio.ui.canvas.wire_looks import WireLooks

        return WireLooks(self)

    @property
    def is_busy(self) -> bool:
        """Whether a hand is at work."""
        return self._hands.are_busy

    # What the window asks for

    def node_item(self, id_: str) -> NodeItem:
        """Return the item of a node.

        Raises:
            KeyError: the drawing has no such node.
        """
        return self.board.nodes[id_]

    def zoom_to_fit(self) -> None:
        """Show the whole drawing, beside the minimap if it would lie under it."""
        rect = self.board.painted_rect()
        self.frame(rect)
        covered = self.corners.covered
        if not covered.isEmpty() and self.board.nodes_in(self.viewportTransform().inverted()[0].mapRect(covered)):
            self.frame(rect, covered.height() - MARGIN)

    def zoom_to_selection(self) -> None:
        """Show what is selected, or the picked frame, or everything where there is neither."""
        if self.framing.picked is not None:
            self.frame(self.framing.item(self.framing.picked).outer)
            return
        self.frame(self.board.painted_rect(self.session.selection or None))

    def delete_selection(self) -> None:
        """Remove what is selected: nodes, or the wire or the frame that was clicked."""
        edge, frame = self.pointing.picked, self.pointing.picked_frame
        if frame is not None:
            self.framing.remove(frame)
        elif edge is not None:
            self.commands.disconnect(edge)
        else:
            self.commands.remove(self.session.selection)

    def delete_and_reconnect(self) -> None:
        """Remove the selected nodes; what fed each now feeds what it fed."""
        self.commands.remove_and_reconnect(self.session.selection)

    def select_all(self) -> None:
        """Select every node."""
        self.session.select(self.board.nodes)

    def add(self, key: str) -> None:
        """Add a layer as from the keyboard: see `start_add`, for the middle of the view.

        Args:
            key: a kind, or ``Block:`` and the name of a block.
        """
        self.start_add(key, self.centre)

    def start_add(self, key: str, place: QPointF) -> None:
        """Add a layer after the selected one if that has a free output, else around a place of the scene."""
        self.commands.add_near(key, (place.x(), place.y()))
        self.caret.reveal(self.session.selection)

    def toggle_minimap(self) -> None:
        """Show or hide the minimap."""
        self.session.view.minimap = not self.session.view.minimap
        self.corners.refresh()

    # What gestures and keys ask for

    def under(self, at: Pointer) -> Under:
        """Return what is under the pointer."""
        return self.pointing.under(at)

    def open_menu(self, at: Pointer) -> None:
        """Open the menu for what is under the pointer."""
        open_menu(self, at)

    def cancel(self) -> bool:
        """Give up the gesture under way; says whether there was one."""
        return self._hands.cancel()

    def let_go(self) -> None:
        """Give up the gesture under way; without one, select nothing; with nothing selected, leave the block."""
        if self.cancel() or self.arranging.stop():
            return
        if self.pointing.picked is None and self.pointing.picked_frame is None and not self.session.selection:
            self.session.leave()
        elif self.pointing.picked is not None:
            self.pointing.leave()
            self.pointing.pick(None)
        else:
            self.pointing.pick(None)
            self.session.select(())

    def enter(self, id_: str | None = None) -> bool:
        """Open the drawing of a block: of this node, or of the only selected one. Says whether it is one."""
        chosen = self.session.selection if id_ is None else (id_,)
        node = self.session.graph.by_id.get(next(iter(chosen), "")) if len(chosen) == 1 else None
        name = node.params.get("block") if node is not None and node.kind == BLOCK else None
        if node is None or name not in self.session.blocks:
            return False
        self.session.enter(str(name), node.id)
        return True

    def edit(self) -> None:
        """Open the selected block; otherwise put the keyboard into the settings of what is selected."""
        if not self.enter():
            self.edit_wanted.emit()

    def begin_wire(self) -> None:
        """Begin a wire by keys from the node the keyboard is at."""
        from nnstudio.ui.canvas.gestures.key_wire import KeyWire

        id_ = self.caret.current if self.caret.current in self.board.nodes else self.caret.first()
        if id_ is not None and not self._hands.are_busy:
            self.caret.go_to(id_)
            self._hands.begin(KeyWire(self, id_))

    def pick_next_wire(self) -> None:
        """Pick out the next wire of the node the keyboard is at."""
        self.caret.by_keys = True
        walking.pick_next_wire(self)

    def take_keyboard(self) -> None:
        """Take the keyboard back from a panel that was left by Esc."""
        self.setFocus(Qt.FocusReason.TabFocusReason)

    def pointer_place(self) -> QPointF | None:
        """Return where the pointer is in the viewport; None where it is elsewhere."""
        place = self.viewport().mapFromGlobal(QCursor.pos())
        inside = self.viewport().underMouse() and self.viewport().rect().contains(place)
        return QPointF(place) if inside else None

    def show_cursor(self, shape: Qt.CursorShape | None) -> None:
        """Change the pointer's look; None is the arrow, or the hand that is ready to pan."""
        ready = Qt.CursorShape.OpenHandCursor if self.space_held else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape if shape is not None else ready)

    # Qt: mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture."""
        self.arranging.settle()
        self.caret.by_keys = False
        self.caret.show()
        event.setAccepted(self._hands.press(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a gesture, or show what is pointed at."""
        event.accept()
        self._hands.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a gesture."""
        event.accept()
        self._hands.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the search in the empty, and a block's drawing on its card."""
        self.arranging.settle()
        event.setAccepted(self._hands.press_twice(event))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom, or pan with two fingers."""
        event.accept()
        self.arranging.settle()
        self._wheel.turn(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Take pinches, and note when the pointer leaves."""
        if isinstance(event, QNativeGestureEvent) and self._pinch.follow(event):
            return True
        if event.type() == QEvent.Type.Leave:
            self.pointing.leave()
        return super().viewportEvent(event)

    # Qt: keys

    def event(self, event: QEvent) -> bool:
        """Take the plain keys while they lead a gesture, so that no shortcut does."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._hands.are_led:
            event.setAccepted(event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier))
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what the key means; during a gesture only Esc means something."""
        self.arranging.settle()
        event.accept()
        if self._hands.key(event):
            return
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            if not event.isAutoRepeat() and not self._hands.are_busy:
                self.space_held = True
                self.show_cursor(None)
        elif not self._hands.are_busy or event.key() == Qt.Key.Key_Escape:
            event.setAccepted(self._keyboard.press(event))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Take back the hand that Space brought."""
        mine = event.key() == Qt.Key.Key_Space
        event.setAccepted(mine)
        if mine and not event.isAutoRepeat():
            self.space_held = False
            if not self._hands.are_busy:
                self.show_cursor(None)

    def focusNextPrevChild(self, next: bool, /) -> bool:
        """Leave the canvas only where Tab means nothing on it."""
        stays = self._hands.are_led or self._keyboard.keeps_tab(forwards=next)
        return False if stays else super().focusNextPrevChild(next)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is when it came by key."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.caret.arrive()
        self.caret.show()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of Space: its release goes elsewhere."""
        super().focusOutEvent(event)
        self.space_held = False
        if self._hands.are_led:
            self._hands.cancel()
        self.caret.show()

    # Qt: drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a layer that comes from the palette."""
        self.arranging.settle()
        _answer(event, self._hands.enter(event))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where it would stand."""
        _answer(event, self._hands.hover(event))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget it."""
        event.accept()
        self._hands.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        """Place it."""
        taken = self._hands.drop(event)
        _answer(event, taken)
        if taken:
            self.setFocus(Qt.FocusReason.MouseFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what the layers gave meanwhile."""
        super().showEvent(event)
        self.following.show_pictures()

    def hideEvent(self, event: QHideEvent) -> None:
        """Give up the gesture under way: the end of it goes elsewhere."""
        super().hideEvent(event)
        self._hands.cancel()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what lies over the drawing in its place."""
        self.corners.arrange()
        super().resizeEvent(event)

    def first_look(self) -> None:
        """Show what was shown before the window was built anew, or everything."""
        self.following.first_look()


def _answer(event: QDropEvent, taken: bool) -> None:
    if taken:
        event.acceptProposedAction()
    else:
        event.ignore()

"""What is done with frames: made, named, noted, moved, removed, and reached by keys.

The frame that is picked out is kept beside the picked wire in `Pointing`, not in the session's selection: that one is a
set of layers, which the inspector, the monitor and all commands take for layers, and a frame means nothing to them. One
frame is picked out at a time; picking one selects no layers, and selecting layers picks out none.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

from nnstudio.core import frames
from nnstudio.core.graph import Frame
from nnstudio.core.words import tr
from nnstudio.ui.canvas.frame_items import FrameItem
from nnstudio.ui.canvas.geometry import CARD_WIDTH, GRID, snap

if TYPE_CHECKING:
    from nnstudio.ui.canvas.frame_editor import NoteEditor, TitleEditor
    from nnstudio.ui.canvas.view import Canvas

_AROUND = 24
"""Pixels around a frame that is brought into view."""


class Framing:
    """Edits of the frames on a canvas, each one step to undo."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._editor: TitleEditor | NoteEditor | None = None

    @property
    def picked(self) -> str | None:
        """Id of the frame that is picked out."""
        return self._canvas.pointing.picked_frame

    def pick(self, id_: str | None) -> None:
        """Pick out a frame, or none; no layers are selected then."""
        if id_ is not None:
            self._canvas.session.select(())
        self._canvas.pointing.pick(None, id_)

    def item(self, id_: str) -> FrameItem:
        """Return the item of a frame.

        Raises:
            KeyError: there is no such frame.
        """
        return self._canvas.board.frames.items[id_]

    @property
    def sizes(self) -> frames.Sizes:
        """Sizes of the cards."""
        nodes = self._canvas.board.nodes
        return {id_: (CARD_WIDTH, item.face.height) for id_, item in nodes.items()}

    def held(self, id_: str) -> frozenset[str]:
        """Return the nodes that a frame holds."""
        session = self._canvas.session
        return frames.held(session.graph, frames.frame_of(session.graph, id_).rect, self.sizes)

    # Edits

    def add(self) -> None:
        """Put a frame around what is selected, or an empty one into the middle, and ask for its title."""
        canvas, session = self._canvas, self._canvas.session
        middle = snap(canvas.centre)
        graph, id_ = frames.add_frame(
            session.graph, tr("Frame"), session.selection, (middle.x(), middle.y()), self.sizes
        )
        merge = f"frame {id_}"  # with the title that is typed now, it is one step
        session.commit(tr("Add a frame"), graph=graph, merge=merge)
        if id_ not in canvas.board.frames.items:  # as while the drawing is only shown
            return
        self.pick(id_)
        self._reveal(id_)
        self.edit_title(id_, merge)

    def rename(self, id_: str, title: str, merge: str | None = None) -> None:
        """Give a frame another title; an empty one leaves it as it is."""
        frame, title = self._frame(id_), title.strip()
        if title:
            label = tr("Name the frame {title}", title=_short(title))
            self._set(label, frames.replace(frame, title=title), merge)

    def write_note(self, id_: str, note: str) -> None:
        """Give a frame another note; where cards would lie over it, the frame grows upwards."""
        frame, note = self._frame(id_), note.strip()
        if note == frame.note:
            return
        left, top, wide, high = frame.rect
        cards = [self._canvas.board.nodes[key].card.top() for key in self.held(id_)]
        if note and cards:
            missing = top + self.item(id_).note_height(note) - min(cards)
            grown = max(0.0, math.ceil(missing / GRID) * GRID)
            top, high = top - grown, high + grown
        label = tr("Note on {title}", title=_short(frame.title))
        self._set(label, frames.replace(frame, note=note, rect=(left, top, wide, high)))

    def move(self, id_: str, by: tuple[float, float], *, alone: bool = False, merge: str | None = None) -> None:
        """Move a frame, with all that it holds or alone."""
        session = self._canvas.session
        label = tr("Move the frame {title}", title=_short(self._frame(id_).title))
        graph = frames.move_frame(session.graph, id_, by, alone=alone, sizes=self.sizes)
        session.commit(label, graph=graph, merge=merge)

    def resize(self, id_: str, rect: frames.Rect) -> None:
        """Give a frame another place and size."""
        frame = self._frame(id_)
        label = tr("Resize the frame {title}", title=_short(frame.title))
        self._set(label, frames.replace(frame, rect=rect))

    def remove(self, id_: str) -> None:
        """Remove a frame; what it held stays."""
        session = self._canvas.session
        label = tr("Remove the frame {title}", title=_short(self._frame(id_).title))
        session.commit(label, graph=frames.remove_frames(session.graph, (id_,)))

    # For keys and menus

    def nudge(self, across: float, down: float) -> None:
        """Move the picked frame a little, with all that it holds; several nudges in a row are one step."""
        if self.picked is not None:
            self.move(self.picked, (across, down), merge=f"nudge frame {self.picked}")

    def step(self) -> None:
        """Go to the next frame, from top left to bottom right."""
        graph = self._canvas.session.graph
        order = [frame.id for frame in sorted(graph.frames, key=lambda frame: (frame.rect[1], frame.rect[0]))]
        if order:
            place = order.index(self.picked) + 1 if self.picked in order else 0
            id_ = order[place % len(order)]
            self.pick(id_)
            self._reveal(id_)
            frame = self._frame(id_)
            words = tr("Frame {title}", title=frame.title)
            self._canvas.setAccessibleDescription(f"{words}. {frame.note}" if frame.note else words)

    def rename_picked(self) -> bool:
        """Edit the title of the picked frame in its place; says whether there is one."""
        if self.picked is not None:
            self.edit_title(self.picked)
        return self.picked is not None

    def note_picked(self) -> None:
        """Edit the note of the picked frame in its place."""
        if self.picked is not None:
            self.edit_note(self.picked)

    def select_held(self) -> None:
        """Select the layers that the picked frame holds."""
        if self.picked is not None:
            self._canvas.session.select(self.held(self.picked))

    # Editing in place

    def edit_title(self, id_: str, merge: str | None = None) -> None:
        """Let the title be typed where it stands."""
        from nnstudio.ui.canvas.frame_editor import TitleEditor  # not needed for the first window

        self.close_editor()
        if self._canvas.session.locked:
            return
        self._editor = TitleEditor(self._canvas, id_, lambda title: self.rename(id_, title, merge), self._forget)

    def edit_note(self, id_: str) -> None:
        """Let the note be typed where it stands."""
        from nnstudio.ui.canvas.frame_editor import NoteEditor  # not needed for the first window

        self.close_editor()
        if self._canvas.session.locked:
            return
        self._editor = NoteEditor(self._canvas, id_, lambda note: self.write_note(id_, note), self._forget)

    def close_editor(self) -> None:
        """Take what is typed as it is."""
        if self._editor is not None:
            self._editor.finish(accepted=True)

    def drop_editor(self) -> None:
        """Leave what is typed, as when the drawing changed."""
        if self._editor is not None:
            self._editor.finish(accepted=False)

    def _forget(self) -> None:
        self._editor = None
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    # Inside

    def _frame(self, id_: str) -> Frame:
        return frames.frame_of(self._canvas.session.graph, id_)

    def _set(self, label: str, frame: Frame, merge: str | None = None) -> None:
        session = self._canvas.session
        session.commit(label, graph=frames.set_frame(session.graph, frame), merge=merge)

    def _reveal(self, id_: str) -> None:
        """Bring a frame into view; of one that is larger than the view, the title."""
        canvas, item = self._canvas, self.item(id_)
        rect = item.rect.united(item.tab.rect(canvas.zoom))
        seen = canvas.seen
        if rect.width() > seen.width() or rect.height() > seen.height():
            rect = QRectF(item.tab.rect(canvas.zoom))
        canvas.ensureVisible(rect, _AROUND, _AROUND)


def shift_of(start: QPointF, by: QPointF, *, free: bool) -> QPointF:
    """Return how far something that began at ``start`` goes: onto the grid, unless it is free."""
    return by if free else snap(start + by) - start


def _short(title: str) -> str:
    title = " ".join(title.split())
    return title if len(title) <= 24 else title[:23] + "…"

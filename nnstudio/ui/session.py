"""The model behind every widget: the document with its history, what is known of it, what is selected, the run.

Widgets receive a `Session`, read it, change it through its methods and follow its signals; they never talk to each
other. What must outlive a widget, such as the open page, is in `Session.view`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from nnstudio.core.graph import Block, Graph, Scalar
from nnstudio.core.history import History
from nnstudio.core.words import tr
from nnstudio.ui.scope import Level, OpenDrawing
from nnstudio.ui.viewpoint import Outside, View

if TYPE_CHECKING:
    from nnstudio.compiler.analysis import Analysis
    from nnstudio.project.document import Project
    from nnstudio.ui.bridge import RunBridge
    from nnstudio.ui.kept import KeptBlocks

LOG_LINES = 2_000


class Session(QObject):
    """One open drawing. ``changed`` comes after every commit, undo, redo, new and open, with the analysis ready."""

    changed = Signal(object, object)
    selection_changed = Signal()
    entering = Signal()
    """Another drawing is about to be opened on the canvas; what is typed and not handed on yet belongs to this one."""
    entered = Signal()
    """Another drawing is open on the canvas: a block was entered or left."""
    revealed = Signal(str, bool)
    """A node of the drawing on the canvas is to be brought to the eye, and the keyboard with it or not."""
    refused = Signal(str)
    """An edit cannot be made; says why."""
    told = Signal(str)
    """A word on what was asked for, shown for a while and then gone; it is in the log, too."""
    overlaid = Signal()
    """`overlay` is another."""
    leaving = Signal()
    """Another document is about to take the place of this one."""
    file_changed = Signal()
    """`path` or `dirty` is another."""
    saved = Signal()
    logged = Signal(str)

    def __init__(self, project: Project, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view = View()
        self.locked = False
        """Whether the drawing is only shown: edits are not taken, nor taken back."""
        self.path = path
        self._since = time.time()
        self._names = {project.name}
        self._history = History(project)
        self._history.listen(self._on_moved)
        self._saved: Project | None = project
        self._was_dirty = False
        self._open = OpenDrawing(project)
        self._outside: list[Outside] = []
        self._selection: frozenset[str] = frozenset()
        self._bridge: RunBridge | None = None
        self._kept: KeptBlocks | None = None
        self._log: list[str] = []

    # The document

    @property
    def project(self) -> Project:
        """The document as it is now."""
        return self._history.now

    @property
    def graph(self) -> Graph:
        """The drawing on the canvas as it is now: the document's own, or that of the block that was entered."""
        return self._open.seen.graph

    @property
    def sheet(self) -> Project:
        """The document as if the drawing on the canvas were its own; edits of it go to `commit` as ``sheet``."""
        return self._open.sheet

    @property
    def blocks(self) -> Mapping[str, Block]:
        """The document's block definitions by name."""
        return self._open.blocks

    @property
    def analysis(self) -> Analysis:
        """What is known of the drawing on the canvas as it is now."""
        return self._open.seen.analysis

    @property
    def model(self) -> Analysis:
        """What is known of the document's own drawing, which is what trains and is exported."""
        return self._open.model

    @property
    def values(self) -> Mapping[str, Scalar]:
        """What settings on the canvas may refer to, and what that is here; empty outside of blocks."""
        return self._open.seen.values

    def reword(self) -> None:
        """Say all problems again, in the language that is current now."""
        self._open.reword()

    def commit(
        self,
        label: str,
        graph: Graph | None = None,
        *,
        project: Project | None = None,
        sheet: Project | None = None,
        merge: str | None = None,
    ) -> None:
        """Make an edited drawing, or a whole edited document, the present one.

        Args:
            label: what the Undo menu says.
            graph: the new drawing on the canvas, with the rest of the document as it is.
            project: the new document; give one of the three.
            sheet: an edited `sheet`.
            merge: steps in a row with one key are undone as one.
        """
        assert [graph, project, sheet].count(None) == 2
        if self.locked:
            return
        if graph is not None:
            sheet = msgspec.structs.replace(self.sheet, graph=graph)
        try:
            new = self._open.with_sheet(sheet) if sheet is not None else project
        except ValueError as error:
            self.refuse(str(error))
            return
        assert new is not None
        self._history.commit(label, new, merge=f"{self.within} {merge}" if merge is not None else None)

    def refuse(self, text: str) -> None:
        """Say that an edit cannot be made, and why."""
        self.log(text)
        self.refused.emit(text)

    def tell(self, text: str) -> None:
        """Say what became of something in passing: nothing waits for an answer."""
        self.log(text)
        self.told.emit(text)

    def undo(self) -> None:
        """Take the last step back."""
        if not self.locked:
            self._history.undo()

    def redo(self) -> None:
        """Bring the step taken back last again."""
        if not self.locked:
            self._history.redo()

    @property
    def undo_label(self) -> str | None:
        """What the next undo takes back; None where there is nothing."""
        return self._history.undo_label

    @property
    def redo_label(self) -> str | None:
        """What the next redo brings again; None where there is nothing."""
        return self._history.redo_label

    # Blocks

    @property
    def trail(self) -> tuple[Level, ...]:
        """The blocks that were entered, one within the other; empty for the document's own drawing."""
        return self._open.trail

    @property
    def within(self) -> str | None:
        """Name of the block whose drawing is on the canvas; None for the document's own."""
        return self.trail[-1].block if self.trail else None

    def enter(self, block: str, node: str | None = None) -> None:
        """Open the drawing of a block on the canvas.

        Args:
            block: its name.
            node: id of the instance on the canvas whose values and signals it is to be seen with.

        Raises:
            KeyError: the document has no such block.
        """
        _ = self.blocks[block]
        self.entering.emit()
        self._outside.append(Outside(self._selection, self.view.zoom, self.view.centre))
        self.view.zoom = self.view.centre = None
        self._go((*self.trail, Level(block, node)), frozenset())

    def leave(self, levels: int = 1) -> None:
        """Go back to the drawing around the block that is open, or further out; nothing outside of blocks."""
        if self.trail and levels > 0:
            self.entering.emit()
            kept = max(0, len(self.trail) - levels)
            before = self._outside[kept]
            self.view.zoom, self.view.centre = before.zoom, before.centre
            self._go(self.trail[:kept], before.selection)

    def leave_all(self) -> None:
        """Go back to the document's own drawing."""
        self.leave(len(self.trail))

    # The file

    @property
    def dirty(self) -> bool:
        """Whether the document differs from what its file holds."""
        now = self.project
        return now is not self._saved and now != self._saved

    def new(self) -> None:
        """Begin an empty drawing."""
        from nnstudio.project.document import Project

        self.begin(Project(name=tr("Untitled")), None)

    def open(self, path: Path) -> None:
        """Open a project file in place of the present document.

        Raises:
            FileError: the file cannot be read; the present document stays.
        """
        from nnstudio.project.store import load

        self.begin(load(path), path)
        self.log(tr("Opened {path}", path=path))

    def save(self, path: Path) -> None:
        """Write the document to a file and go on with that file.

        Raises:
            FileError: the file cannot be written; an older file of that name stays as it was.
        """
        from nnstudio.project.store import save

        save(self.project, path)
        self._bring_runs_along(path)
        self._saved = self.project
        self._was_dirty = False
        self.path = path
        self.saved.emit()
        self.file_changed.emit()
        self.log(tr("Saved {path}", path=path))

    def gather_runs(self) -> None:
        """Let runs that went on while a drawing without a file was renamed be found under its name of now."""
        if self.path is None and len(self._names) > 1:
            self._bring_runs_along(None)

    def _bring_runs_along(self, path: Path | None) -> None:
        """Let the runs of a drawing be found where it is now: those of one that had no file leave its former names."""
        from nnstudio.exports import moving
        from nnstudio.project.errors import FileError

        try:
            moving.follow(self.project, self.path, path, self._names, self._since)
        except FileError as error:
            self.log(str(error))

    def begin(self, project: Project, path: Path | None, *, saved: bool = True) -> None:
        """Begin anew with a document: its history is empty; what the one before trained is ended and forgotten.

        Args:
            project: the document.
            path: the file it came from; None for one that has no file yet.
            saved: whether ``path`` holds just this; False for one brought back after a crash.
        """
        self.leaving.emit()
        if self._bridge is not None:
            self._bridge.reset()
        self.view.zoom = self.view.centre = None
        self._selection = frozenset()
        self._outside.clear()
        self._open.go(())
        self.path = path
        self._since = time.time()
        self._names = {project.name}
        self._saved = project if saved else None
        self._history.restart(project)
        self.selection_changed.emit()
        self.file_changed.emit()

    # Selection

    @property
    def selection(self) -> frozenset[str]:
        """Ids of the selected nodes."""
        return self._selection

    def select(self, ids: Iterable[str]) -> None:
        """Select these nodes and no others; ids that are not in the drawing are left out."""
        wanted = frozenset(ids) & self.graph.by_id.keys()
        if wanted != self._selection:
            self._selection = wanted
            self.selection_changed.emit()

    @property
    def model_selection(self) -> frozenset[str]:
        """Ids of what is selected in the document's own drawing: within a block, the instance it was entered by."""
        return frozenset(filter(None, (self.trail[0].node,))) if self.trail else self._selection

    def select_in_model(self, ids: Iterable[str]) -> None:
        """Select nodes of the document's own drawing, which is opened for it."""
        self.leave_all()
        self.select(ids)

    def reveal(self, trail: tuple[Level, ...], id_: str | None, *, with_keys: bool = False) -> None:
        """Open the drawing at the end of a way, select one of its nodes, or none, and bring it to the eye.

        Args:
            trail: the blocks to enter, one within the other.
            id_: the node.
            with_keys: whether the keyboard goes there too.
        """
        common = 0
        while self.trail[: common + 1] == trail[: common + 1] and common < len(trail):
            common += 1
        self.leave(len(self.trail) - common)
        for level in trail[common:]:
            self.enter(level.block, level.node)
        self.select(filter(None, (id_,)))
        if id_ is not None and id_ in self.graph.by_id:
            self.revealed.emit(id_, with_keys)

    # The run

    @property
    def bridge(self) -> RunBridge:
        """Where training runs are started and watched; made when first asked for."""
        if self._bridge is None:
            from nnstudio.ui.bridge import RunBridge

            self._bridge = RunBridge(self)
        return self._bridge

    @property
    def overlay(self) -> str:
        """What wires show of a run: ``weights``, ``gradients`` or nothing."""
        return self.view.overlay

    def show_overlay(self, overlay: str) -> None:
        """Let wires show something of a run; an empty text lets them be wires again."""
        if overlay != self.view.overlay:
            self.view.overlay = overlay
            self.overlaid.emit()

    # The person's own blocks

    @property
    def kept(self) -> KeptBlocks:
        """The blocks that the person has kept for all drawings; looked for when first asked for."""
        if self._kept is None:
            from nnstudio.ui.kept import KeptBlocks

            self._kept = KeptBlocks(self)
        return self._kept

    # The log

    @property
    def logbook(self) -> tuple[str, ...]:
        """What was logged, oldest first; the oldest lines are dropped beyond a few thousand."""
        return tuple(self._log)

    def log(self, text: str) -> None:
        """Note something that happened, with the time of day."""
        line = f"{time.strftime('%H:%M:%S')}  {text}"
        self._log.append(line)
        del self._log[:-LOG_LINES]
        self.logged.emit(line)

    def _on_moved(self, old: Project, new: Project) -> None:
        if self.path is None and new.name != old.name:
            self._names.add(new.name)
            self._bring_runs_along(None)
        fell_out = self._open.take(new)
        if fell_out:
            del self._outside[len(self.trail) :]
            self.view.zoom = self.view.centre = None
        kept = frozenset() if fell_out else self._selection & self.graph.by_id.keys()
        pruned = kept != self._selection
        self._selection = kept
        self.changed.emit(old, new)
        if fell_out:
            self.entered.emit()
        if pruned:
            self.selection_changed.emit()
        if self.dirty != self._was_dirty:
            self._was_dirty = self.dirty
            self.file_changed.emit()

    def _go(self, trail: tuple[Level, ...], selection: frozenset[str]) -> None:
        self._open.go(trail)
        del self._outside[len(trail) :]
        self._selection = selection & self.graph.by_id.keys()
        self.entered.emit()
        self.selection_changed.emit()

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

from nnstudio.compiler.analysis import Analysis, analyse
from nnstudio.compiler.lint import with_lint
from nnstudio.core.graph import Block, Graph
from nnstudio.core.history import History
from nnstudio.core.words import tr
from nnstudio.training.aim import aim_of

if TYPE_CHECKING:
    from nnstudio.project.document import Project
    from nnstudio.ui.bridge import RunBridge

LOG_LINES = 2_000


class View(msgspec.Struct):
    """Where the person is looking: kept here while the window builds its widgets anew.

    Attributes:
        page: ``design`` or ``train``.
        tab: the open tab of the dock, by its key.
        minimap: whether the canvas shows its minimap.
        zoom, centre: the canvas' scale and the scene point in its middle; None before the first fit.
    """

    page: str = "design"
    tab: str = "progress"
    minimap: bool = True
    zoom: float | None = None
    centre: tuple[float, float] | None = None


class Session(QObject):
    """One open drawing. ``changed`` comes after every commit, undo, redo, new and open, with the analysis ready."""

    changed = Signal(object, object)
    selection_changed = Signal()
    file_changed = Signal()
    """`path` or `dirty` is another."""
    saved = Signal()
    logged = Signal(str)

    def __init__(self, project: Project, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view = View()
        self.path = path
        self._history = History(project)
        self._history.listen(self._on_moved)
        self._saved: Project | None = project
        self._was_dirty = False
        self._blocks = _by_name(project.blocks)
        self._analysis = with_lint(analyse(project.graph, self._blocks), aim_of(project.recipe))
        self._selection: frozenset[str] = frozenset()
        self._bridge: RunBridge | None = None
        self._log: list[str] = []

    # The document

    @property
    def project(self) -> Project:
        """The document as it is now."""
        return self._history.now

    @property
    def graph(self) -> Graph:
        """The drawing as it is now."""
        return self._history.now.graph

    @property
    def blocks(self) -> Mapping[str, Block]:
        """The document's block definitions by name."""
        return self._blocks

    @property
    def analysis(self) -> Analysis:
        """What is known of the drawing as it is now."""
        return self._analysis

    def reword(self) -> None:
        """Say all problems again, in the language that is current now."""
        self._analysis = with_lint(analyse(self.graph, self._blocks), aim_of(self.project.recipe))

    def commit(
        self, label: str, graph: Graph | None = None, *, project: Project | None = None, merge: str | None = None
    ) -> None:
        """Make an edited drawing, or a whole edited document, the present one.

        Args:
            label: what the Undo menu says.
            graph: the new drawing, with the rest of the document as it is.
            project: the new document; give one of the two.
            merge: steps in a row with one key are undone as one.
        """
        assert (graph is None) != (project is None)
        new = msgspec.structs.replace(self.project, graph=graph) if graph is not None else project
        assert new is not None
        self._history.commit(label, new, merge=merge)

    def undo(self) -> None:
        """Take the last step back."""
        self._history.undo()

    def redo(self) -> None:
        """Bring the step taken back last again."""
        self._history.redo()

    @property
    def undo_label(self) -> str | None:
        """What the next undo takes back; None where there is nothing."""
        return self._history.undo_label

    @property
    def redo_label(self) -> str | None:
        """What the next redo brings again; None where there is nothing."""
        return self._history.redo_label

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
        self._saved = self.project
        self._was_dirty = False
        self.path = path
        self.saved.emit()
        self.file_changed.emit()
        self.log(tr("Saved {path}", path=path))

    def begin(self, project: Project, path: Path | None, *, saved: bool = True) -> None:
        """Begin anew with a document: its history is empty, and a run of the one before is ended and forgotten.

        Args:
            project: the document.
            path: the file it came from; None for one that has no file yet.
            saved: whether ``path`` holds just this; False for one brought back after a crash.
        """
        if self._bridge is not None:
            self._bridge.reset()
        self.view.zoom = self.view.centre = None
        self._selection = frozenset()
        self.path = path
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

    # The run

    @property
    def bridge(self) -> RunBridge:
        """Where training runs are started and watched; made when first asked for."""
        if self._bridge is None:
            from nnstudio.ui.bridge import RunBridge

            self._bridge = RunBridge(self)
        return self._bridge

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
        before: Analysis | None = self._analysis
        if new.blocks != old.blocks:
            self._blocks, before = _by_name(new.blocks), None
        self._analysis = with_lint(analyse(new.graph, self._blocks, before), aim_of(new.recipe))
        kept = self._selection & new.graph.by_id.keys()
        pruned = kept != self._selection
        self._selection = kept
        self.changed.emit(old, new)
        if pruned:
            self.selection_changed.emit()
        if self.dirty != self._was_dirty:
            self._was_dirty = self.dirty
            self.file_changed.emit()


def _by_name(blocks: Iterable[Block]) -> dict[str, Block]:
    return {block.name: block for block in blocks}

"""What a person can do to the drawing, each as one step to undo. Knows the session, nothing of views."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from nnstudio.core import edits
from nnstudio.core.graph import Edge, Graph
from nnstudio.core.words import tr
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.ui.canvas import clipboard, placing
from nnstudio.ui.canvas.face import first_problem
from nnstudio.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH, GRID
from nnstudio.ui.canvas.wiring import Judge
from nnstudio.ui.session import Session

Place = tuple[float, float]
_COPY_OFFSET = (4 * GRID, 4 * GRID)


class Commands:
    """Edits of one session's drawing; what was added is selected afterwards."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # Adding

    def add(self, key: str, corner: Place, wire: Edge | None = None) -> None:
        """Place a new layer or block, into a wire where one is given.

        Args:
            key: a kind, or ``Block:`` and the name of a block of the library.
            corner: where its upper left corner goes.
            wire: what it goes into.
        """
        project = self._session.project
        if wire is None:
            new, id_ = placing.add(project, key, corner)
        else:
            new, id_ = placing.add_into_wire(project, key, corner, wire)
        self._commit_added(key, new, id_)

    def add_near(self, key: str, centre: Place) -> None:
        """Place a new layer right of the selected one and feed it from there, or in the middle of the view."""
        session = self._session
        chosen = [session.graph.by_id[id_] for id_ in session.selection]
        if len(chosen) == 1 and placing.has_free_output(session.graph, chosen[0], session.blocks):
            new, id_ = placing.add_after(session.project, key, chosen[0].id)
        else:
            corner = (centre[0] - CARD_WIDTH / 2, centre[1] - CARD_HEIGHT / 2)
            new, id_ = placing.add(session.project, key, placing.free_corner(session.graph, corner))
        self._commit_added(key, new, id_)

    def add_at_wire(self, key: str, corner: Place, judge: Judge) -> None:
        """Place a new layer at the loose end of the wire in hand and connect it where that is possible."""
        new, id_ = placing.add(self._session.project, key, corner)
        socket = judge.first_fitting(new.graph, new.graph.by_id[id_])
        if socket is not None:
            new = edits.replace(new, graph=edits.connect(new.graph, judge.edge(socket)))
        self._commit_added(key, new, id_)

    # Wires

    def connect(self, edge: Edge, instead_of: Edge | None = None) -> None:
        """Add a wire, or move one to other ports."""
        graph = self._session.graph
        if instead_of is not None:
            graph = edits.disconnect(graph, (instead_of,))
        label = tr("Connect") if instead_of is None else tr("Move the wire")
        self._session.commit(label, graph=edits.connect(graph, edge))

    def disconnect(self, edge: Edge) -> None:
        """Take a wire away."""
        self._session.commit(tr("Remove the wire"), graph=edits.disconnect(self._session.graph, (edge,)))

    # Nodes

    def remove(self, ids: Collection[str]) -> None:
        """Remove nodes and their wires."""
        if ids:
            self._session.commit(self._label_delete(ids), graph=edits.remove_nodes(self._session.graph, ids))

    def remove_and_reconnect(self, ids: Collection[str]) -> None:
        """Remove nodes; what fed each now feeds what it fed."""
        if ids:
            graph = edits.remove_and_reconnect(self._session.graph, ids)
            self._session.commit(self._label_delete(ids), graph=graph)

    def move(self, places: Mapping[str, Place]) -> None:
        """Put nodes at new places."""
        self._session.commit(self._label_move(places), graph=edits.move(self._session.graph, places))

    def move_into_wire(self, id_: str, place: Place, wire: Edge) -> None:
        """Put a node that no wire touches into a wire."""
        moved = edits.replace(self._session.project, graph=edits.move(self._session.graph, {id_: place}))
        label = tr("Insert {name}", name=self._session.graph.by_id[id_].name)
        self._session.commit(label, project=placing.put_into_wire(moved, id_, wire))

    def nudge(self, across: float, down: float) -> None:
        """Move the selected nodes a little; several nudges in a row are one step."""
        chosen = self._session.selection
        if chosen:
            nodes = (self._session.graph.by_id[id_] for id_ in chosen)
            places = {node.id: (node.xy[0] + across, node.xy[1] + down) for node in nodes}
            graph = edits.move(self._session.graph, places)
            self._session.commit(self._label_move(places), graph=graph, merge="nudge " + " ".join(sorted(chosen)))

    def mend(self, id_: str, number: int) -> None:
        """Apply a mend that the card of a node offers."""
        problem = first_problem(self._session.analysis.by_node.get(id_, ()))
        if problem is not None and number < len(problem.fixes):
            fix = problem.fixes[number]
            self._session.commit(fix.label, graph=fix.edit(self._session.graph))

    # Copies

    def duplicate(self) -> None:
        """Copy the selected nodes beside themselves, with the wires among them."""
        graph, chosen = self._session.graph, self._session.selection
        if chosen:
            nodes = [node for node in graph.nodes if node.id in chosen]
            new, ids = edits.paste(graph, nodes, graph.edges, _COPY_OFFSET)
            self._session.commit(tr("Duplicate"), graph=new)
            self._session.select(ids)

    def copied(self) -> str | None:
        """Return the selected nodes as text for the clipboard; None where nothing is selected, or has no text."""
        chosen = self._session.selection
        if not chosen:
            return None
        try:
            return clipboard.write(self._session.project, chosen)
        except FileError as error:
            self._session.log(str(error))
            return None

    def paste(self, text: str, centre: Place) -> None:
        """Add what the clipboard's text says around ``centre``; anything else is noted in the log and left."""
        try:
            clip = clipboard.read(text)
        except ValueError as error:
            self._session.log(str(error))
            return
        offset = self._offset(clip.graph, centre)
        new, ids = clipboard.place(self._session.project, clip, offset)
        self._session.commit(tr("Paste"), project=new)
        self._session.select(ids)

    # Inside

    def _commit_added(self, key: str, new: Project, id_: str) -> None:
        self._session.commit(tr("Add {title}", title=placing.key_title(key)), project=new)
        self._session.select((id_,))

    def _label_delete(self, ids: Collection[str]) -> str:
        if len(ids) == 1:
            (id_,) = ids
            return tr("Delete {name}", name=self._session.graph.by_id[id_].name)
        return tr("Delete {count} layers", count=len(ids))

    def _label_move(self, ids: Collection[str]) -> str:
        if len(ids) == 1:
            (id_,) = ids
            return tr("Move {name}", name=self._session.graph.by_id[id_].name)
        return tr("Move {count} layers", count=len(ids))

    def _offset(self, clip: Graph, centre: Place) -> Place:
        """Return how far to shift a clip: its middle to ``centre``, on the grid, not onto cards that stand there."""
        lefts, tops = [node.xy[0] for node in clip.nodes], [node.xy[1] for node in clip.nodes]
        across = centre[0] - (min(lefts) + max(lefts) + CARD_WIDTH) / 2
        down = centre[1] - (min(tops) + max(tops) + CARD_HEIGHT) / 2
        across, down = round(across / GRID) * GRID, round(down / GRID) * GRID
        taken = {node.xy for node in self._session.graph.nodes}
        while any((node.xy[0] + across, node.xy[1] + down) in taken for node in clip.nodes):
            across, down = across + _COPY_OFFSET[0], down + _COPY_OFFSET[1]
        return across, down

"""What a person can do to the drawing, each as one step to undo. Knows the session, nothing of views."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from nnstudio.core import edits, frames
from nnstudio.core.graph import Edge, Graph
from nnstudio.core.words import tr
from nnstudio.layers.blocks import LIBRARY
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.ui.canvas import placing
from nnstudio.ui.canvas.face import first_problem
from nnstudio.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH, GRID
from nnstudio.ui.canvas.wiring import Judge
from nnstudio.ui.palette.model import BLOCK_PREFIX
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
        sheet = self._sheet_for(key)
        if sheet is None:
            return
        if wire is None:
            new, id_ = placing.add(sheet, key, corner)
        else:
            new, id_ = placing.add_into_wire(sheet, key, corner, wire)
        self._commit_added(key, new, id_)

    def add_near(self, key: str, centre: Place) -> None:
        """Place a new layer right of the selected one and feed it from there, or in the middle of the view."""
        session, sheet = self._session, self._sheet_for(key)
        if sheet is None:
            return
        chosen = [session.graph.by_id[id_] for id_ in session.selection]
        if len(chosen) == 1 and placing.has_free_output(session.graph, chosen[0], session.blocks):
            new, id_ = placing.add_after(sheet, key, chosen[0].id)
        else:
            corner = (centre[0] - CARD_WIDTH / 2, centre[1] - CARD_HEIGHT / 2)
            new, id_ = placing.add(sheet, key, placing.free_corner(session.graph, corner))
        self._commit_added(key, new, id_)

    def add_at_wire(self, key: str, corner: Place, judge: Judge) -> None:
        """Place a new layer at the loose end of the wire in hand and connect it where that is possible."""
        sheet = self._sheet_for(key)
        if sheet is None:
            return
        new, id_ = placing.add(sheet, key, corner)
        socket = judge.first_fitting(new.graph, new.graph.by_id[id_], new.blocks_by_name)
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

    def cut_wires(self, edges: Collection[Edge]) -> None:
        """Take wires away that were cut through."""
        label = tr("Remove the wire") if len(edges) == 1 else tr("Cut {count} wires", count=len(edges))
        self._session.commit(label, graph=edits.disconnect(self._session.graph, edges))

    def pull_out(self, places: Mapping[str, Place], wire: Edge | None = None) -> None:
        """Pull nodes out of their wires and put them elsewhere; one node also into a wire, where one is given.

        Args:
            places: where each node goes.
            wire: what it goes into; it is still there without the node.
        """
        from nnstudio.core.arranging import pull_out  # no start of the program needs it

        sheet = self._session.sheet
        graph = edits.move(pull_out(sheet.graph, places), places)
        new = edits.replace(sheet, graph=graph)
        if wire is not None:
            (id_,) = places
            new = placing.put_into_wire(new, id_, wire)
        self._session.commit(self._label_pull_out(places), sheet=new)

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

    def move(self, ids: Collection[str], by: Place) -> None:
        """Move nodes."""
        self._session.commit(self._label_move(ids), graph=frames.shift_nodes(self._session.graph, ids, by))

    def move_into_wire(self, id_: str, place: Place, wire: Edge) -> None:
        """Put a node that no wire touches into a wire."""
        moved = edits.replace(self._session.sheet, graph=edits.move(self._session.graph, {id_: place}))
        label = tr("Insert {name}", name=self._session.graph.by_id[id_].name)
        self._session.commit(label, sheet=placing.put_into_wire(moved, id_, wire))

    def nudge(self, across: float, down: float) -> None:
        """Move the selected nodes a little; several nudges in a row are one step."""
        chosen = self._session.selection
        if chosen:
            graph = frames.shift_nodes(self._session.graph, chosen, (across, down))
            self._session.commit(self._label_move(chosen), graph=graph, merge="nudge " + " ".join(sorted(chosen)))

    def mend(self, id_: str, number: int) -> None:
        """Apply a mend that the card of a node offers."""
        problem = first_problem(self._session.analysis.by_node.get(id_, ()))
        if problem is not None and number < len(problem.fixes):
            fix = problem.fixes[number]
            self._session.commit(fix.label, graph=fix.edit(self._session.graph))

    # Copies

    def duplicate(self, *, fed: bool = False) -> None:
        """Copy the selected nodes beside themselves, with the wires among them; with ``fed``, those to them too."""
        from nnstudio.core.arranging import feeds, paste_fed  # no start of the program needs it

        graph, chosen = self._session.graph, self._session.selection
        if chosen:
            nodes = tuple(node for node in graph.nodes if node.id in chosen)
            inner = tuple(edge for edge in graph.edges if edge.source in chosen and edge.target in chosen)
            clip = Graph(nodes=nodes, edges=inner, frames=frames.whole_frames(graph, chosen))
            feeding = feeds(graph, chosen) if fed else ()
            new, ids = paste_fed(graph, clip, feeding, _COPY_OFFSET)
            self._session.commit(tr("Duplicate"), graph=new)
            self._session.select(ids)

    def copied(self) -> str | None:
        """Return the selected nodes as text for the clipboard; None where nothing is selected, or has no text."""
        from nnstudio.ui.canvas import clipboard  # no start of the program needs it, nor what files are

        chosen = self._session.selection
        if not chosen:
            return None
        try:
            return clipboard.write(self._session.sheet, chosen)
        except FileError as error:
            self._session.log(str(error))
            return None

    def paste(self, text: str, centre: Place, *, fed: bool = False) -> None:
        """Add what the clipboard's text says around ``centre``; anything else is told and left.

        Args:
            text: what lies on the clipboard.
            centre: where its middle goes.
            fed: whether the copies are fed from where the originals were.
        """
        from nnstudio.ui.canvas import clipboard

        try:
            clip = clipboard.read(text)
        except ValueError as error:
            self._session.tell(str(error))
            return
        offset = self._offset(clip.project.graph, centre)
        new, ids = clipboard.place(self._session.sheet, clip, offset, fed=fed)
        self._session.commit(tr("Paste"), sheet=new)
        self._session.select(ids)

    # Blocks

    def group(self) -> None:
        """Make a block of the selected nodes and put an instance in their place."""
        from nnstudio.project.definitions import free_name  # all three are not needed for the first window
        from nnstudio.project.grouping import make_block

        session = self._session
        name = free_name(session.project)
        try:
            new, id_ = make_block(session.project, session.selection, name, within=session.within)
        except ValueError as error:
            session.refuse(str(error))
            return
        session.commit(tr("Group into {name}", name=name), project=new)
        session.select((id_,))

    def unpack(self) -> None:
        """Put the layers of the selected block in its place."""
        from nnstudio.project.unpacking import unpack_block

        session = self._session
        (id_,) = session.selection
        name = session.graph.by_id[id_].name
        try:
            new, ids = unpack_block(session.project, id_, within=session.within)
        except ValueError as error:
            session.refuse(str(error))
            return
        session.commit(tr("Unpack {name}", name=name), project=new)
        session.select(ids)

    def separate(self) -> None:
        """Give the selected instance a definition of its own, a copy of the one it shares."""
        from nnstudio.project.definitions import duplicate_block, free_name

        session = self._session
        (id_,) = session.selection
        name = str(session.graph.by_id[id_].params.get("block"))
        new = free_name(session.project, name)
        project = duplicate_block(session.project, name, new, instance=id_, within=session.within)
        session.commit(tr("Give {name} a definition of its own", name=session.graph.by_id[id_].name), project=project)

    # Inside

    def _sheet_for(self, key: str) -> Project | None:
        """Return the drawing with all that is needed to place something; None, and said aloud, where that is gone."""
        session, name = self._session, key.removeprefix(BLOCK_PREFIX)
        if not key.startswith(BLOCK_PREFIX) or name in session.blocks or name in LIBRARY:
            return session.sheet
        kept = session.kept.blocks.get(name)
        if kept is None:
            session.refuse(tr("The drawing has no block called {name!r}.", name=name))
            return None
        return edits.replace(session.sheet, blocks=placing.with_blocks(session.sheet.blocks, kept.definitions))

    def _commit_added(self, key: str, new: Project, id_: str) -> None:
        self._session.commit(tr("Add {title}", title=placing.key_title(key)), sheet=new)
        self._session.select((id_,))

    def _label_delete(self, ids: Collection[str]) -> str:
        if len(ids) == 1:
            (id_,) = ids
            return tr("Delete {name}", name=self._session.graph.by_id[id_].name)
        return tr("Delete {count} layers", count=len(ids))

    def _label_pull_out(self, ids: Collection[str]) -> str:
        if len(ids) == 1:
            (id_,) = ids
            return tr("Pull out {name}", name=self._session.graph.by_id[id_].name)
        return tr("Pull out {count} layers", count=len(ids))

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

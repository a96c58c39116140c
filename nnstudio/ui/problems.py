"""All that is wrong with a drawing, within its blocks too: where each problem is, and the way from one to the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from nnstudio.core.problem import Problem
from nnstudio.core.words import tr
from nnstudio.ui.scope import Level, look

if TYPE_CHECKING:
    from nnstudio.core.problem import Fix
    from nnstudio.ui.session import Session


class Found(msgspec.Struct, frozen=True):
    """One problem and where it is.

    Attributes:
        problem: with the id of its node in the drawing at the end of ``trail``; its mends are edits of that drawing.
        trail: the blocks to enter, one within the other; empty for the document's own drawing.
        place: names of the nodes on the way and of the layer, as in ``stage_1 › conv_2``; empty for the whole drawing.
    """

    problem: Problem
    trail: tuple[Level, ...]
    place: str

    @property
    def is_error(self) -> bool:
        """Whether it keeps the drawing from being trained."""
        return self.problem.severity == "error"

    @property
    def spoken(self) -> str:
        """All of it in one sentence."""
        kind = tr("Error") if self.is_error else tr("Warning")
        return ", ".join(part for part in (kind, self.place, self.problem.message) if part)


def find_problems(session: Session) -> tuple[Found, ...]:
    """Return the problems of the whole document, mistakes before warnings, otherwise in drawing order.

    What a block's instance reports of a layer within is told once, where that layer is. An empty drawing is no mistake.
    """
    if not session.project.graph.nodes:
        return ()
    found: dict[tuple[object, ...], Found] = {}
    for problem in session.model.problems:
        one = _within(session, problem) or Found(problem, (), problem.node or "")
        found.setdefault(_key(one), one)
    for one in _seen_here(session):
        found.setdefault(_key(one), one)
    return tuple(sorted(found.values(), key=lambda one: not one.is_error))


def mend(session: Session, found: Found, fix: Fix) -> None:
    """Make the edit that a problem offers, in the drawing that it belongs to."""
    if found.trail == session.trail:
        session.commit(fix.label, fix.edit(session.graph))
        return
    from nnstudio.project.definitions import with_drawing

    project = session.project
    within = found.trail[-1].block if found.trail else None
    graph = project.graph if within is None else session.blocks[within].graph
    session.commit(fix.label, project=with_drawing(project, within, fix.edit(graph)))


def step(session: Session, by: int) -> Found | None:
    """Go to the next problem, or with ``by`` -1 to the one before; return it, or None where there is none."""
    problems = find_problems(session)
    if not problems:
        return None
    here = next((place for place, one in enumerate(problems) if _is_here(session, one)), None)
    place = (0 if by > 0 else -1) if here is None else (here + by) % len(problems)
    if here is not None and len(problems) > 1 and _is_here(session, problems[place]):
        place = _past(session, problems, here, by)
    show(session, problems[place])
    return problems[place]


def show(session: Session, found: Found) -> None:
    """Open the drawing that a problem is in, and bring its node to the eye and under the keys."""
    session.reveal(found.trail, found.problem.id, with_keys=True)


def _past(session: Session, problems: tuple[Found, ...], here: int, by: int) -> int:
    """Return the next place that is at another node, as one node may have several problems."""
    for away in range(1, len(problems)):
        place = (here + by * away) % len(problems)
        if not _is_here(session, problems[place]):
            return place
    return here


def _is_here(session: Session, found: Found) -> bool:
    chosen = frozenset(filter(None, (found.problem.id,)))
    return found.trail == session.trail and chosen == session.selection


def _key(found: Found) -> tuple[object, ...]:
    """Two instances of one block report one mistake of its drawing; it is told once."""
    blocks = tuple(level.block for level in found.trail[-1:])
    return (blocks, found.problem.id, found.problem.code, found.problem.message)


def _within(session: Session, problem: Problem) -> Found | None:
    """Return the problem where it is, for one that the instance of a block reports of a layer within."""
    *way, last = (problem.node or "").split(".")
    graph, trail = session.project.graph, list[Level]()
    for name in way:
        node = graph.by_name.get(name)
        block = session.blocks.get(str(node.params.get("block"))) if node is not None else None
        if node is None or block is None:
            return None
        trail.append(Level(block.name, node.id))
        graph = block.graph
    inner = graph.by_name.get(last)
    if not trail or inner is None:
        return None
    known = look(tuple(trail), session.project, session.blocks, session.model).analysis.by_node.get(inner.id, ())
    same = next((one for one in known if one.code == problem.code), None)
    there = same or msgspec.structs.replace(problem, node=last, id=inner.id, fixes=())
    return Found(there, tuple(trail), " › ".join((*way, last)))


def _seen_here(session: Session) -> Iterator[Found]:
    """Yield the problems of the block that is open, as it may have been opened without an instance."""
    if session.trail:
        around = session.project.graph
        names = []
        for level in session.trail:
            node = around.by_id.get(level.node or "")
            names.append(node.name if node is not None else level.block)
            around = session.blocks[level.block].graph
        for problem in session.analysis.problems:
            place = (*names, problem.node) if problem.node is not None else names
            yield Found(problem, session.trail, " › ".join(place))

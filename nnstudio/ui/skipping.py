"""Skipping the selected layers, and using them again: one edit, refused where another layer could not work then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstudio.core.edits import set_bypassed
from nnstudio.core.words import tr

if TYPE_CHECKING:
    from nnstudio.compiler.analysis import Analysis
    from nnstudio.core.graph import Graph, Node
    from nnstudio.core.problem import Problem
    from nnstudio.ui.session import Session

_NAMED = 3
"""How many layers are named; of more than these only the number is said."""


def toggle(session: Session) -> None:
    """Have the selected layers skipped; where all are skipped already, use them again."""
    nodes = _chosen(session)
    if not nodes:
        return
    on, ids = _would_skip(nodes), [node.id for node in nodes]
    graph = set_bypassed(session.graph, ids, on)
    fault = _fault(session, nodes, graph) if on else None
    if fault is not None:
        session.refuse(fault)
        return
    label = tr("Bypass {names}", names=_names(nodes)) if on else tr("Use {names} again", names=_names(nodes))
    session.commit(label, graph)


def toggle_title(session: Session) -> str:
    """Return what the menu calls it."""
    return tr("Bypass") if _would_skip(_chosen(session)) else tr("Use again")


def _chosen(session: Session) -> list[Node]:
    return [node for node in session.graph.nodes if node.id in session.selection]


def _would_skip(nodes: list[Node]) -> bool:
    return not all(node.bypassed for node in nodes)


def _names(nodes: list[Node]) -> str:
    if len(nodes) > _NAMED:
        return tr("{count} layers", count=len(nodes))
    return ", ".join(node.name for node in nodes)


def _fault(session: Session, nodes: list[Node], graph: Graph) -> str | None:
    """Say why layers cannot be skipped: by their nature, or as another layer would not work then."""
    from nnstudio.compiler.bypass import refusal

    for node in nodes:
        fault = refusal(session.graph, node, session.blocks)
        if fault is not None:
            return fault
    for now, then in _before_and_after(session, graph):
        known = {(problem.id, problem.code) for problem in _errors(now)}
        for problem in _errors(then):
            if (problem.id, problem.code) not in known:
                text = tr("Without {names} the drawing cannot work.", names=_names(nodes))
                return f"{text} {problem.node}: {problem.message}" if problem.node else f"{text} {problem.message}"
    return None


def _before_and_after(session: Session, graph: Graph) -> list[tuple[Analysis, Analysis]]:
    """Return what is known now and would be known then, of the drawing on the canvas and of the whole document."""
    from nnstudio.compiler.analysis import analyse
    from nnstudio.project.definitions import with_drawing
    from nnstudio.ui.scope import look

    if session.within is None:
        return [(session.analysis, analyse(graph, session.blocks, session.analysis))]
    project = with_drawing(session.project, session.within, graph)
    model = analyse(project.graph, project.blocks_by_name)
    seen = look(session.trail, project, project.blocks_by_name, model)
    return [(session.analysis, seen.analysis), (session.model, model)]


def _errors(analysis: Analysis) -> list[Problem]:
    return [problem for problem in analysis.problems if problem.severity == "error"]

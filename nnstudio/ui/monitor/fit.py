"""Whether the drawing and the chosen data fit together, in words, with the edits that make them fit. No widgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnstudio.core import edits
from nnstudio.core.graph import Graph, Node, freeze_params
from nnstudio.core.problem import Fix
from nnstudio.core.words import tr
from nnstudio.layers.spec import Signal, shape_text

if TYPE_CHECKING:
    from nnstudio.compiler.analysis import Analysis
    from nnstudio.data.catalog import Entry


@dataclass(frozen=True, slots=True)
class Misfit:
    """Something that keeps the drawing from learning from the data; ``fix`` mends it, if one edit can."""

    message: str
    fix: Fix | None = None


def misfits(graph: Graph, analysis: Analysis, entry: Entry) -> list[Misfit]:
    """Compare the drawing's Input and Output with what a data set gives and wants."""
    found: list[Misfit] = []
    for node in graph.nodes:
        facts = analysis.facts[node.id]
        if node.kind == "Input" and facts.live and facts.outputs and not _takes(facts.outputs[0], entry.signal):
            found.append(
                Misfit(
                    tr(
                        "{name} takes {drawn}; these data give {given}.",
                        name=node.name,
                        drawn=signal_text(facts.outputs[0]),
                        given=signal_text(entry.signal),
                    ),
                    Fix(tr("Make {name} fit", name=node.name), _input_fix(node, entry.signal)),
                )
            )
        if node.kind == "Output" and facts.inputs and facts.inputs[0] is not None:
            shape = facts.inputs[0].shape
            if shape != (entry.num_outputs,):
                found.append(
                    Misfit(
                        tr(
                            "{name} gives {drawn}; these data need {wanted} numbers.",
                            name=node.name,
                            drawn=shape_text(shape),
                            wanted=entry.num_outputs,
                        )
                    )
                )
    return found


def signal_text(signal: Signal) -> str:
    """Write a signal as people read it: ``1 × 32 × 32``, ``24 table positions``."""
    if signal.element == "index":
        return tr("{shape} table positions", shape=shape_text(signal.shape))
    return shape_text(signal.shape)


def _takes(drawn: Signal, given: Signal) -> bool:
    """Whether samples of ``given`` can go in; a free length takes any."""
    return (
        drawn.element == given.element
        and len(drawn.shape) == len(given.shape)
        and all(isinstance(mine, str) or mine == theirs for mine, theirs in zip(drawn.shape, given.shape, strict=True))
    )


def _input_fix(node: Node, signal: Signal) -> Callable[[Graph], Graph]:
    def mend(graph: Graph) -> Graph:
        now = graph.by_id[node.id]
        params = {**now.params, "shape": signal.shape, "element": signal.element}
        return edits.set_node(graph, edits.replace(now, params=freeze_params(params)))

    return mend

"""Runs side by side: in what their recipes, data and drawings differ, one row for each difference."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from nnstudio.core.graph import Edge, Graph, Node
from nnstudio.core.words import figure, tr

if TYPE_CHECKING:
    from nnstudio.project.document import Project
    from nnstudio.training.history import RunRecord

NONE: Final = "–"
"""What stands where a run has no such thing."""

Part = Literal["recipe", "data", "drawing"]


class Difference(msgspec.Struct, frozen=True):
    """One thing in which runs differ.

    Attributes:
        part: where.
        name: a setting, a layer (those within blocks after the block's name) or a wire.
        values: what it is in each run.
    """

    part: Part
    name: str
    values: tuple[str, ...]


def setting_differences(records: Sequence[RunRecord]) -> Iterator[Difference]:
    """Yield the settings of recipe and data in which runs differ, and the rates that were set on the way."""
    parts: tuple[tuple[Part, list[Mapping[str, object]]], ...] = (
        ("recipe", [record.recipe for record in records]),
        ("data", [record.data for record in records]),
    )
    for part, settings in parts:
        for name in dict.fromkeys(name for one in settings for name in one):
            yield from _row(part, name, [_text(one.get(name)) for one in settings])
        if part == "recipe":
            told = [", ".join(_rate_text(step, rate) for step, _, rate in record.rates) or NONE for record in records]
            yield from _row(part, tr("Rate set on the way"), told)
            told = [", ".join(_weight_texts(record)) or NONE for record in records]
            yield from _row(part, tr("Weights set on the way"), told)


def drawing_differences(projects: Sequence[Project]) -> Iterator[Difference]:
    """Yield the layers and wires in which drawings differ; where layers stand does not count."""
    yield from _graph_differences("", [project.graph for project in projects])
    for name in dict.fromkeys(block.name for project in projects for block in project.blocks):
        known = [project.blocks_by_name.get(name) for project in projects]
        yield from _row(
            "drawing", tr("block {name}", name=name), [NONE if one is None else tr("is there") for one in known]
        )
        graphs = [Graph() if block is None else block.graph for block in known]
        if all(block is not None for block in known):
            yield from _graph_differences(f"{name} › ", graphs)


def _graph_differences(within: str, graphs: Sequence[Graph]) -> Iterator[Difference]:
    names = {id_: node.name for graph in reversed(graphs) for id_, node in graph.by_id.items()}
    for id_ in dict.fromkeys(node.id for graph in graphs for node in graph.nodes):
        nodes = [graph.by_id.get(id_) for graph in graphs]
        tell = _teller([node for node in nodes if node is not None])
        yield from _row("drawing", within + names[id_], [NONE if node is None else tell(node) for node in nodes])
    for edge in dict.fromkeys(edge for graph in graphs for edge in graph.edges):
        if all(_ends(edge, graph) for graph in graphs):  # wires of layers that are not everywhere go without saying
            name = f"{within}{names[edge.source]} → {names[edge.target]}"
            yield from _row("drawing", name, [tr("wire") if edge in graph.edges else NONE for graph in graphs])


def _ends(edge: Edge, graph: Graph) -> bool:
    return edge.source in graph.by_id and edge.target in graph.by_id


def _teller(nodes: Sequence[Node]) -> Callable[[Node], str]:
    """Return what tells of each of these nodes that in which they differ."""

    def told(node: Node) -> Mapping[str, str]:
        return {
            "name": node.name,
            "kind": str(node.params.get("block") or node.kind),
            **{name: _text(value) for name, value in node.params.items()},
            **({"skipped": tr("skipped")} if node.bypassed else {}),
            **({"shares": tr("shares other weights")} if node.shares else {}),
        }

    known = [told(node) for node in nodes]
    names = [
        name
        for name in dict.fromkeys(name for one in known for name in one)
        if len({one.get(name) for one in known}) > 1
    ]

    def tell(node: Node) -> str:
        own = told(node)
        bare = [own[name] for name in ("name", "kind", "skipped", "shares") if name in names and name in own]
        settings = [name for name in names if name not in ("name", "kind", "skipped", "shares", "block")]
        bare += [f"{name} {own.get(name, tr('(default)'))}" for name in settings]
        return ", ".join(bare) or own["kind"]

    return tell


def _row(part: Part, name: str, values: Sequence[str]) -> Iterator[Difference]:
    if len(set(values)) > 1:
        yield Difference(part, name, tuple(values))


def _rate_text(step: int, rate: float) -> str:
    return tr("{rate} after step {step}", rate=f"{rate:g}", step=step)


def _weight_texts(record: RunRecord) -> Iterator[str]:
    for step, _, key, index, value in record.weights:
        place = f"{key}[{', '.join(map(str, index))}]"
        yield tr("{weight} = {value} after step {step}", weight=place, value=figure(value, "g"), step=step)


def _text(value: object) -> str:
    if value is None:
        return NONE
    if isinstance(value, (tuple, list)):
        return json.dumps(list(value))
    return f"{value:g}" if isinstance(value, float) else str(value)

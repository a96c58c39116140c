"""The drawing as a frozen value: nodes, edges, frames, blocks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeGuard

import msgspec

Scalar = bool | int | float | str
"""What a parameter of a block can hold: yes or no, a whole number, a decimal, a short word."""

Value = None | Scalar | tuple[Scalar, ...]
"""What a parameter of a layer can hold. A string that starts with ``=`` is worked out from the parameters of the block
around the layer, such as ``=2*channels``; so is an entry of a tuple."""

Params = Mapping[str, Value]


def is_expression(value: object) -> TypeGuard[str]:
    """Say whether a setting is worked out from the parameters of the block around its layer."""
    return isinstance(value, str) and value.startswith("=")


def freeze_params(params: Mapping[str, Any]) -> Params:
    """Return a read-only copy; lists become tuples."""
    return MappingProxyType({key: tuple(value) if isinstance(value, list) else value for key, value in params.items()})


class Node(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One placed layer.

    Attributes:
        id: never changes, never shown; wires refer to it.
        kind: which layer, by its torch.nn name (``Conv2d``), or ``Block``.
        name: a Python identifier, unique in its drawing; becomes the attribute and the state_dict key.
        params: settings that differ from the layer's defaults, by torch's parameter names.
        xy: upper left corner in scene units (1 unit is 1 pixel at 100 % zoom).
        shares: id of the node whose weights this one uses too.
        bypassed: whether the layer is skipped: what comes in at its first wire goes out as it is.
    """

    id: str
    kind: str
    name: str
    params: Params = MappingProxyType({})
    xy: tuple[float, float] = (0.0, 0.0)
    shares: str | None = None
    bypassed: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.params, MappingProxyType):
            msgspec.structs.force_setattr(self, "params", freeze_params(self.params))

    def __hash__(self) -> int:
        return hash((self.id, self.kind, self.name))


class Edge(msgspec.Struct, frozen=True, order=True):
    """A wire from an output port to an input port; ports go by name."""

    source: str
    source_port: str
    target: str
    target_port: str


class Frame(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A titled rectangle behind some nodes; it means nothing to the compiler.

    Attributes:
        id: never changes, never shown.
        title: a few words, on a tab above the rectangle.
        rect: left, top, width and height in scene units.
        note: what is to be said of the nodes within, in small letters.
    """

    id: str
    title: str
    rect: tuple[float, float, float, float]
    note: str = ""


class Graph(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, dict=True):
    """A whole drawing. Every edit gives a new one and shares what did not change."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    frames: tuple[Frame, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """Nodes by id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        """Nodes by name; of two with one name, the first."""
        return {node.name: node for node in reversed(self.nodes)}

    @cached_property
    def into(self) -> Mapping[str, tuple[Edge, ...]]:
        """Edges by the node they end at, in drawing order; nodes without any are missing."""
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.target, []).append(edge)
        return {key: tuple(edges) for key, edges in found.items()}

    @cached_property
    def out_of(self) -> Mapping[str, tuple[Edge, ...]]:
        """Edges by the node they start at, in drawing order; nodes without any are missing."""
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.source, []).append(edge)
        return {key: tuple(edges) for key, edges in found.items()}

    def feed(self, node: str, port: str) -> Edge | None:
        """Return the wire that ends at this input port, if any."""
        return next((edge for edge in self.into.get(node, ()) if edge.target_port == port), None)


class BlockParameter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A setting of a block that its inner layers refer to as ``=name``.

    Attributes:
        name: a Python identifier.
        default: its value where the instance says nothing; its type is the type of all its values.
        later: its value in the second and further copies of a repeated block; None means the same as in the first.
    """

    name: str
    default: Scalar
    later: Scalar | None = None


class Block(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, dict=True):
    """A reusable drawing with parameters of its own. Nodes of kind ``Block`` are its instances and follow it."""

    name: str
    parameters: tuple[BlockParameter, ...] = ()
    graph: Graph = Graph()

    @cached_property
    def inputs(self) -> tuple[Node, ...]:
        """The Input nodes: an instance has a port of the name of each."""
        return tuple(node for node in self.graph.nodes if node.kind == "Input")

    @cached_property
    def outputs(self) -> tuple[Node, ...]:
        """The Output nodes: an instance has a port of the name of each."""
        return tuple(node for node in self.graph.nodes if node.kind == "Output")

    @cached_property
    def uses(self) -> tuple[str, ...]:
        """Names of the blocks that lie in this one, each once."""
        inner = (node.params.get("block") for node in self.graph.nodes if node.kind == "Block")
        return tuple(dict.fromkeys(name for name in inner if isinstance(name, str)))

    @cached_property
    def expressions(self) -> tuple[str, ...]:
        """All that is worked out in the settings within."""
        values = (value for node in self.graph.nodes for value in node.params.values())
        single = (part for value in values for part in (value if isinstance(value, tuple) else (value,)))
        return tuple(part for part in single if is_expression(part))

"""A drawing in the making: layers are added one after the other and wired to what is there already.

Both importers write into one. It knows the ports of every kind, keeps names unique, and draws what no layer computes
as a node of unknown kind, with its wires and a description.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnstudio.compiler.importers.report import BadImportError, Entry, State
from nnstudio.core.graph import Edge, Graph, Node, Value, freeze_params
from nnstudio.core.names import MAX_LENGTH, unique_name
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import LayerSpec

MOST_TEXT = 300
MOST_NODES = 20_000


@dataclass(frozen=True, slots=True)
class Wire:
    """One output of a node of the draft."""

    node: str
    port: str


class Draft:
    """Collects nodes, wires, weights and the report.

    Attributes:
        weights: tensors or arrays by state_dict key.
        entries: the report so far.
        notes: what concerns the whole.
    """

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}
        self._names: set[str] = set()
        self._edges: list[Edge] = []
        self.weights: dict[str, Any] = {}
        self.entries: list[Entry] = []
        self.notes: list[str] = []

    def add(
        self,
        kind: str,
        inputs: Sequence[Wire | None],
        params: Mapping[str, Value] | None = None,
        *,
        source: str,
        name: str = "",
        weights: Mapping[str, Any] | None = None,
        shares: Wire | None = None,
        note: str = "",
    ) -> tuple[Wire, ...]:
        """Add a layer; return its outputs.

        Args:
            kind: a kind of the catalogue.
            inputs: what its ports get, from top to bottom; None leaves a port without a wire.
            params: its settings, by torch's names.
            source: what the report calls it.
            name: what it is called, as far as that can be a name; by default after its kind.
            weights: what the keys of its module's state_dict hold.
            shares: an output of the layer whose weights it uses.
            note: something that should be known.
        """
        spec = catalog()[kind]
        node = self._place(spec.kind, name or spec.stem, params or {}, shares.node if shares else None)
        for number, wire in enumerate(inputs):
            if wire is not None:
                self._edges.append(Edge(wire.node, wire.port, node.id, input_port(spec, number)))
        for key, tensor in (weights or {}).items():
            self.weights[f"{node.name}.{key}"] = tensor
        self._tell(source, node, "noted" if note else "mapped", note)
        return tuple(Wire(node.id, port.name) for port in spec.outputs)

    def hold_place(self, kind: str, inputs: Sequence[Wire], *, source: str, reason: str, name: str = "") -> Wire:
        """Add a node that stands for what no layer computes; it keeps its wires and says what it was."""
        kind = _kind_name(kind)
        if kind in catalog():
            kind = f"{kind[: MAX_LENGTH - 9]}_imported"
        params: dict[str, Value] = {"source": source[:MOST_TEXT], "reason": reason[:MOST_TEXT]}
        node = self._place(kind, name or stem_of(kind), params, None)
        for number, wire in enumerate(inputs):
            self._edges.append(Edge(wire.node, wire.port, node.id, "input" if number == 0 else f"input_{number + 1}"))
        self._tell(source, node, "placeholder", reason)
        return Wire(node.id, "output")

    def name_of(self, wire: Wire) -> str:
        """Return the name of the layer that a wire comes from."""
        return self._nodes[wire.node].name

    def kind_of(self, wire: Wire) -> str:
        """Return the kind of the layer that a wire comes from."""
        return self._nodes[wire.node].kind

    @property
    def graph(self) -> Graph:
        """The drawing so far; all nodes lie at one place."""
        return Graph(nodes=tuple(self._nodes.values()), edges=tuple(self._edges))

    def _place(self, kind: str, name: str, params: Mapping[str, Value], shares: str | None) -> Node:
        if len(self._nodes) >= MOST_NODES:
            raise BadImportError(tr("The network has more than {most} layers.", most=f"{MOST_NODES:,}"))
        name = unique_name(clean_name(name), self._names)
        node = Node(id=f"n{len(self._nodes) + 1}", kind=kind, name=name, params=freeze_params(params), shares=shares)
        self._nodes[node.id] = node
        self._names.add(name)
        return node

    def _tell(self, source: str, node: Node, state: State, note: str) -> None:
        if node.kind not in ("Input", "Output"):
            self.entries.append(Entry(source[:MOST_TEXT], node.name, node.kind, state, note))


def input_port(spec: LayerSpec, number: int) -> str:
    """Return the name of the port at which input ``number`` arrives."""
    if len(spec.inputs) == 1 and spec.inputs[0].many:
        return f"{spec.inputs[0].name}_{number + 1}"
    return spec.inputs[number].name


def clean_name(text: str) -> str:
    """Make a name of a dotted path: ``layer1.0.conv1`` becomes ``layer1_0_conv1``."""
    name = re.sub(r"[^A-Za-z0-9_]+", "_", text).lstrip("_")[: MAX_LENGTH - 8]
    return name if name[:1].isalpha() else f"layer_{name}"


def stem_of(kind: str) -> str:
    """Turn a kind into what names of its nodes begin with."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind).lower() + "_"


def _kind_name(kind: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.]+", "_", kind)[:MAX_LENGTH] or "Unknown"

"""What the files of the library are written with: a block with its words, and drawings written down as text."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from nnstudio.core.graph import Block, BlockParameter, Edge, Graph, Node, Scalar, Value, freeze_params
from nnstudio.core.words import Words

_COLUMN, _ROW = 168.0 + 60.0, 112.0 + 60.0
"""Distance between neighbours in scene units: a card and the room beside it."""

REPEAT = Words("Copies in a row", "重复份数")
CHANNELS = Words("Channels", "通道数")
STRIDE = Words("Stride", "步幅")


class BlockSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A block of the library and the words it is said in.

    Attributes:
        block: the definition; a drawing that uses it takes a copy along.
        title: what the palette and the card say.
        summary: one line under the title in the inspector.
        help: a paragraph for a student.
        source: the paper that it follows.
        labels: what the form says for each parameter, ``repeat`` included.
        family: a key of `layers.spec.FAMILIES`.
    """

    block: Block
    title: Words
    summary: Words
    help: Words
    source: str = ""
    labels: Mapping[str, Words]
    family: str = "merge"


class Layer(msgspec.Struct, frozen=True):
    """One layer of a drawing, with its column and row."""

    name: str
    kind: str
    place: tuple[int, int]
    params: Mapping[str, Value] = MappingProxyType({})


def layer(name: str, kind: str, column: int, row: int = 0, **params: Value) -> Layer:
    """Write a layer down; ``params`` are its settings by torch's names."""
    return Layer(name, kind, (column, row), params)


def block(name: str, parameters: tuple[BlockParameter, ...], layers: tuple[Layer, ...], *chains: str) -> Block:
    """Write a block down.

    Args:
        name: what it is called.
        parameters: its parameters, as `whole` and its like make them.
        layers: what lies in it.
        chains: wires such as ``"x > conv > norm > add.input_1"``; a name may bear a port, ``.`` between them. Blocks
            within are entered at ``x`` and left at ``y``.
    """
    ids = {one.name: f"n{number}" for number, one in enumerate(layers, 1)}
    kinds = {one.name: one.kind for one in layers}
    nodes = tuple(
        Node(
            id=ids[one.name],
            kind=one.kind,
            name=one.name,
            params=freeze_params(one.params),
            xy=(one.place[0] * _COLUMN, one.place[1] * _ROW),
        )
        for one in layers
    )
    edges: list[Edge] = []
    for chain in chains:
        ends = [end.strip().partition(".") for end in chain.split(">")]
        for number, (source, _, start) in enumerate(ends[:-1]):
            target, _, stop = ends[number + 1]
            leaving = start if number == 0 and start else "y" if kinds[source] == "Block" else "output"
            arriving = stop or ("x" if kinds[target] == "Block" else "input")
            edges.append(Edge(ids[source], leaving, ids[target], arriving))
    return Block(name=name, parameters=parameters, graph=Graph(nodes=nodes, edges=tuple(edges)))


def parameter(name: str, default: Scalar, *, later: Scalar | None = None) -> BlockParameter:
    """Make a parameter; ``later`` is its value in further copies of a chain, where that is another."""
    return BlockParameter(name=name, default=default, later=later)


def labels(**words: Words) -> Mapping[str, Words]:
    """Gather what the form says for each parameter; the number of copies is added."""
    return MappingProxyType({**words, "repeat": REPEAT})

"""Instances of blocks: one copy of a block is its drawing with the parameters filled in."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from nnstudio.core.edits import replace
from nnstudio.core.graph import Block, Graph, Node, Value, freeze_params
from nnstudio.core.words import Words, tr
from nnstudio.layers.parameters import Int
from nnstudio.layers.spec import Signal

MAX_REPEAT = 1000
MAX_DEPTH = 16


class Instance(msgspec.Struct, frozen=True):
    """A checked use of a block: its definition, and the parameter values of every copy in the chain."""

    block: Block
    copies: tuple[Mapping[str, int], ...]


def read_instance(node: Node, blocks: Mapping[str, Block]) -> Instance:
    """Check the settings of a node of kind ``Block``.

    Raises:
        ValueError: the block is unknown, a parameter is, or a value is no whole number.
    """
    params = dict(node.params)
    name = params.pop("block", None)
    block = blocks.get(name) if isinstance(name, str) else None
    if block is None:
        raise ValueError(tr("The drawing has no block called {name!r}.", name=name))
    repeat = _whole("repeat", params.pop("repeat", 1), 1, MAX_REPEAT)
    known = {parameter.name: parameter for parameter in block.parameters}
    for key in params:
        if key not in known:
            raise ValueError(tr("The block {name} has no parameter {key!r}.", name=name, key=key))
    first = {key: _whole(key, params.get(key, known[key].default), 0, 1_000_000) for key in known}
    later = {key: value if known[key].later is None else int(known[key].later or 0) for key, value in first.items()}
    if repeat > 1 and _count(block, "Input") * _count(block, "Output") != 1:
        raise ValueError(tr("Only a block with one input and one output can be repeated."))
    return Instance(block, (first, *(later for _ in range(repeat - 1))))


def instantiate(block: Block, values: Mapping[str, int], signals: tuple[Signal, ...]) -> Graph:
    """Return the block's drawing with parameters filled in and its Inputs set to what arrives there.

    Raises:
        ValueError: an inner setting names a parameter that the block does not have.
    """
    arriving = iter(signals)
    nodes: list[Node] = []
    for node in block.graph.nodes:
        if node.kind == "Input":
            signal = next(arriving)
            nodes.append(replace(node, params=freeze_params({"shape": signal.shape, "element": signal.element})))
        elif any(isinstance(value, str) and value.startswith("=") for value in node.params.values()):
            filled = {key: _fill(node, value, values) for key, value in node.params.items()}
            nodes.append(replace(node, params=freeze_params(filled)))
        else:
            nodes.append(node)
    return replace(block.graph, nodes=tuple(nodes))


def _fill(node: Node, value: Value, values: Mapping[str, int]) -> Value:
    if not isinstance(value, str) or not value.startswith("="):
        return value
    name = value[1:].strip()
    if name not in values:
        raise ValueError(
            tr("{node} refers to {name!r}, which is no parameter of its block.", node=node.name, name=name)
        )
    return values[name]


def _whole(name: str, value: Value, low: int, high: int) -> int:
    words = Words(name, name)
    return Int(name=name, default=low, low=low, high=high, label=words, help=words).check(value)


def _count(block: Block, kind: str) -> int:
    return sum(node.kind == kind for node in block.graph.nodes)

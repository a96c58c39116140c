"""Instances of blocks: which definition, how many copies, and what the parameters are in each copy."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from nnstudio.compiler.values import check_value
from nnstudio.core.edits import replace
from nnstudio.core.graph import Block, BlockParameter, Graph, Params, Scalar, Value, freeze_params
from nnstudio.core.words import Words, tr
from nnstudio.layers.parameters import Int
from nnstudio.layers.spec import Signal

MAX_REPEAT = 1000
MAX_DEPTH = 16

Values = Mapping[str, Scalar]
"""What the names in a block's expressions stand for."""


class Instance(msgspec.Struct, frozen=True):
    """A checked use of a block: its definition, and the parameter values of every copy in the chain.

    Copies with equal values hold the same mapping.
    """

    block: Block
    copies: tuple[Values, ...]


def read_instance(params: Params, blocks: Mapping[str, Block]) -> Instance:
    """Check the settings of a node of kind ``Block``, without expressions in them.

    A parameter may be given one value for all copies, or a tuple with one for each.

    Raises:
        ValueError: the block is unknown, a parameter is, or a value is not of the parameter's type.
    """
    given = dict(params)
    name = given.pop("block", None)
    block = blocks.get(name) if isinstance(name, str) else None
    if block is None:
        raise ValueError(tr("The drawing has no block called {name!r}.", name=name))
    repeat = _repeat(given.pop("repeat", 1))
    known = {parameter.name: parameter for parameter in block.parameters}
    for key in given:
        if key not in known:
            raise ValueError(tr("The block {name} has no parameter {key!r}.", name=name, key=key))
    if repeat > 1 and len(block.inputs) * len(block.outputs) != 1:
        raise ValueError(tr("Only a block with one input and one output can be repeated."))
    rows = {key: _row(parameter, given.get(key), repeat) for key, parameter in known.items()}
    copies: list[Values] = []
    for number in range(repeat):
        values = {key: row[number] for key, row in rows.items()}
        copies.append(copies[-1] if copies and copies[-1] == values else values)
    return Instance(block, tuple(copies))


def instantiate(block: Block, signals: tuple[Signal, ...]) -> Graph:
    """Return the block's drawing with its Inputs set to what arrives there."""
    arriving = iter(signals)
    nodes = tuple(
        replace(node, params=_shape_params(next(arriving))) if node.kind == "Input" else node
        for node in block.graph.nodes
    )
    return replace(block.graph, nodes=nodes)


def _shape_params(signal: Signal) -> Params:
    return freeze_params({"shape": signal.shape, "element": signal.element})


def _row(parameter: BlockParameter, value: Value, repeat: int) -> tuple[Scalar, ...]:
    """Return what a parameter is in each copy of a chain."""
    if isinstance(value, tuple):
        if len(value) != repeat:
            raise ValueError(
                tr(
                    "{name}: expected one value, or one for each of {count} copies; got {got} values",
                    name=parameter.name,
                    count=repeat,
                    got=len(value),
                )
            )
        return tuple(check_value(parameter, part) for part in value)
    first = check_value(parameter, parameter.default if value is None else value)
    later = first if parameter.later is None else check_value(parameter, parameter.later)
    return (first, *(later for _ in range(repeat - 1)))


def _repeat(value: Value) -> int:
    words = Words("repeat", "repeat")
    return Int(name="repeat", default=1, low=1, high=MAX_REPEAT, label=words, help=words).check(value)

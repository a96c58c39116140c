"""Where an analysis is when it looks into blocks: within which of them, with which values, with how much work left."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from nnstudio.compiler.blocks import MAX_DEPTH, Values, instantiate
from nnstudio.compiler.facts import Analysis
from nnstudio.compiler.values import COPY, counts_copies, given_by
from nnstudio.core.graph import Block, Graph
from nnstudio.core.words import tr
from nnstudio.layers.spec import Signal

MAX_NODES = 50_000
"""Layers in a drawing once all blocks are written out."""

_Key = tuple[int, str, tuple[tuple[str, object], ...], tuple[Signal, ...]]


class Inside(msgspec.Struct, frozen=True):
    """One copy of a block, worked out.

    Attributes:
        drawing: what the block holds, with its Inputs set to what arrives.
        analysis: of that drawing.
        leaving: what comes out; empty where something is wrong.
        place: where the drawing lies.
    """

    drawing: Graph
    analysis: Analysis
    leaving: tuple[Signal, ...]
    place: Place


class Work(msgspec.Struct):
    """What one analysis has done so far, blocks within blocks included."""

    left: int = MAX_NODES
    known: dict[_Key, Inside] = msgspec.field(default_factory=dict)
    rings: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


class Place(msgspec.Struct, frozen=True):
    """Where a drawing lies.

    Attributes:
        values: what the names in its expressions stand for; empty outside of blocks.
        path: names of the blocks around it, the outermost first.
        work: shared by all that is looked at in one go.
    """

    values: Values = msgspec.field(default_factory=dict)
    path: tuple[str, ...] = ()
    work: Work = msgspec.field(default_factory=Work)

    def refusal(self, name: str, blocks: Mapping[str, Block]) -> str | None:
        """Say why a block cannot lie here; None where it can."""
        ring = self.work.rings.get(name)
        if ring is None:
            ring = self.work.rings[name] = ring_of(name, blocks)
        if name in self.path or ring:
            names = " → ".join((*(ring or self.path[self.path.index(name) :]), name))
            return tr("The block {name} lies within itself: {path}.", name=name, path=names)
        if len(self.path) >= MAX_DEPTH:
            return tr("Blocks lie within blocks more than {most} deep.", most=MAX_DEPTH)
        return None

    def look_inside(
        self,
        block: Block,
        values: Values,
        number: int,
        signals: tuple[Signal, ...],
        analyse: Callable[[Graph, Place], Analysis],
    ) -> Inside | None:
        """Work one copy of a block out, once for equal copies; None where that is too much work.

        Args:
            block: the definition, which may lie here.
            values: its parameters in this copy.
            number: which copy of the chain it is, from 0.
            signals: what arrives.
            analyse: works a drawing out.
        """
        names: Values = {**values, COPY: number} if counts_copies(block) else values
        key = (len(self.path), block.name, tuple(names.items()), signals)
        found = self.work.known.get(key)
        if found is None:
            self.work.left -= len(block.graph.nodes)
            if self.work.left < 0:
                return None
            drawing = instantiate(block, signals)
            place = Place({**names, COPY: number, **given_by(signals)}, (*self.path, block.name), self.work)
            analysis = analyse(drawing, place)
            ends = [analysis.facts[node.id].outputs for node in block.outputs]
            leaving = tuple(end[0] for end in ends) if all(ends) else ()
            found = self.work.known[key] = Inside(drawing, analysis, leaving, place)
        return found


def ring_of(name: str, blocks: Mapping[str, Block]) -> tuple[str, ...]:
    """Return the way from a block through those in it back to itself, without the end; empty where there is none."""
    before: dict[str, str] = {}
    waiting = [name]
    while waiting:
        here = waiting.pop()
        for inner in blocks[here].uses if here in blocks else ():
            if inner == name:
                way = [here]
                while way[0] != name:
                    way.insert(0, before[way[0]])
                return tuple(way)
            if inner not in before:
                before[inner] = here
                waiting.append(inner)
    return ()

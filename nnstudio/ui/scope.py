"""Which drawing is open on the canvas: the document's own, or that of a block in it, and what is known of it there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from nnstudio.compiler.analysis import Analysis, analyse
from nnstudio.compiler.blocks import Instance, read_instance
from nnstudio.compiler.inside import Place
from nnstudio.compiler.lint import with_lint
from nnstudio.compiler.values import fill
from nnstudio.core.graph import Block, Graph, Params, Scalar
from nnstudio.training.aim import aim_of

if TYPE_CHECKING:
    from nnstudio.project.document import Project


class Level(msgspec.Struct, frozen=True):
    """One block that was entered.

    Attributes:
        block: its name.
        node: id of the instance through which it was entered, in the drawing around; None where there was none.
    """

    block: str
    node: str | None = None


class Seen(msgspec.Struct, frozen=True):
    """What is known of the drawing that is open.

    Attributes:
        graph: the drawing, as the document has it.
        analysis: of it, at the place where it was entered: with the values and signals of that instance's first
            copy; entered otherwise, with the defaults of its parameters.
        values: what the names in its expressions stand for there; empty for the document's own drawing.
    """

    graph: Graph
    analysis: Analysis
    values: Mapping[str, Scalar] = {}


class OpenDrawing:
    """A document and the drawing in it that is open; what is known of both is worked out after each edit.

    Attributes:
        project: the document.
        blocks: its definitions by name.
        model: what is known of the document's own drawing.
        trail: the blocks that were entered, one within the other; empty for the document's own drawing.
        seen: what is known of the drawing that is open.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.blocks = project.blocks_by_name
        self.trail: tuple[Level, ...] = ()
        self.reword()

    @property
    def sheet(self) -> Project:
        """The document as if the drawing that is open were its own."""
        return msgspec.structs.replace(self.project, graph=self.seen.graph) if self.trail else self.project

    def with_sheet(self, sheet: Project) -> Project:
        """Return the document as an edited `sheet` asks for it.

        Raises:
            ValueError: the block that is open cannot be drawn like that.
        """
        if not self.trail:
            return sheet
        from nnstudio.project.definitions import with_drawing

        return with_drawing(msgspec.structs.replace(sheet, graph=self.project.graph), self.trail[-1].block, sheet.graph)

    def reword(self) -> None:
        """Say all problems again, in the language that is current now."""
        self.model = _analysed(self.project, self.blocks)
        self.go(self.trail)

    def go(self, trail: tuple[Level, ...]) -> None:
        """Open the drawing at the end of a way."""
        self.trail = trail
        self.seen = look(trail, self.project, self.blocks, self.model)

    def take(self, project: Project) -> bool:
        """Go on with the document as edited; return whether the drawing that was open went with the edit."""
        before, self.project = self.project, project
        known: Analysis | None = self.model
        if project.blocks != before.blocks:
            self.blocks, known = project.blocks_by_name, None
        self.model = _analysed(project, self.blocks, known)
        trail, depth = follow(self.trail, before, project), len(self.trail)
        self.go(trail)
        return len(trail) < depth


def follow(trail: tuple[Level, ...], old: Project, new: Project) -> tuple[Level, ...]:
    """Return the way to the open drawing after an edit: names follow a renamed block, what is gone ends the way."""
    names = _renamed(old, new)
    graph, blocks = new.graph, new.blocks_by_name
    found: list[Level] = []
    for level in trail:
        name = names.get(level.block, level.block)
        if name not in blocks:
            break
        node = graph.by_id.get(level.node or "")
        there = node is not None and node.params.get("block") == name
        found.append(Level(name, level.node if there else None))
        graph = blocks[name].graph
    return tuple(found)


def look(trail: tuple[Level, ...], project: Project, blocks: Mapping[str, Block], model: Analysis) -> Seen:
    """Find out what is known of the drawing at the end of a way.

    Args:
        trail: the blocks that were entered, one within the other.
        project: the document.
        blocks: its definitions by name.
        model: the analysis of the document's own drawing.
    """
    seen, place, drawing = Seen(project.graph, model), Place(), project.graph
    for level in trail:
        block = blocks[level.block]
        inside = _through(level, seen.analysis, drawing, place, blocks)
        if inside is None:
            place = _alone(block, blocks)
            drawing = block.graph
            seen = Seen(block.graph, analyse(drawing, blocks, place=place), place.values)
        else:
            drawing, analysis, place = inside
            seen = Seen(block.graph, analysis, place.values)
    return seen


def _analysed(project: Project, blocks: Mapping[str, Block], known: Analysis | None = None) -> Analysis:
    return with_lint(analyse(project.graph, blocks, known), aim_of(project.recipe, project.data))


def _through(
    level: Level, around: Analysis, drawing: Graph, place: Place, blocks: Mapping[str, Block]
) -> tuple[Graph, Analysis, Place] | None:
    """Return a block's drawing as it is in the first copy of an instance; None where nothing is known of that."""
    node = drawing.by_id.get(level.node or "")
    if node is None:
        return None
    arriving = around.facts[node.id].inputs
    signals = tuple(signal for signal in arriving if signal is not None)
    instance = _instance(node.params, place, blocks)
    if instance is None or len(signals) < len(instance.block.inputs):
        return None
    place = Place(place.values, place.path)
    if place.refusal(level.block, blocks) is not None:
        return None
    inside = place.look_inside(
        instance.block, instance.copies[0], 0, signals, lambda graph, inner: analyse(graph, blocks, place=inner)
    )
    return (inside.drawing, inside.analysis, inside.place) if inside is not None else None


def _instance(params: Params, place: Place, blocks: Mapping[str, Block]) -> Instance | None:
    try:
        return read_instance(fill(params, place.values), blocks)
    except ValueError:  # told where the instance lies
        return None


def _alone(block: Block, blocks: Mapping[str, Block]) -> Place:
    from nnstudio.project.document import Project
    from nnstudio.project.grouping import place_of

    return place_of(Project(blocks=tuple(blocks.values())), block.name)


def _renamed(old: Project, new: Project) -> dict[str, str]:
    """Return the new name of a block that stands where another stood, if that is all that became of the list."""
    if len(old.blocks) != len(new.blocks):
        return {}
    pairs = [(one.name, other.name) for one, other in zip(old.blocks, new.blocks, strict=True)]
    return {one: other for one, other in pairs if one != other}

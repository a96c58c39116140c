"""What a card says: texts and ports of one node, as a value that a card is painted from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import msgspec

from nnstudio.compiler.analysis import Analysis, Facts, input_ports, output_ports
from nnstudio.compiler.bypass import passing_port
from nnstudio.core.graph import Block, Edge, Graph, Node, Value
from nnstudio.core.problem import Problem
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog
from nnstudio.ui.canvas.geometry import card_height

if TYPE_CHECKING:
    from nnstudio.layers.spec import Element, Port, Shape

BLOCK = "Block"
Tone = Literal["wrong", "doubtful", "open", "aside"]


class Trouble(msgspec.Struct, frozen=True):
    """What the text under a card says: the first problem, and the links that mend it.

    Attributes:
        message: what is wrong.
        fixes: what the links say.
        tone: ``wrong`` for a mistake, ``doubtful`` for a warning, ``open`` for what a drawing in the making still
            lacks, ``aside`` for what the model goes without.
    """

    message: str
    fixes: tuple[str, ...]
    tone: Tone


class Dot(msgspec.Struct, frozen=True):
    """What decides how a port looks: what it carries or takes, None for anything, and whether it may stay free."""

    carries: Element | None = None
    optional: bool = False


_DOTS: Mapping[tuple[Element | None, bool], Dot] = {
    (carries, optional): Dot(carries, optional) for carries in (None, "real", "index") for optional in (False, True)
}
"""All there are."""


class Face(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is painted of one node.

    Attributes:
        kind, family: for icon and colour.
        title, name: first row.
        line: one row of settings.
        shape, parameters: last row, as text.
        inputs, outputs: names of the ports, from top to bottom.
        input_dots, output_dots: how they look.
        is_block: whether it stands for a block.
        copies: how many copies of a block it stands for.
        is_shared: whether it uses the weights of another node.
        is_bypassed: whether the layer is skipped.
        passing: number of the input whose signal a skipped layer passes on.
        faded: whether the model goes without it, as it leads to no Output; what is wrong or doubtful is never faded.
        trouble: what is wrong; None where all is well.
    """

    kind: str
    family: str
    title: str
    name: str
    line: str
    shape: str
    parameters: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    input_dots: tuple[Dot, ...] = ()
    output_dots: tuple[Dot, ...] = ()
    is_block: bool = False
    copies: int = 1
    is_shared: bool = False
    is_bypassed: bool = False
    passing: int = 0
    faded: bool = False
    trouble: Trouble | None = None

    @property
    def is_wrong(self) -> bool:
        """Whether something about it is a mistake."""
        return self.trouble is not None and self.trouble.tone == "wrong"

    @property
    def is_doubtful(self) -> bool:
        """Whether there is a warning about it."""
        return self.trouble is not None and self.trouble.tone == "doubtful"

    @property
    def is_quiet(self) -> bool:
        """Whether it is painted faded, as nothing is calculated here."""
        return self.faded or self.is_bypassed

    @property
    def is_run_through(self) -> bool:
        """Whether a wire runs through it: a skipped layer with an input and an output."""
        return self.is_bypassed and bool(self.inputs and self.outputs)

    def carries(self, output: str) -> Element | None:
        """Return what leaves at an output; None where that is open."""
        return dict(zip(self.outputs, self.output_dots, strict=False)).get(output, Dot()).carries

    @property
    def height(self) -> float:
        """How high the card is, in scene units."""
        return card_height(len(self.inputs), len(self.outputs))

    @property
    def spoken(self) -> str:
        """The card in one line, as for a screen reader."""
        weights = tr("shared weights") if self.is_shared else ""
        skipped = tr("skipped") if self.is_bypassed else ""
        trouble = self.trouble.message if self.trouble else ""
        parts = [self.title, self.name, self.line, self.shape, weights, skipped, trouble]
        return ", ".join(part for part in parts if part)


def make_face(graph: Graph, node: Node, blocks: Mapping[str, Block], analysis: Analysis) -> Face:
    """Gather what the card of ``node`` says."""
    facts = analysis.facts[node.id]
    trouble = _trouble(analysis.by_node.get(node.id, ()))
    inputs, outputs = input_ports(graph, node, blocks), output_ports(graph, node, blocks)
    feeds = analysis.feeds[node.id]
    title, family, line, copies = _block_words(node, blocks) if node.kind == BLOCK else _layer_words(node, facts)
    return Face(
        kind=f"Block:{node.params.get('block', '')}" if node.kind == BLOCK else node.kind,
        family=family,
        title=title,
        name=node.name,
        line=line,
        shape=compact_shape(facts.outputs[0].shape) if facts.outputs else "—",
        parameters=_parameters(node, facts),
        inputs=tuple([port.name for port in inputs]),
        outputs=tuple([port.name for port in outputs]),
        input_dots=_input_dots(inputs, feeds),
        output_dots=_output_dots(outputs, facts),
        is_block=node.kind == BLOCK,
        copies=copies,
        is_shared=node.shares is not None,
        is_bypassed=node.bypassed,
        passing=_passing(inputs, feeds) if node.bypassed else 0,
        faded=not facts.live and (trouble is None or trouble.tone not in ("wrong", "doubtful")),
        trouble=trouble,
    )


def compact_shape(shape: Shape) -> str:
    """Write a shape closely, as there is little room on a card: ``16×32×32``."""
    return "×".join(str(length) for length in shape) if shape else tr("one number")


def kind_title(kind: str) -> str:
    """Return what a kind of layer is called in the current language; an unknown kind by its own name."""
    spec = catalog().get(kind)
    return str(spec.title) if spec is not None else kind


def block_title(name: str) -> str:
    """Return what a block is called in the current language; one that a person made has only its name."""
    from nnstudio.layers.blocks import LIBRARY

    known = LIBRARY.get(name)
    return str(known.title) if known is not None else name


def first_problem(problems: tuple[Problem, ...]) -> Problem | None:
    """Return the problem that the card shows: errors come before warnings."""
    return min(problems, key=lambda problem: problem.severity != "error", default=None)


def _layer_words(node: Node, facts: Facts) -> tuple[str, str, str, int]:
    spec = catalog().get(node.kind)
    if spec is None:
        return node.kind, "io", "", 1
    return str(spec.title), spec.family, spec.line(facts.settings) if facts.settings is not None else "", 1


def _block_words(node: Node, blocks: Mapping[str, Block]) -> tuple[str, str, str, int]:
    from nnstudio.layers.blocks import LIBRARY

    name = str(node.params.get("block", ""))
    known, block = LIBRARY.get(name), blocks.get(name)
    labels = known.labels if known is not None else {}
    said = [
        (parameter, node.params.get(parameter.name, parameter.default))
        for parameter in (block.parameters if block is not None else ())
        # What words and answers are by default goes without saying.
        if parameter.name in node.params or _is_number(parameter.default)
    ]
    settings = [f"{labels.get(parameter.name, parameter.name)} {_setting_text(value)}" for parameter, value in said]
    repeat = node.params.get("repeat", 1)
    return (
        block_title(name),
        known.family if known is not None else "merge",
        " · ".join(settings),
        repeat if isinstance(repeat, int) else 1,
    )


def _input_dots(ports: tuple[Port, ...], feeds: Mapping[str, Edge]) -> tuple[Dot, ...]:
    dots = [_DOTS[port.element, port.optional] for port in ports]
    for index, port in enumerate(ports[2:], 2):
        if port.many and port.name not in feeds:  # beyond the first two, such a port is an offer
            dots[index] = _DOTS[port.element, True]
    return tuple(dots)


def _output_dots(ports: tuple[Port, ...], facts: Facts) -> tuple[Dot, ...]:
    known = facts.outputs if len(facts.outputs) == len(ports) else ports
    return tuple([_DOTS[leaving.element, False] for leaving in known])


def _passing(ports: tuple[Port, ...], feeds: Mapping[str, Edge]) -> int:
    port = passing_port(ports, feeds)
    return ports.index(port) if port is not None else 0


def _parameters(node: Node, facts: Facts) -> str:
    if node.bypassed:
        return tr("skipped")
    if not facts.outputs:
        return ""
    return f"{facts.cost.parameters:,}" if node.shares is None else tr("shared")


def _setting_text(value: Value) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _trouble(problems: tuple[Problem, ...]) -> Trouble | None:
    problem = first_problem(problems)
    if problem is None:
        return None
    return Trouble(problem.message, tuple(fix.label for fix in problem.fixes), _tone(problem))


def _tone(problem: Problem) -> Tone:
    if problem.code == "unused":
        return "aside"
    if problem.severity == "error":
        return "wrong"
    return "open" if problem.code == "missing_input" else "doubtful"

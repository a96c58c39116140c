"""Mends: what may help against a finding, as edits of the whole document that a person can take back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

import msgspec

from nnstudio.core.edits import add_node, connect, disconnect, insert, make_room, remove_and_reconnect, replace
from nnstudio.core.graph import Block, Edge, Graph, Node, Value, freeze_params
from nnstudio.core.words import tr
from nnstudio.training.diagnosis.finding import Finding

if TYPE_CHECKING:
    from nnstudio.project.document import Project

Edit = Callable[["Project"], "Project"]

_USUAL_RATES: Final = {
    "sgd": 0.05, "adam": 0.003, "adamw": 0.003, "rmsprop": 0.001, "adagrad": 0.01, "adadelta": 1.0, "lbfgs": 1.0
}  # fmt: skip
_CURVES: Final = ("Sigmoid", "Tanh", "ScaledTanh", "Softsign", "Hardtanh")


class Mend(msgspec.Struct, frozen=True):
    """An edit that may help; ``label`` is what the button and the Undo menu show.

    Attributes:
        rate: the learning rate that the run under way is to take; the document stays as it is.
    """

    label: str
    edit: Edit
    rate: float | None = None


def mends_of(finding: Finding, project: Project) -> tuple[Mend, ...]:
    """Return what may help, the likeliest first; empty where only the person can, as with wrong data."""
    made: Iterable[Mend]
    match finding.kind:
        case "frozen":
            made = (*_if(finding.facts.get("rate") == 0, _rate(finding, project)), _thaw())
        case "unscaled":
            made = (_normalise(),)
        case "blow_up":
            made = (_rate(finding, project, lower=True), _clip())
        case "rate_high":
            made = (_rate(finding, project, lower=True),)
        case "rate_low" | "stuck" | "one_answer":
            made = (_rate(finding, project),)
        case "symmetric":
            made = (_start("torch", tr("Start from chance again"), ("zeros",)),)
        case "exploding":
            made = (_start("he", tr("Start with He's rule"), ("normal", "uniform")), _clip())
        case "saturated":
            made = (_start("xavier", tr("Start with Xavier's rule"), ("normal", "uniform")),)
        case "vanishing":
            xavier = _start("xavier", tr("Start with Xavier's rule"), ("normal", "uniform"))
            made = (*_if("largest" in finding.facts, xavier), _rectify())
        case "dead":
            made = (_leak(), _start("he", tr("Start with He's rule"), ("normal", "uniform")))
        case "imbalance":
            made = (_recipe(tr("Weigh rare classes more"), class_weights="balanced"),)
        case "wrong_loss" if finding.facts.get("below"):
            made = (_recipe(tr("Use cross-entropy, which wants raw scores"), loss="cross_entropy"),)
        case "wrong_loss":
            made = (_unbind(),)
        case "clipped":
            made = (_clip(), _recipe(tr("Do not clip gradients"), clipping="none"))
        case "decayed":
            made = (_recipe(tr("Pull weights less (weight decay 0.0001, no L1)"), weight_decay=0.0001, l1=0.0),)
        case "unshuffled":
            made = (_recipe(tr("Shuffle the samples"), shuffle=True),)
        case "momentum":
            made = (_recipe(tr("Set the momentum to 0.9"), momentum=0.9),)
        case "schedule":
            made = (_recipe(tr("Keep the rate constant, without a warm-up"), schedule="constant", warmup_steps=0),)
        case "range":
            made = (_unbind(),)
        case "targets":
            made = (_scale_up(finding),)
        case "dropped":
            made = (_drop_less(),)
        case "small_batch":
            made = (_recipe(tr("Take 32 samples in a batch"), batch_size=32),)
        case "overfitting":
            made = (
                _recipe(tr("Stop when validation gets worse"), early_stopping=True),
                _recipe(tr("Pull weights towards 0 (weight decay 0.01)"), optimizer="adamw", weight_decay=0.01),
                _drop_out(),
            )
        case _:
            made = ()
    return tuple(mend for mend in made if _changes(mend, project))


def _if(condition: bool, mend: Mend) -> tuple[Mend, ...]:
    return (mend,) if condition else ()


def _changes(mend: Mend, project: Project) -> bool:
    return mend.rate is not None or mend.edit(project) != project


# The recipe


def _recipe(label: str, **settings: Value) -> Mend:
    return Mend(label, lambda project: replace(project, recipe=freeze_params({**project.recipe, **settings})))


def _clip() -> Mend:
    return _recipe(tr("Clip gradients to length 1"), clipping="norm", clip_at=1.0)


def _rate(finding: Finding, project: Project, *, lower: bool = False) -> Mend:
    """Offer the usual rate of the optimizer, or a tenth of the present one where the usual is no better.

    Where the person has set another rate on the way, that one is mended: by the recipe's, if that is better.
    """
    usual = _USUAL_RATES.get(str(project.recipe.get("optimizer", "adam")), 0.003)
    now = project.recipe.get("learning_rate", 0.003)
    live = finding.facts.get("live")
    if isinstance(live, (int, float)):
        usual, now = float(now) if isinstance(now, (int, float)) else usual, live
    rate = usual
    if isinstance(now, (int, float)):
        if lower and usual > now / 3:
            rate = float(f"{now / 10:.1g}")
        elif not lower and usual < now * 3:
            rate = float(f"{now * 10:.1g}")
    label = tr("Set the learning rate to {rate}", rate=f"{rate:g}")
    return _recipe(label, learning_rate=rate) if live is None else Mend(label, lambda project: project, rate)


# The drawing


def _everywhere(edit: Callable[[Node], Node]) -> Edit:
    """Return an edit of every layer, those in blocks too."""

    def graph_of(graph: Graph) -> Graph:
        return replace(graph, nodes=tuple(edit(node) for node in graph.nodes))

    def block_of(block: Block) -> Block:
        return replace(block, graph=graph_of(block.graph))

    def apply(project: Project) -> Project:
        return replace(project, graph=graph_of(project.graph), blocks=tuple(map(block_of, project.blocks)))

    return apply


def _with(node: Node, kind: str | None = None, **params: Value) -> Node:
    """Return a layer with other settings; None takes one away."""
    merged = {name: value for name, value in {**node.params, **params}.items() if value is not None}
    return replace(node, kind=kind or node.kind, params=freeze_params(merged))


def _thaw() -> Mend:
    edit = _everywhere(lambda node: _with(node, frozen=None) if node.params.get("frozen") else node)
    return Mend(tr("Let all layers learn"), edit)


def _start(rule: str, label: str, among: tuple[str, ...]) -> Mend:
    """Give all layers that start by one of ``among`` another start."""

    def edit(node: Node) -> Node:
        if node.params.get("start") not in among:
            return node
        return _with(node, start=None if rule == "torch" else rule, start_scale=None)

    return Mend(label, _everywhere(edit))


def _rectify() -> Mend:
    """Put ReLU in the place of curves that flatten at their ends, and starts that suit it before."""

    def edit(node: Node) -> Node:
        if node.kind in _CURVES:
            return replace(node, kind="ReLU", params=freeze_params({}))
        if node.kind in ("Linear", "Conv1d", "Conv2d", "Conv3d"):
            return _with(node, start="he")
        return node

    return Mend(tr("Use ReLU, and He's rule for the start"), _everywhere(edit))


def _leak() -> Mend:
    edit = _everywhere(lambda node: replace(node, kind="LeakyReLU") if node.kind == "ReLU" else node)
    return Mend(tr("Use Leaky ReLU instead of ReLU"), edit)


def _drop_less() -> Mend:
    """Let layers drop out half, that drop out more."""

    def edit(node: Node) -> Node:
        share = node.params.get("p")
        much = "Dropout" in node.kind and isinstance(share, (int, float)) and share > 0.5
        return _with(node, p=0.5) if much else node

    return Mend(tr("Drop out half at most"), _everywhere(edit))


def _normalise() -> Mend:
    """Put a normalisation behind the Input."""

    def edit(project: Project) -> Project:
        graph = project.graph
        for node in graph.nodes:
            shape = node.params.get("shape", (1, 32, 32))
            kind = {1: "BatchNorm1d", 3: "BatchNorm2d"}.get(len(shape) if isinstance(shape, tuple) else 0)
            if node.kind == "Input" and node.params.get("element", "real") == "real" and kind is not None:
                graph = _put_behind(graph, node, kind)
        return replace(project, graph=graph)

    return Mend(tr("Normalise the inputs first"), edit)


def _ends(graph: Graph) -> Iterable[tuple[Edge, Node]]:
    """Return the wires into Outputs with the layers that they come from."""
    for output in graph.nodes:
        if output.kind == "Output":
            for wire in graph.into.get(output.id, ()):
                yield wire, graph.by_id[wire.source]


def _unbind() -> Mend:
    """Take away a curve that stands last."""

    def edit(project: Project) -> Project:
        graph = project.graph
        for _, last in tuple(_ends(graph)):
            if last.kind in (*_CURVES, "ReLU", "ReLU6", "Softmax"):
                graph = remove_and_reconnect(graph, frozenset({last.id}))
        return replace(project, graph=graph)

    return Mend(tr("Take the last curve away"), edit)


def _scale_up(finding: Finding) -> Mend:
    """Put a Formula last that brings answers of about 1 to where the targets are."""
    mean, deviation = (float(f"{finding.facts.get(name, 0.0):.2g}") for name in ("mean", "deviation"))

    def edit(project: Project) -> Project:
        graph = project.graph
        for wire, last in tuple(_ends(graph)):
            if last.kind != "Formula":
                graph, id_ = add_node(graph, "Formula", "scale_", {"formula": f"{deviation:g}*x + {mean:g}"}, last.xy)
                graph = insert(graph, wire, id_, "input", "output")
                graph = make_room(graph, id_, *_PITCH)
        return replace(project, graph=graph)

    return Mend(tr("Scale the answers to the targets"), edit)


def _drop_out() -> Mend:
    """Put a Dropout before the last dense layer."""

    def edit(project: Project) -> Project:
        graph = project.graph
        if any(node.kind == "Dropout" for node in graph.nodes):
            return project
        outputs = [node for node in graph.nodes if node.kind == "Output"]
        for output in outputs:
            feeds = graph.into.get(output.id, ())
            last = graph.by_id[feeds[0].source] if feeds else None
            if last is not None and last.kind == "Linear" and graph.into.get(last.id):
                wire = graph.into[last.id][0]
                graph, id_ = add_node(graph, "Dropout", "dropout_", {"p": 0.3}, last.xy)
                graph = insert(graph, wire, id_, "input", "output")
                graph = make_room(graph, id_, *_PITCH)
        return replace(project, graph=graph)

    return Mend(tr("Drop out 30 % before the last layer"), edit)


_PITCH: Final = (232.0, 60.0)
"""Distance between cards in a row, and how far apart in height they still are in one."""


def _put_behind(graph: Graph, node: Node, kind: str) -> Graph:
    wires = graph.out_of.get(node.id, ())
    if not wires:
        return graph
    first = graph.by_id[wires[0].target]
    graph, id_ = add_node(graph, kind, "norm_", {}, first.xy)
    graph = insert(graph, wires[0], id_, "input", "output")
    for wire in wires[1:]:
        graph = connect(disconnect(graph, (wire,)), Edge(id_, "output", wire.target, wire.target_port))
    return make_room(graph, id_, *_PITCH)

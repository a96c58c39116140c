"""Lint of meaning: drawings that compile and yet are hardly what anyone wants. It only warns, and offers a mend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

import msgspec

from nnstudio.compiler.adapters import put_into
from nnstudio.compiler.facts import Analysis, Facts
from nnstudio.compiler.lint_loss import SHARES, SQUASHING, check_last
from nnstudio.core.edits import remove_and_reconnect, replace, set_node, set_param, upstream
from nnstudio.core.graph import Edge, Graph, Node, Value, freeze_params
from nnstudio.core.problem import Fix, Problem
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import Shape
from nnstudio.layers.windows import span


class Aim(msgspec.Struct, frozen=True, kw_only=True):
    """What the drawing is trained for, as far as lint asks.

    Attributes:
        loss: as the recipe calls it; empty where learning follows no loss.
        batch_size: samples of one step.
        has_data: whether the project names its data; without, the drawing may be a part of something else.
    """

    loss: str
    batch_size: int
    has_data: bool = True


def lint(analysis: Analysis, aim: Aim | None = None) -> tuple[Problem, ...]:
    """Return what a drawing most likely does not mean.

    Args:
        analysis: of the drawing; what has errors is not looked at.
        aim: what it is trained for; None leaves out the rules that ask for it.
    """
    look = _Look(analysis, aim)
    found: list[Problem] = []
    for node in analysis.graph.nodes:
        known = analysis.facts[node.id]
        if known.live and known.outputs and known.inputs and not known.faults and not node.bypassed:
            for rule in _RULES.get(node.kind, ()):
                found += rule(look, node, known)
    found += _frozen_all(look)
    found += _fading(look)
    return tuple(found)


def with_lint(analysis: Analysis, aim: Aim | None = None) -> Analysis:
    """Return an analysis with the warnings of `lint` behind its problems."""
    warnings = lint(analysis, aim)
    return msgspec.structs.replace(analysis, problems=(*analysis.problems, *warnings)) if warnings else analysis


class _Look:
    """A drawing as the rules see it."""

    def __init__(self, analysis: Analysis, aim: Aim | None) -> None:
        self.graph = analysis.graph
        self.analysis = analysis
        self.aim = aim

    def wire(self, node: Node) -> Edge | None:
        """Return the wire into a node that has just one."""
        feeds = self.analysis.feeds[node.id]
        return next(iter(feeds.values())) if len(feeds) == 1 else None

    def source(self, node: Node) -> Node | None:
        """Return what feeds a node that has just one wire; layers that are skipped are passed by."""
        wire = self.wire(node)
        while wire is not None and self.graph.by_id[wire.source].bypassed:
            wire = self.wire(self.graph.by_id[wire.source])
        return self.graph.by_id[wire.source] if wire is not None else None

    def feeds_only(self, node: Node) -> Node | None:
        """Return what a node feeds, where that is one layer; layers that are skipped are passed by."""
        after: Node | None = node
        while after is node or (after is not None and after.bypassed):
            followers = self.analysis.structure.followers.get(after.id, ())
            after = self.graph.by_id[followers[0]] if len(followers) == 1 else None
        return after


Rule = Callable[[_Look, Node, Facts], Iterator[Problem]]

_LINEAR = frozenset({"Linear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"})
_KEEPS_LINEAR = frozenset(
    {"Dropout", "Dropout2d", "Flatten", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "AvgPool1d", "AvgPool2d"}
)
_BATCH_NORMS = frozenset({"BatchNorm1d", "BatchNorm2d", "BatchNorm3d"})
_NEVER_NEGATIVE = frozenset({"ReLU", "ReLU6", "Sigmoid", "Softmax", "Softplus", "Step"})
_SAME_TWICE = frozenset({"ReLU", "ReLU6", "Softmax", "Step", "Hardtanh"})
"""Activations whose second application changes nothing, or flattens only."""
_ORDERS = frozenset({"SinusoidalPosition", "LearnedPosition", "RNN", "LSTM", "GRU", "Conv1d", "Conv2d"})
"""What tells the places of a sequence apart."""
_MOST_SQUASHED = 7


def _warning(code: str, node: Node, text: str, *fixes: Fix) -> Problem:
    return Problem(node.name, code, text, fixes, severity="warning", id=node.id)


def _removal(node: Node) -> Fix:
    return Fix(tr("Remove {name}", name=node.name), partial(remove_and_reconnect, ids=(node.id,)))


def _setting(label: str, node: Node, name: str, value: Value) -> Fix:
    return Fix(label, partial(set_param, id_=node.id, name=name, value=value))


def _insertion(look: _Look, node: Node, kind: str) -> tuple[Fix, ...]:
    wire, spec = look.wire(node), catalog().get(kind)
    if wire is None or spec is None:
        return ()
    label = tr("Insert {title} before {name}", title=spec.title, name=node.name)
    return (Fix(label, partial(put_into, edge=wire, kind=kind, params={})),)


# What comes last


def _end(look: _Look, node: Node, _known: Facts) -> Iterator[Problem]:
    last = look.source(node)
    if last is None:
        return
    if last.kind in ("Dropout", "Dropout2d"):
        text = tr("{name} drops answers at random, just before the Output.", name=last.name)
        yield _warning("dropout_last", last, text, _removal(last))
    if look.aim is None:
        return
    unfit = check_last(look.wire(node), last, look.aim.loss)
    if unfit is not None:
        yield unfit
    elif last.kind in ("ReLU", "ReLU6") and look.aim.has_data:
        text = tr("Behind {name} no answer can be negative; where it is zero, nothing is learned.", name=last.name)
        yield _warning("relu_last", last, text, _removal(last))


# What follows what


def _two_linear(look: _Look, node: Node, known: Facts) -> Iterator[Problem]:
    above = look.source(node)
    while above is not None and above.kind in _KEEPS_LINEAR:
        above = look.source(above)
    if above is None or above.kind not in _LINEAR or _is_depthwise(look, above) or _is_depthwise(look, node):
        return
    if look.feeds_only(above) is None:
        return
    text = tr(
        "Nothing between {first} and {second} bends the signal: together they can do no more than one such layer.",
        first=above.name,
        second=node.name,
    )
    yield _warning("two_linear", node, text, *_insertion(look, node, "ReLU"))


def _is_depthwise(look: _Look, node: Node) -> bool:
    return bool(getattr(look.analysis.facts[node.id].settings, "groups", 1) > 1) if "Conv" in node.kind else False


def _dense_on_image(look: _Look, node: Node, known: Facts) -> Iterator[Problem]:
    arriving = known.inputs[0]
    if arriving is not None and len(arriving.shape) == 3:
        text = tr(
            "{name} gets a picture and works along its rows only, with one set of weights for all of them.",
            name=node.name,
        )
        yield _warning("dense_on_image", node, text, *_insertion(look, node, "Flatten"))


def _bias_before_norm(look: _Look, node: Node, _known: Facts) -> Iterator[Problem]:
    above = look.source(node)
    if above is None or above.kind not in _LINEAR or look.feeds_only(above) is None or above.shares is not None:
        return
    if getattr(look.analysis.facts[above.id].settings, "bias", False):
        text = tr(
            "The bias of {first} has no effect: {second} takes the mean away again.", first=above.name, second=node.name
        )
        label = tr("Leave the bias of {name} out", name=above.name)
        yield _warning("bias_before_norm", above, text, _setting(label, above, "bias", False))


def _dropout_before_norm(look: _Look, node: Node, _known: Facts) -> Iterator[Problem]:
    above = look.source(node)
    if above is not None and above.kind in ("Dropout", "Dropout2d"):
        text = tr(
            "{first} changes the spread while training only, so {second} learns a spread that does not hold "
            "afterwards.",
            first=above.name,
            second=node.name,
        )
        yield _warning("dropout_before_norm", above, text, _removal(above))


def _one_value(look: _Look, node: Node, known: Facts) -> Iterator[Problem]:
    arriving = known.inputs[0]
    if arriving is None or any(length != 1 for length in arriving.shape[1:]):
        return
    if node.kind == "InstanceNorm2d":
        text = tr("{name} gets one number per map; less its mean that is always zero.", name=node.name)
        yield _warning("one_value", node, text, _removal(node))
    elif look.aim is not None and look.aim.batch_size == 1:
        text = tr("With a batch of one, {name} has one number per channel and no spread to divide by.", name=node.name)
        yield _warning("one_value", node, text, _removal(node))


def _again(look: _Look, node: Node, _known: Facts) -> Iterator[Problem]:
    above = look.source(node)
    if above is None:
        return
    useless = above.kind == node.kind and node.kind in _SAME_TWICE
    if useless or (node.kind == "ReLU" and above.kind in _NEVER_NEGATIVE):
        text = tr("{second} changes nothing that comes from {first}.", first=above.name, second=node.name)
        yield _warning("no_effect", node, text, _removal(node))


# Settings that do nothing, or too much


def _keeps_all(look: _Look, node: Node, known: Facts) -> Iterator[Problem]:
    settings, arriving = known.settings, known.inputs[0]
    if settings is None or arriving is None:
        return
    idle = known.outputs[0] == arriving
    if node.kind.startswith("Dropout"):
        idle = settings.p == 0.0
    elif "Pool" in node.kind:
        idle = idle and set(_pair(settings.kernel_size)) == {1}
    if idle:
        text = tr("{name} leaves everything as it is.", name=node.name)
        yield _warning("no_effect", node, text, _removal(node))
    elif node.kind.startswith("Dropout") and settings.p >= 0.8:
        text = tr(
            "{name} drops {share} % of all numbers: hardly anything is left to learn from.",
            name=node.name,
            share=round(100 * settings.p),
        )
        yield _warning("high_dropout", node, text, _setting(tr("Drop half of them"), node, "p", 0.5))


def _shares_of_one(look: _Look, node: Node, known: Facts) -> Iterator[Problem]:
    shape: Shape = known.outputs[0].shape
    axis = 0 if len(shape) == 3 else -1
    if shape and shape[axis] == 1:
        text = tr("{name} shares out among one number, so its answer is always the same.", name=node.name)
        yield _warning("softmax_of_one", node, text, _removal(node))


def _windows(look: _Look, node: Node, known: Facts) -> Iterator[Problem]:
    settings, arriving = known.settings, known.inputs[0]
    if settings is None or arriving is None or len(arriving.shape) != 3:
        return
    kernel, stride = _pair(settings.kernel_size), _pair(settings.stride or settings.kernel_size)
    window = span(kernel, _pair(getattr(settings, "dilation", 1)))
    if max(kernel) > 1 and any(step > length for step, length in zip(stride, window, strict=True)):
        text = tr("{name} moves further than its window is long: some pixels are never looked at.", name=node.name)
        yield _warning(
            "skipped_pixels", node, text, _setting(tr("Set the stride to the window"), node, "stride", kernel)
        )
    size = arriving.shape[1:]
    if any(isinstance(have, int) and length > have for have, length in zip(size, window, strict=True)):
        text = tr("The window of {name} is larger than its picture: part of it only ever sees padding.", name=node.name)
        yield _warning("window_beyond", node, text)


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)


def _idle_dropout(look: _Look, node: Node, known: Facts) -> Iterator[Problem]:
    settings = known.settings
    if settings is not None and settings.dropout > 0 and settings.num_layers == 1:
        text = tr("The dropout of {name} lies between layers, and there is only one.", name=node.name)
        yield _warning("no_effect", node, text, _setting(tr("Set the dropout to 0"), node, "dropout", 0.0))


def _zero_start(look: _Look, node: Node, known: Facts) -> Iterator[Problem]:
    if known.settings is None or getattr(known.settings, "start", "") != "zeros" or known.settings.frozen:
        return
    after = look.feeds_only(node)
    if after is not None and after.kind != "Output":
        text = tr(
            "All weights of {name} start at zero, so its units stay alike however long they learn.", name=node.name
        )
        yield _warning("zero_start", node, text, _setting(tr("Start as He does"), node, "start", "he"))


def _no_order(look: _Look, node: Node, known: Facts) -> Iterator[Problem]:
    wire = next(iter(look.analysis.feeds[node.id].values()), None)
    before = upstream(look.graph, wire.source) if wire is not None else frozenset[str]()
    kinds = {above.kind for id_ in before if not (above := look.graph.by_id[id_]).bypassed}
    attention = kinds & _ATTENTION
    if wire is not None and not attention and not kinds & (_ORDERS | {"Block", "Add"}):
        text = tr(
            "{name} does not know the order of the sequence: attention alone sees a heap of items.", name=node.name
        )
        spec = catalog().get("SinusoidalPosition")
        fixes = []
        if spec is not None:
            label = tr("Insert {title} before {name}", title=spec.title, name=node.name)
            fixes.append(Fix(label, partial(put_into, edge=wire, kind=spec.kind, params={})))
        yield _warning("no_order", node, text, *fixes)


_ATTENTION = frozenset({"MultiheadAttention", "TransformerEncoderLayer", "TransformerDecoderLayer"})


# The drawing as a whole


def _frozen_all(look: _Look) -> Iterator[Problem]:
    weighted = [
        (node, known.settings)
        for node in look.graph.nodes
        if (known := look.analysis.facts[node.id]).live and known.cost.parameters and known.settings is not None
    ]
    if weighted and all(getattr(settings, "frozen", False) for _, settings in weighted):
        first = weighted[0][0]
        text = tr("All layers with weights are frozen, so training changes nothing.")
        label = tr("Let {name} learn", name=weighted[-1][0].name)
        yield _warning("all_frozen", first, text, _setting(label, weighted[-1][0], "frozen", False))


def _fading(look: _Look) -> Iterator[Problem]:
    """Count the squashing activations on the longest way; a sum or a normalisation between them starts anew."""
    depth: dict[str, int] = {}
    for id_ in look.analysis.order:
        node = look.graph.by_id[id_]
        before = max((depth[wire.source] for wire in look.analysis.feeds[id_].values()), default=0)
        kind = node.kind if not node.bypassed else ""
        fresh, squashes = kind == "Add" or "Norm" in kind, kind in SQUASHING
        depth[id_] = 0 if fresh else before + squashes
        if depth[id_] == _MOST_SQUASHED + 1 and squashes:
            text = tr(
                "{name} is the {count}th squashing activation in a row: each makes the gradient smaller, so the first "
                "layers hardly learn.",
                name=node.name,
                count=depth[id_],
            )
            yield _warning("fading", node, text, Fix(tr("Use ReLU in all of them"), _use_relu))
            return


def _use_relu(graph: Graph) -> Graph:
    for node in graph.nodes:
        if node.kind in SQUASHING:
            graph = set_node(graph, replace(node, kind="ReLU", params=freeze_params({})))
    return graph


def _rules(groups: Iterable[tuple[Iterable[str], Rule]]) -> Mapping[str, tuple[Rule, ...]]:
    found: dict[str, list[Rule]] = {}
    for kinds, rule in groups:
        for kind in kinds:
            found.setdefault(kind, []).append(rule)
    return {kind: tuple(rules) for kind, rules in found.items()}


_RULES = _rules(
    (
        (("Output",), _end),
        (_LINEAR, _two_linear),
        (("Linear",), _dense_on_image),
        (_BATCH_NORMS, _bias_before_norm),
        (_BATCH_NORMS, _dropout_before_norm),
        (_BATCH_NORMS | {"InstanceNorm2d"}, _one_value),
        (_SAME_TWICE, _again),
        (("Flatten", "Reshape", "Dropout", "Dropout2d", "MaxPool2d", "AvgPool2d"), _keeps_all),
        (SHARES, _shares_of_one),
        (("Conv2d", "MaxPool2d", "AvgPool2d"), _windows),
        (("RNN", "LSTM", "GRU"), _idle_dropout),
        (_LINEAR, _zero_start),
        (_ATTENTION, _no_order),
    )
)
"""What is asked of each kind of layer."""

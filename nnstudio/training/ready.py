"""Whether a drawing and its data fit together, said before a run starts and in words a student understands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Union

import msgspec

from nnstudio.compiler.facts import Analysis, Facts
from nnstudio.core.edits import replace, set_node
from nnstudio.core.graph import Graph, Node, Value, freeze_params
from nnstudio.core.problem import Fix, Problem
from nnstudio.core.words import tr
from nnstudio.data.catalog import Entry
from nnstudio.data.dataset import Dataset
from nnstudio.layers.catalog import catalog
from nnstudio.layers.parameters import Choice
from nnstudio.training.asked import check_output, check_three, fits, signal_text
from nnstudio.training.recipe import Loss, Recipe
from nnstudio.training.slopes import flat_before_weights
from nnstudio.training.suits import SUITS

Data = Union[Entry, Dataset]
_BY_BATCH = ("BatchNorm1d", "BatchNorm2d", "BatchNorm3d")


def ready(graph: Graph, analysis: Analysis, data: Data, recipe: Recipe) -> tuple[Problem, ...]:
    """Return what keeps this drawing from being trained on these data, beside the problems of the drawing itself.

    What cannot be known yet, such as the shape at the Output of an unfinished drawing, is not complained of.
    """
    live = [node for node in graph.nodes if analysis.facts[node.id].live]
    inputs = [node for node in live if node.kind == "Input"]
    outputs = [node for node in live if node.kind == "Output"]
    problems = _check_count(inputs, "several_inputs")
    if len(inputs) == 1:
        problems += _check_input(inputs[0], analysis, data)
    if recipe.loss == "vae" and data.task == "reconstruction":
        problems += check_three(outputs, analysis, data)
    else:
        problems += _check_count(outputs, "several_outputs")
        if len(outputs) == 1:
            problems += check_output(graph, outputs[0], analysis, data)
    problems += _check_layers(analysis, data, recipe, set())
    stores = recipe.learner in ("hebb", "pseudo_inverse")
    if outputs and analysis.ok and analysis.num_parameters == 0 and not stores:
        text = tr("No layer here has weights, so there is nothing to train: add a layer such as Dense.")
        problems.append(Problem(None, "no_weights", text))
    elif analysis.ok and recipe.learner in ("backprop", "pretraining"):
        problems += _check_slopes(analysis)
    if isinstance(data, Dataset) and data.num_shared:
        text = tr(
            "{count} samples of {data} are in training and in validation: the validation figures would be too good.",
            count=data.num_shared,
            data=data.title,
        )
        problems.append(Problem(None, "data_shared", text, severity="warning"))
    try:
        check_loss(with_loss(recipe, data).loss, data)
    except ValueError as error:
        problems.append(Problem(None, "loss", str(error)))
    return tuple(problems)


def with_loss(recipe: Recipe, data: Data) -> Recipe:
    """Return the recipe with the loss that validation reports: the usual one where a learner follows no gradient."""
    if recipe.learner in ("backprop", "pretraining") or recipe.loss in SUITS[data.task]:
        return recipe
    return msgspec.structs.replace(recipe, loss=SUITS[data.task][0])


def check_loss(loss: Loss, data: Data) -> None:
    """See whether a loss has a meaning for data.

    Raises:
        ValueError: it has none; says which ones have.
    """
    if loss in SUITS[data.task]:
        return
    if loss == "cross_entropy" and data.task == "regression":
        raise ValueError(
            tr("Cross-entropy is for classes, but {data} holds values: choose mean squared error.", data=data.title)
        )
    from nnstudio.training.settings.form import SETTING_BY_NAME

    field = SETTING_BY_NAME["loss"].field
    assert isinstance(field, Choice)
    titles = dict(zip(field.options, field.titles, strict=True))
    text = tr(
        "The loss “{loss}” has no meaning for {data}; these have: {losses}.",
        loss=titles[loss],
        data=data.title,
        losses=", ".join(str(titles[other]) for other in SUITS[data.task]),
    )
    raise ValueError(text)


def _check_count(nodes: list[Node], code: str) -> list[Problem]:
    if len(nodes) < 2:
        return []
    names = ", ".join(node.name for node in nodes)
    if code == "several_inputs":
        text = tr(
            "Training needs a drawing with one Input; this one has {count}: {names}.", count=len(nodes), names=names
        )
    else:
        text = tr(
            "Training needs a drawing with one Output; this one has {count}: {names}.", count=len(nodes), names=names
        )
    return [Problem(nodes[1].name, code, text, id=nodes[1].id)]


def _check_input(node: Node, analysis: Analysis, data: Data) -> list[Problem]:
    if not analysis.facts[node.id].outputs:
        return []
    drawn = analysis.facts[node.id].outputs[0]
    if drawn.element == data.element and fits(drawn.shape, data.shape):
        return []
    text = tr(
        "One sample of {data} is {given}, but this Input expects {expected}.",
        data=data.title,
        given=signal_text(data.signal),
        expected=signal_text(drawn),
    )
    label = tr("Set the Input to {given}", given=signal_text(data.signal))
    fix = Fix(label, _setting(node, {"shape": data.shape, "element": data.element}))
    return [Problem(node.name, "data_shape", text, (fix,), id=node.id)]


def _check_slopes(analysis: Analysis) -> list[Problem]:
    """See whether back-propagation comes to a weight at all."""
    flat = flat_before_weights(analysis)
    if flat is None:
        return []
    text = tr("{name} passes no gradient, and all weights lie before it: none would ever change.", name=flat.name)
    if flat.kind not in catalog():  # a block: what is flat lies within, where an edit would not reach it
        return [Problem(flat.name, "no_gradient", text, id=flat.id)]
    label = tr("Make {name} a {title}", name=flat.name, title=catalog()["Sigmoid"].title)
    fix = Fix(label, partial(_set, id_=flat.id, params={}, kind="Sigmoid"))
    return [Problem(flat.name, "no_gradient", text, (fix,), id=flat.id)]


def _check_layers(
    analysis: Analysis, data: Data, recipe: Recipe, seen: set[int], path: tuple[Node, ...] = ()
) -> list[Problem]:
    """Look at each layer by itself, at those within blocks once for all copies that are alike.

    Args:
        analysis: of a drawing, or of the one within the blocks of ``path``.
        data: what it is to learn from.
        recipe: how it is to learn.
        seen: drawings within blocks that were looked at.
        path: the blocks around, the outermost first.
    """
    problems: list[Problem] = []
    for node in analysis.graph.nodes:
        known = analysis.facts[node.id]
        if not known.live or node.bypassed:
            continue
        found: list[Problem] = []
        if node.kind == "Embedding":
            found = _check_table(node, known, data)
        elif node.kind in _BY_BATCH:
            found = _check_spread(node, known, data, recipe)
        problems += [_from_within(path, problem) for problem in found] if path else found
        for inner in known.inside:
            if id(inner) not in seen:
                seen.add(id(inner))
                problems += _check_layers(inner, data, recipe, seen, (*path, node))
    return problems


def _from_within(path: tuple[Node, ...], problem: Problem) -> Problem:
    """Tell of a layer within blocks at the outermost of them; an edit there would not reach it."""
    name = ".".join(node.name for node in path)
    text = tr("In {inner}: {message}", inner=name, message=problem.message)
    return Problem(f"{name}.{problem.node}", problem.code, text, severity=problem.severity, id=path[0].id)


def _check_table(node: Node, known: Facts, data: Data) -> list[Problem]:
    settings = known.settings
    if settings is None or data.element != "index" or settings.num_embeddings >= data.vocabulary:
        return []
    text = tr(
        "{data} has {count} different signs, but this table has {rows} rows.",
        data=data.title,
        count=data.vocabulary,
        rows=settings.num_embeddings,
    )
    fix = Fix(
        tr("Give the table {count} rows", count=data.vocabulary), _setting(node, {"num_embeddings": data.vocabulary})
    )
    return [Problem(node.name, "vocabulary", text, (fix,), id=node.id)]


def _check_spread(node: Node, known: Facts, data: Data, recipe: Recipe) -> list[Problem]:
    """See whether a normalisation by the batch ever gets one number per channel, which has no spread to divide by."""
    arriving = known.inputs[0] if known.inputs else None
    if arriving is None or any(length != 1 for length in arriving.shape[1:]):
        return []
    if recipe.batch_size == 1 or (isinstance(data, Dataset) and len(data.training) == 1):
        text = tr("{name} normalises by the batch, so a batch needs two samples at least.", name=node.name)
        return [Problem(node.name, "one_value", text, id=node.id)]
    if known.settings is not None and not known.settings.track_running_stats:
        text = tr("Without running averages {name} has no answer for a sample alone.", name=node.name)
        label = tr("Let {name} keep running averages", name=node.name)
        return [
            Problem(
                node.name, "one_value", text, (Fix(label, _setting(node, {"track_running_stats": True})),), id=node.id
            )
        ]
    return []


def _setting(node: Node, params: Mapping[str, Value]) -> Callable[[Graph], Graph]:
    return partial(_set, id_=node.id, params=params)


def _set(graph: Graph, id_: str, params: Mapping[str, Value], kind: str | None = None) -> Graph:
    node = graph.by_id[id_]
    return set_node(graph, replace(node, kind=kind or node.kind, params=freeze_params({**node.params, **params})))

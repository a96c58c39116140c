"""Whether a drawing and its data fit together, said before a run starts and in words a student understands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Union

from nnstudio.compiler.facts import Analysis
from nnstudio.core.edits import replace, set_node
from nnstudio.core.graph import Graph, Node, Value, freeze_params
from nnstudio.core.problem import Fix, Problem
from nnstudio.core.words import tr
from nnstudio.data.catalog import Entry
from nnstudio.data.dataset import Dataset
from nnstudio.layers.spec import Shape, Signal, shape_text
from nnstudio.training.recipe import Recipe

Data = Union[Entry, Dataset]


def ready(graph: Graph, analysis: Analysis, data: Data, recipe: Recipe) -> tuple[Problem, ...]:
    """Return what keeps this drawing from being trained on these data, beside the problems of the drawing itself.

    What cannot be known yet, such as the shape at the Output of an unfinished drawing, is not complained of.
    """
    live = [node for node in graph.nodes if analysis.facts[node.id].live]
    inputs = [node for node in live if node.kind == "Input"]
    outputs = [node for node in live if node.kind == "Output"]
    problems = [*_check_count(inputs, "several_inputs"), *_check_count(outputs, "several_outputs")]
    if len(inputs) == 1:
        problems += _check_input(inputs[0], analysis, data)
    if len(outputs) == 1:
        problems += _check_output(graph, outputs[0], analysis, data)
    for node in live:
        if node.kind == "Embedding" and not node.bypassed:
            problems += _check_table(node, analysis, data)
    if outputs and analysis.ok and analysis.num_parameters == 0:
        text = tr("No layer here has weights, so there is nothing to train: add a layer such as Dense.")
        problems.append(Problem(None, "no_weights", text))
    if isinstance(data, Dataset) and data.num_shared:
        text = tr(
            "{count} samples of {data} are in training and in validation: the validation figures would be too good.",
            count=data.num_shared,
            data=data.title,
        )
        problems.append(Problem(None, "data_shared", text, severity="warning"))
    if recipe.loss == "cross_entropy" and data.task == "regression":
        text = tr("Cross-entropy is for classes, but {data} holds values: choose mean squared error.", data=data.title)
        problems.append(Problem(None, "loss", text))
    return tuple(problems)


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
    if drawn.element == data.element and _fits(drawn.shape, data.shape):
        return []
    text = tr(
        "One sample of {data} is {given}, but this Input expects {expected}.",
        data=data.title,
        given=_signal_text(data.signal),
        expected=_signal_text(drawn),
    )
    label = tr("Set the Input to {given}", given=_signal_text(data.signal))
    fix = Fix(label, _setting(node, {"shape": data.shape, "element": data.element}))
    return [Problem(node.name, "data_shape", text, (fix,), id=node.id)]


def _check_output(graph: Graph, node: Node, analysis: Analysis, data: Data) -> list[Problem]:
    arriving = analysis.facts[node.id].inputs
    if not arriving or arriving[0] is None or arriving[0] == Signal((data.num_outputs,)):
        return []
    count, given = data.num_outputs, _signal_text(arriving[0])
    if data.task == "classification":
        text = tr(
            "{data} has {count} classes, so the network must give {count} numbers; it gives {given}.",
            data=data.title,
            count=count,
            given=given,
        )
    else:
        text = tr(
            "{data} asks for {count} numbers per sample; the network gives {given}.",
            data=data.title,
            count=count,
            given=given,
        )
    last = _last_dense(graph, node, analysis) if len(arriving[0].shape) == 1 else None
    if last is None:
        advice = tr("Let a Dense layer with {count} units come last, after a Flatten if need be.", count=count)
        return [Problem(node.name, "data_outputs", f"{text} {advice}", id=node.id)]
    label = tr("Give {name} {count} units", name=last.name, count=count)
    fix = Fix(label, _setting(last, {"out_features": count}))
    return [Problem(last.name, "data_outputs", text, (fix,), id=last.id)]


def _check_table(node: Node, analysis: Analysis, data: Data) -> list[Problem]:
    settings = analysis.facts[node.id].settings
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


def _last_dense(graph: Graph, output: Node, analysis: Analysis) -> Node | None:
    """Go back from the Output, through layers that keep the shape, to the Dense layer that decides it."""
    id_ = output.id
    while len(analysis.feeds[id_]) == 1:
        (edge,) = analysis.feeds[id_].values()
        id_ = edge.source
        node, facts = graph.by_id[id_], analysis.facts[id_]
        if node.kind == "Linear" and not node.bypassed:
            return node
        if facts.outputs != facts.inputs:
            return None
    return None


def _fits(drawn: Shape, given: tuple[int, ...]) -> bool:
    """A free length such as ``T`` fits any number."""
    return len(drawn) == len(given) and all(
        isinstance(axis, str) or axis == length for axis, length in zip(drawn, given, strict=True)
    )


def _signal_text(signal: Signal) -> str:
    shape = shape_text(signal.shape)
    return (
        tr("{shape} table positions", shape=shape) if signal.element == "index" else tr("{shape} numbers", shape=shape)
    )


def _setting(node: Node, params: Mapping[str, Value]) -> Callable[[Graph], Graph]:
    return partial(_set, id_=node.id, params=params)


def _set(graph: Graph, id_: str, params: Mapping[str, Value]) -> Graph:
    node = graph.by_id[id_]
    return set_node(graph, replace(node, params=freeze_params({**node.params, **params})))

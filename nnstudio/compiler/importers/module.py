"""A torch module becomes a drawing, its weights, and a report; and the drawing is run against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import fx, nn

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.importers.draft import Draft, Wire
from nnstudio.compiler.importers.report import BadImportError, Check, Imported, Report
from nnstudio.compiler.importers.rules import FUNCTIONS, MODULES
from nnstudio.compiler.importers.trace import BATCHES, FREE, choose_samples, first_line, run, tensors, trace
from nnstudio.compiler.importers.values import Flow, Held, Sample
from nnstudio.compiler.importers.walk import Walk
from nnstudio.compiler.link import link
from nnstudio.compiler.plan import CompileError, make_plan
from nnstudio.core.graph import Graph
from nnstudio.core.words import tr
from nnstudio.layers.spec import shape_text

CLOSE = 1e-5
"""Relative difference that rounding explains."""

MOST_MACS = 10**11
"""Multiply-adds of one sample that are worth a comparison."""


def import_module(
    module: nn.Module, shapes: Sequence[tuple[int | str, ...]] = (), *, name: str = "", origin: str = ""
) -> Imported:
    """Draw a torch module.

    Args:
        module: the network; it is left as it was, but in evaluation mode.
        shapes: of one sample of each input, without the batch; a string is a free length. Found by trying if empty.
        name: what the drawing is called; the class by default.
        origin: where the network came from, for the report.

    Raises:
        BadImportError: it cannot be run or traced.
    """
    module.eval()
    samples = choose_samples(module, shapes)
    traced, way = trace(module, samples)
    notes = []
    if not shapes:
        shown = ", ".join(shape_text(sample.shape) for sample in samples)
        notes.append(tr("The shape of one sample was found by trying: {shape}.", shape=shown))
    if way == "export":
        notes.append(tr("Its Python could not be followed symbolically, so it was exported with example data."))
    title = name or type(module).__name__
    return draw(traced, module, samples, name=title, origin=origin or title, notes=notes)


def draw(
    traced: fx.GraphModule,
    module: nn.Module,
    samples: Sequence[Sample],
    *,
    name: str,
    origin: str,
    notes: Sequence[str] = (),
    careful: bool = False,
) -> Imported:
    """Draw a traced network and run the drawing against the original.

    Args:
        traced: the network as an fx graph.
        module: the original.
        samples: what goes in.
        name: what the drawing is called.
        origin: where the network came from.
        notes: for the report.
        careful: work sizes out without computing anything, and compare only what does not take long; for files that
            may claim anything.
    """
    trials = run(traced, samples, careful=careful)
    draft = Draft()
    draft.notes += notes
    inputs: dict[str, Wire] = {}
    placeholders = [str(node.target) for node in traced.graph.nodes if node.op == "placeholder"]
    for title, sample in zip(placeholders, samples, strict=False):
        params: dict[str, Any] = {"shape": sample.shape}
        if sample.index:
            params["element"] = "index"
        inputs[title] = draft.add("Input", [], params, source=title, name=title)[0]
    results = Walk(traced, draft, trials, FUNCTIONS, MODULES).run(inputs)
    _finish(draft, results)
    check, difference = compare(draft, module, samples, careful=careful)
    report = Report(
        origin=origin,
        entries=tuple(draft.entries),
        notes=tuple(draft.notes),
        check=check,
        difference=difference,
    )
    weights = {key: tensor.detach().cpu().contiguous().numpy() for key, tensor in draft.weights.items()}
    return Imported(name=name, graph=draft.graph, weights=weights, report=report)


def _finish(draft: Draft, results: Sequence[tuple[str, Any]]) -> None:
    count = 0
    for title, value in results:
        if value is None:
            continue
        flows = [value] if isinstance(value, Flow) else list(getattr(value, "flows", ()))
        if not flows:
            what = value.path if isinstance(value, Held) else repr(value)[:40]
            draft.notes.append(tr("One result is no output of a layer and was left out: {what}.", what=what))
        for flow in flows:
            draft.add("Output", [flow.wire], {}, source=title, name=title or "output_")
            count += 1
    if not count:
        raise BadImportError(tr("What it gives does not depend on its inputs."))


def compare(
    draft: Draft, module: nn.Module, samples: Sequence[Sample], *, careful: bool = False
) -> tuple[Check, float | None]:
    """Compile the drawing, load the weights and run both on the same numbers.

    Weights of layers that lead nowhere are dropped from the draft on the way.
    """
    if careful and (analyse(draft.graph, {}).macs or 0) > MOST_MACS:
        draft.notes.append(tr("The network is so large that its outputs were not compared."))
        return "not_run", None
    try:
        made = build(draft.graph, draft.weights)
    except RuntimeError as error:  # torch's, where names or shapes of weights differ
        draft.notes.append(tr("The weights do not fit the drawing: {detail}.", detail=first_line(error)))
        return "differs", None
    if made is None:
        return "not_run", None
    kept = set(made.state_dict())
    draft.weights = {key: tensor for key, tensor in draft.weights.items() if key in kept}
    examples = [sample.example(BATCHES[1], FREE[1]) for sample in samples]
    with torch.no_grad():
        wanted, got = tensors(module(*examples)), tensors(made(*examples))
    return judge(wanted, got)


def judge(wanted: Sequence[torch.Tensor], got: Sequence[torch.Tensor]) -> tuple[Check, float | None]:
    """Compare outputs; say how far they are apart, relative to the largest number."""
    if len(wanted) < len(got) or any(a.shape != b.shape for a, b in zip(wanted, got, strict=False)):
        return "differs", float("inf")
    worst = 0.0
    for a, b in zip(wanted, got, strict=False):
        largest = max(float(a.abs().max()), 1e-30) if a.numel() else 1.0
        worst = max(worst, float((a.double() - b.double()).abs().max()) / largest if a.numel() else 0.0)
    if all(torch.equal(a, b) for a, b in zip(wanted, got, strict=False)):
        return "equal", 0.0
    return ("close" if worst <= CLOSE else "differs"), worst


def build(graph: Graph, weights: Mapping[str, Any]) -> nn.Module | None:
    """Compile a drawing with given weights, or return None where it cannot be compiled."""
    try:
        made = link(make_plan(graph, {}))
    except CompileError:
        return None
    known = made.state_dict()
    given = {key: torch.as_tensor(weights[key]) for key in known if key in weights}
    made.load_state_dict(given, strict=True)
    return made.eval()

"""The drill of recurrent layers: stacked, both ways, begun with a state, and read by their last states."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nnstudio.core.graph import Value
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.training.drill.frozen import Frozen
from nnstudio.training.drill.sheet import Sheet
from nnstudio.training.studies.arithmetic import ArithmeticStudy
from tests.training.studies.scenes import scene_of

CLOSE = 1e-9


def states(kind: str, reads: str = "output", **params: Value) -> Project:
    """memory -> table -> the layer -> scores, from all its states or from the last ones."""
    b = Builder("States")
    h = b.add("Embedding", b.input("signs", shape=(24,), element="index"), num_embeddings=8, embedding_dim=3,
              name="table")  # fmt: skip
    found = b.add(kind, h, name="asked", hidden_size=4, **params)
    h = (
        b.add("LastStep", found[0])
        if reads == "output"
        else b.add("Tanh", found[["output", "h_n", "c_n"].index(reads)])
    )
    if reads != "output" and params.get("states") == "all":
        h = b.add("Flatten", h)
    b.output(b.add("Linear", h, out_features=4), name="letter")
    return b.project(data={"name": "memory"})


def handed_on(kind: str) -> Project:
    """One layer begins with what another ends with, as a decoder does."""
    b = Builder("Handed on")
    h = b.add("Embedding", b.input("signs", shape=(24,), element="index"), num_embeddings=8, embedding_dim=3,
              name="table")  # fmt: skip
    _, *last = b.add(kind, h, name="reader", hidden_size=4)
    found = b.add(kind, h, *last, name="asked", hidden_size=4)
    b.output(b.add("Linear", b.add("LastStep", found[0]), out_features=4), name="letter")
    return b.project(data={"name": "memory"})


CASES: dict[str, Project] = {
    **{kind: states(kind) for kind in ("RNN", "LSTM", "GRU")},
    **{f"{kind}, 3 layers": states(kind, num_layers=3) for kind in ("RNN", "LSTM", "GRU")},
    **{f"{kind}, both ways": states(kind, bidirectional=True) for kind in ("RNN", "LSTM", "GRU")},
    **{
        f"{kind}, 2 layers, both ways, no bias": states(kind, num_layers=2, bidirectional=True, bias=False)
        for kind in ("RNN", "LSTM", "GRU")
    },
    "RNN with ReLU, 2 layers": states("RNN", num_layers=2, nonlinearity="relu"),
    "LSTM read by its last state": states("LSTM", "h_n"),
    "LSTM read by its memory": states("LSTM", "c_n", num_layers=2, bidirectional=True),
    "LSTM read by all last states": states("LSTM", "h_n", num_layers=2, bidirectional=True, states="all"),
    "GRU read by its last state": states("GRU", "h_n", num_layers=2, bidirectional=True),
    "LSTM begun with a state": handed_on("LSTM"),
    "GRU begun with a state": handed_on("GRU"),
}


def strands(frozen: Frozen, layer: str) -> list[str]:
    """All names under which the states of a layer are told: its own last."""
    module = dict(frozen.module.named_modules())[layer]
    levels, both = range(1, module.num_layers + 1), (False, True)[: 2 if module.bidirectional else 1]
    found = []
    for memory in (False, True)[: 2 if isinstance(module, torch.nn.LSTM) else 1]:
        for level in levels:
            for back in both:
                if level == module.num_layers and not memory:
                    continue
                parts = [str(level)] * (module.num_layers > 1) + ["←"] * back + ["c"] * memory
                found.append(" ".join((layer, *parts)))
    return [*found, layer]


@pytest.mark.parametrize("name", CASES)
def test_every_state_is_written_out(name: str) -> None:
    frozen = Frozen(scene_of(CASES[name], seed=3), row=11)
    output = frozen.value("asked")
    for strand in strands(frozen, "asked"):
        values, slopes = frozen.value(strand), frozen.slope(strand)
        for index in {(0, 0), (len(values) // 2, 1), (len(values) - 1, values.shape[1] - 1)}:
            result = frozen.write(Sheet(), strand, index)
            assert result.value == pytest.approx(values[index], abs=CLOSE)
            assert result.slope == pytest.approx(slopes[index], abs=CLOSE)
    exact = frozen.graph.env[frozen.node_of("asked")].detach()[0].numpy()
    assert np.allclose(output, exact, rtol=0, atol=CLOSE)


@pytest.mark.parametrize("name", CASES)
def test_steps_of_all_strands_add_up_to_the_whole_gradient(name: str) -> None:
    """dW is the sum over all steps, units and strands; so is what goes back to the layer below."""
    frozen = Frozen(scene_of(CASES[name], seed=3), row=11)
    parameters = {key: value for key, value in frozen.module.named_parameters() if key.startswith("asked.")}
    exact = dict(zip(parameters, torch.autograd.grad(frozen.loss, list(parameters.values()), retain_graph=True),
                     strict=True))  # fmt: skip
    found = {key: np.zeros(tuple(value.shape)) for key, value in parameters.items()}
    inputs = np.zeros(frozen.layer_shape("table"))
    for strand in strands(frozen, "asked"):
        if strand.endswith(" c"):
            continue  # the lines of a state hold those of its memory
        for index in np.ndindex(*frozen.layer_shape(strand)):
            sheet = Sheet()
            frozen.write(sheet, strand, index)
            for leaf in sheet.leaves:
                if leaf.origin.kind == "weight":
                    found[leaf.origin.name][leaf.origin.index] += leaf.slope
                elif leaf.origin.name == "table":
                    inputs[leaf.origin.index] += leaf.slope
    for key, slope in exact.items():
        assert np.allclose(found[key], slope.numpy(), rtol=0, atol=CLOSE), key
    if "begun" not in name:
        assert np.allclose(inputs, frozen.slope("table"), rtol=0, atol=CLOSE)


@pytest.mark.parametrize("name", CASES)
def test_what_arrives_adds_up_to_the_slope(name: str) -> None:
    """Later steps, levels above and layers behind together, each with a place that can be gone to."""
    frozen = Frozen(scene_of(CASES[name], seed=3), row=11)
    layers = [*strands(frozen, "asked"), "table", *(["reader", "reader c"] if name.startswith("LSTM begun") else [])]
    for layer in layers:
        shape = frozen.layer_shape(layer)
        for index in {(0, 0), (shape[0] // 2, 1), (shape[0] - 1, shape[1] - 1), (shape[0] - 2, 0)}:
            found = frozen.arriving(layer, index)
            total = sum(local * slope for _, local, slope in found)
            assert total == pytest.approx(frozen.slope(layer)[index], abs=CLOSE), (layer, index)
            for origin, _, slope in found[:5]:
                if origin.name != "loss":
                    assert frozen.slope(origin.name)[origin.index] == pytest.approx(slope, abs=CLOSE)


def test_a_last_state_leads_to_its_step() -> None:
    scene = scene_of(CASES["LSTM read by its last state"], seed=3)
    (name,) = (node.meta["layer"] for node in scene.inside.graph.nodes if "tanh" in node.meta.get("layer", ""))
    seen = ArithmeticStudy(layer=name, index=(2,), row=11).see(scene)
    (given,) = seen.lines[0].left
    assert (given.name, given.index) == ("asked", (23, 2))
    state = ArithmeticStudy(layer="asked", index=(23, 2), row=11).see(scene)
    assert state.value == pytest.approx(given.value, abs=CLOSE)
    memory = next(part for line in state.lines if line.symbol == "c" for part in line.right if part.symbol == "c'")
    assert (memory.name, memory.index) == ("asked c", (22, 2))
    before = ArithmeticStudy(layer="asked c", index=(22, 2), row=11).see(scene)
    assert before.value == pytest.approx(memory.value, abs=CLOSE)
    assert before.lines[-1].symbol == "c"

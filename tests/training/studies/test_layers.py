"""Studies of layers: their numbers are autograd's, and a run is bit for bit the same after them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nnstudio.project.builder import Builder
from nnstudio.training.diagnosis.signs import look
from nnstudio.training.learners.make import make_learner
from nnstudio.training.recipe import recipe_of
from nnstudio.training.scene import Scene
from nnstudio.training.studies.base import Study
from nnstudio.training.studies.gradients import GradientFlow, LayerGradients
from nnstudio.training.studies.kernels import Kernels
from nnstudio.training.studies.moments import MomentStudy
from nnstudio.training.studies.samples import probe_rows
from nnstudio.training.studies.units import UnitsStudy
from nnstudio.training.studies.weights import BARS, Weights
from tests.training.studies.scenes import DoubleScene, convolution, deep, nested, scene_of

STUDIES: tuple[Study, ...] = (
    Weights("conv"),
    Kernels("conv"),
    LayerGradients("scores"),
    GradientFlow(),
    UnitsStudy(),
    MomentStudy(),
)


def weight_of(scene: Scene, layer: str, name: str = "weight") -> torch.Tensor:
    return scene.module.get_parameter(f"{layer}.{name}")


def _norms(scene: Scene, rows: int) -> dict[str, float]:
    """Go back by hand, as a script would."""
    inputs, targets = scene.batch(probe_rows(scene.dataset, rows))
    scene.module.train()
    scene.objective.loss(scene.module(inputs), targets).backward()  # type: ignore[no-untyped-call]
    found = {}
    for name, layer in scene.module.named_children():
        gradients = [weight.grad for weight in layer.parameters() if weight.grad is not None]
        if gradients:
            found[name] = float(torch.cat([gradient.reshape(-1) for gradient in gradients]).double().norm())
    scene.module.zero_grad()
    return found


@pytest.mark.parametrize("act", ["Sigmoid", "Tanh", "ReLU"])
@pytest.mark.parametrize("depth", [2, 5, 10, 20])
def test_the_flow_is_autograds(depth: int, act: str) -> None:
    scene = scene_of(deep(depth, act), kind=DoubleScene)
    flow = GradientFlow(rows=50).see(scene)
    by_hand = _norms(scene, 50)
    assert [layer.layer for layer in flow.layers] == [f"dense_{number + 1}" for number in range(depth)]
    for layer in flow.layers:
        assert layer.gradient == pytest.approx(by_hand[layer.layer], rel=1e-9)
    ratio = by_hand["dense_1"] / by_hand[f"dense_{depth}"]
    assert flow.ratio == pytest.approx(ratio, rel=1e-9)


def test_a_sigmoid_chain_vanishes_with_its_depth() -> None:
    ratios = [GradientFlow().see(scene_of(deep(depth, "Sigmoid"))).ratio for depth in (2, 5, 10, 20)]
    assert all(ratio is not None for ratio in ratios)
    powers = [float(np.log10(ratio or 1.0)) for ratio in ratios]
    assert powers[0] > -2.0
    assert -6.0 < powers[1] < -2.0
    assert -9.0 < powers[2] < -5.0
    assert powers[3] < -11.0


@pytest.mark.parametrize(
    ("act", "depth", "low", "high"),
    [("Sigmoid", 20, 1e-14, 1e-10), ("Tanh", 20, 0.1, 3.0), ("ReLU", 5, 0.3, 3.0), ("ReLU", 20, 0.3, 3.0)],
)
def test_started_well_only_sigmoid_chains_vanish(act: str, depth: int, low: float, high: float) -> None:
    scene = scene_of(deep(depth, act))
    torch.manual_seed(0)
    for name, weight in scene.module.named_parameters():
        if weight.dim() > 1 and act == "ReLU":
            torch.nn.init.kaiming_normal_(weight, nonlinearity="relu")
        elif weight.dim() > 1:
            torch.nn.init.xavier_normal_(weight)
        else:
            assert "bias" in name
            torch.nn.init.zeros_(weight)
    ratio = GradientFlow().see(scene).ratio
    assert ratio is not None
    assert low < ratio < high


def test_the_gradient_of_a_layer_is_autograds() -> None:
    scene = scene_of(deep(3, "Tanh"))
    seen = LayerGradients("dense_2", rows=40).see(scene)
    inputs, targets = scene.batch(probe_rows(scene.dataset, 40))
    scene.module.train()
    scene.objective.loss(scene.module(inputs), targets).backward()  # type: ignore[no-untyped-call]
    weight, bias = scene.module.get_submodule("dense_2").parameters()
    assert weight.grad is not None
    assert bias.grad is not None
    assert np.array_equal(seen.tensors[0].matrix, weight.grad.numpy())
    assert np.array_equal(seen.tensors[1].matrix, bias.grad.numpy()[None])
    assert [tensor.name for tensor in seen.tensors] == ["weight", "bias"]


def test_the_signal_is_the_gradient_by_what_a_layer_gives() -> None:
    scene = scene_of(deep(2, "Tanh"))
    flow = GradientFlow(rows=30).see(scene)
    inputs, targets = scene.batch(probe_rows(scene.dataset, 30))
    scores = scene.module(inputs).detach().requires_grad_()
    scene.objective.loss(scores, targets).backward()  # type: ignore[no-untyped-call]
    assert scores.grad is not None
    assert flow.signals["dense_2"] == pytest.approx(float(scores.grad.norm()), rel=1e-6)


def test_weights_are_copied_and_counted() -> None:
    scene = scene_of(convolution())
    conv = weight_of(scene, "conv")
    weight = Weights("conv").see(scene).tensors[0]
    before = conv.detach().clone().reshape(4, -1)
    assert weight.shape == (4, 1, 3, 3)
    assert np.array_equal(weight.matrix, before.numpy())
    assert weight.spread.counts.sum() == 36
    assert weight.spread.mean == pytest.approx(float(before.double().mean()), abs=1e-12)
    assert weight.spread.low == float(before.min())
    with torch.no_grad():
        conv.zero_()
    assert np.array_equal(weight.matrix, before.numpy()), "a copy"
    assert Weights("conv").see(scene).tensors[0].spread.zeros == 1.0


def test_kernels_are_the_layers() -> None:
    scene = scene_of(convolution())
    seen = Kernels("conv").see(scene)
    assert np.array_equal(seen.kernels, weight_of(scene, "conv").detach().numpy())
    with pytest.raises(ValueError, match="no kernels"):
        Kernels("scores").see(scene)
    with pytest.raises(ValueError, match="no weights"):
        Weights("act").see(scene)


def test_kernels_of_a_transposed_convolution_are_told_by_their_outputs() -> None:
    b = Builder("Up")
    h = b.add("ConvTranspose2d", b.input("image", shape=(1, 8, 8)), out_channels=5, kernel_size=3, name="up")
    b.output(b.add("Linear", b.add("Flatten", h), out_features=10), name="digit")
    scene = scene_of(b.project(data={"name": "digits8"}, recipe={"epochs": 1}))
    seen = Kernels("up").see(scene)
    assert seen.kernels.shape == (5, 1, 3, 3)
    assert np.array_equal(seen.kernels, weight_of(scene, "up").detach().transpose(0, 1).numpy())


def test_dead_and_saturated_units_are_counted() -> None:
    scene = scene_of(deep(3, "ReLU", width=8))
    with torch.no_grad():
        weight_of(scene, "dense_1", "bias")[:3] = -1e6
    first, _ = UnitsStudy().see(scene)
    assert (first.layer, first.units, first.saturated) == ("act_1", 8, None)
    assert first.dead >= 3 / 8
    scene = scene_of(deep(2, "Tanh", width=8))
    with torch.no_grad():
        weight_of(scene, "dense_1").zero_()
        weight_of(scene, "dense_1", "bias").copy_(torch.tensor([9.0, -9.0, 0.5, 0.1, 0.2, 0.0, 0.3, 9.0]))
    before, only = UnitsStudy("dense_1").see(scene)
    assert (before.layer, before.dead, before.saturated) == ("dense_1", 1 / 8, None)
    assert only.saturated == 3 / 8
    assert only.dead == 1 / 8


@pytest.mark.parametrize("act", ["ReLU", "ReLU6", "Tanh", "Sigmoid"])
def test_the_diagnosis_counts_units_as_the_view_does(act: str) -> None:
    scene = scene_of(deep(3, act, width=8))
    with torch.no_grad():
        weight_of(scene, "dense_1", "bias")[:3] = -1e6
        weight_of(scene, "dense_2", "bias")[:2] = 1e6
    seen = UnitsStudy().see(scene)
    assert look(scene, gradients=True).units == seen
    first, second = seen
    cut = act in ("ReLU", "ReLU6")
    assert first.cut is second.cut is cut
    assert first.dead >= 3 / 8 or not cut
    assert (first.saturated, second.saturated) == {
        "ReLU": (None, None),
        "ReLU6": (0, 2 / 8),
    }.get(act, (3 / 8, 2 / 8))


def test_units_of_one_dimensional_maps_are_channels() -> None:
    b = Builder("Signal")
    h = b.add("Reshape", b.input("image", shape=(1, 8, 8)), shape=(2, 32), name="signal")
    h = b.add("Conv1d", h, out_channels=4, kernel_size=3, name="conv")
    h = b.add("ReLU", b.add("BatchNorm1d", h, name="norm"), name="act")
    h = b.add("Tanh", b.add("Permute", h, axes=(1, 0)), name="turned")
    b.output(b.add("Linear", b.add("Flatten", h), out_features=10, name="scores"), name="digit")
    scene = scene_of(b.project(data={"name": "digits8"}, recipe={"epochs": 1}))
    with torch.no_grad():
        weight_of(scene, "norm", "bias")[:3] = -1e6
    conv, act, turned = UnitsStudy("conv").see(scene)
    assert (conv.units, conv.dead) == (4, 0)
    assert (act.units, act.dead) == (4, 3 / 4)
    assert (turned.units, turned.dead) == (4, 3 / 4)
    assert look(scene, gradients=True).units == (act, turned)


def test_recurrent_units_are_saturated_unless_they_are_rectified() -> None:
    b = Builder("Recurrent")
    h = b.add("Embedding", b.input("signs", shape=(24,), element="index"), num_embeddings=8, embedding_dim=4)
    h, _ = b.add("RNN", h, hidden_size=4, name="bound")
    h, _ = b.add("RNN", h, hidden_size=4, nonlinearity="relu", name="free")
    b.output(b.add("Linear", b.add("LastStep", h), out_features=4))
    scene = scene_of(b.project(data={"name": "memory"}, recipe={"epochs": 1}))
    with torch.no_grad():
        weight_of(scene, "bound", "bias_ih_l0")[0] = 20
        weight_of(scene, "free", "bias_ih_l0")[:2] = -1e3
    bound, free = UnitsStudy().see(scene)
    assert (bound.layer, bound.saturated, bound.dead, bound.cut) == ("bound", 1 / 4, 0, False)
    assert (free.layer, free.saturated, free.cut) == ("free", None, True)
    assert free.dead >= 2 / 4
    assert look(scene, gradients=True).units == (bound, free)


def test_a_moment_holds_all_of_it() -> None:
    scene = scene_of(convolution())
    moment = MomentStudy().see(scene)
    assert moment.flow == GradientFlow().see(scene)
    assert list(moment.weights) == ["conv", "norm", "scores"]
    assert moment.weights["conv"].counts.sum() == 40
    assert moment.gradients["scores"].counts.sum() == 36 * 4 * 10 + 10
    assert len(moment.values["act"].counts) == BARS
    conv = torch.cat([weight.detach().reshape(-1) for weight in scene.module.get_submodule("conv").parameters()])
    assert moment.weights["conv"].reach == float(conv.abs().max())
    assert moment.weights["conv"].deviation == pytest.approx(float(conv.double().std(correction=0)), rel=1e-5)


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: type(study).__name__)
def test_a_study_leaves_no_trace_in_the_run(study: Study) -> None:
    def losses(looked: bool) -> tuple[list[float], list[torch.Tensor]]:
        scene = scene_of(convolution())
        learner = make_learner(scene.module, scene.objective, recipe_of(convolution().recipe))
        torch.manual_seed(3)
        scene.module.train()
        found = []
        for step in range(6):
            rows = tuple(range(20 * step, 20 * step + 20))
            if looked:
                study.see(scene)
            found.append(learner.step(*scene.batch(rows)).loss)
        return found, [value.clone() for value in scene.module.state_dict().values()]

    plain, seen = losses(looked=False), losses(looked=True)
    assert plain[0] == seen[0]
    assert all(torch.equal(one, other) for one, other in zip(plain[1], seen[1], strict=True))


def test_layers_in_blocks_and_shared_weights_are_found() -> None:
    scene = scene_of(nested())
    flow = GradientFlow().see(scene)
    assert [layer.layer for layer in flow.layers] == ["stem", "chain.0.inner", "chain.1.inner", "head"]
    stem = Weights("stem").see(scene).tensors[0].matrix
    assert np.array_equal(Weights("tied").see(scene).tensors[0].matrix, stem)
    chain = Weights("chain").see(scene)
    assert [tensor.name for tensor in chain.tensors] == [
        "0.inner.weight",
        "0.inner.bias",
        "1.inner.weight",
        "1.inner.bias",
    ]
    inner = Weights("chain.1.inner").see(scene).tensors[0]
    assert np.array_equal(inner.matrix, weight_of(scene, "chain.1.inner").detach().numpy())
    assert [layer.layer for layer in UnitsStudy().see(scene)] == ["chain.0.act", "chain.1.act"]
    assert {"stem", "tied", "chain", "chain.0.inner"} <= flow.signals.keys()

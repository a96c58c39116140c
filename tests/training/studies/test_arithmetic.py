"""Every number of the drill equals autograd in float64 within 1e-9: forwards, back, for each kind of layer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from nnstudio.core.graph import Value
from nnstudio.project.builder import Builder, Handle
from nnstudio.project.document import Project
from nnstudio.project.examples import ALL
from nnstudio.training.drill.frozen import Frozen
from nnstudio.training.drill.sheet import Sheet
from nnstudio.training.studies.arithmetic import ArithmeticStudy
from tests.training.studies.scenes import scene_of

CLOSE = 1e-9
Draw = Callable[[Builder, Handle], Handle]


def image(draw: Draw) -> Project:
    """digits8 -> two convolutions -> what is asked -> flat -> scores."""
    b = Builder("Image")
    h = b.input("image", shape=(1, 8, 8))
    h = b.add("Conv2d", h, out_channels=4, kernel_size=3, name="before")
    h = draw(b, h)
    b.output(b.add("Linear", b.add("Flatten", h), out_features=10), name="digit")
    return b.project(data={"name": "digits8"})


def row(draw: Draw) -> Project:
    """iris -> dense -> what is asked -> scores."""
    b = Builder("Row")
    h = b.add("Linear", b.input("flower", shape=(4,)), out_features=6, name="before")
    b.output(b.add("Linear", draw(b, h), out_features=3), name="species")
    return b.project(data={"name": "iris"})


def sequence(draw: Draw) -> Project:
    """memory -> table -> what is asked -> last step -> scores."""
    b = Builder("Sequence")
    h = b.add("Embedding", b.input("signs", shape=(24,), element="index"), num_embeddings=8, embedding_dim=6,
              name="table")  # fmt: skip
    h = draw(b, h)
    b.output(b.add("Linear", b.add("LastStep", h), out_features=4), name="letter")
    return b.project(data={"name": "memory"})


def one(kind: str, **params: Value) -> Draw:
    return lambda b, h: b.add(kind, h, name="asked", **params)


def first(kind: str, **params: Value) -> Draw:
    return lambda b, h: b.add(kind, h, name="asked", **params)[0]


def steps(kind: str, **params: Value) -> Draw:
    """One dimension: 4 channels of 36 steps."""
    return lambda b, h: b.add(kind, b.add("Reshape", h, shape=(4, 36)), name="asked", **params)


ACTIVATIONS = [
    "ReLU", "ReLU6", "LeakyReLU", "Sigmoid", "Tanh", "GELU", "SiLU", "Mish", "Softplus", "ELU", "SELU", "Hardtanh",
    "Hardswish", "PReLU", "ScaledTanh", "Softmax", "LogSoftmax", "Dropout",
]  # fmt: skip

CASES: dict[str, Project] = {
    "Linear": row(one("Linear", out_features=5)),
    "Linear without bias": row(one("Linear", out_features=5, bias=False)),
    "Conv2d": image(one("Conv2d", out_channels=3, kernel_size=3, padding=1, stride=2)),
    "Conv2d in groups": image(one("Conv2d", out_channels=4, kernel_size=2, groups=2, dilation=2)),
    "Conv1d": image(steps("Conv1d", out_channels=3, kernel_size=5, padding=2, stride=3)),
    "MaxPool2d": image(one("MaxPool2d", kernel_size=2)),
    "AvgPool2d": image(one("AvgPool2d", kernel_size=3, stride=2, padding=1)),
    "MaxPool1d": image(steps("MaxPool1d", kernel_size=3)),
    "AvgPool1d": image(steps("AvgPool1d", kernel_size=4)),
    "AdaptiveAvgPool2d": image(one("AdaptiveAvgPool2d", output_size=4)),
    "AdaptiveMaxPool2d": image(one("AdaptiveMaxPool2d", output_size=4)),
    "GlobalAvgPool2d": image(lambda b, h: b.add("Unsqueeze", b.add("GlobalAvgPool2d", h, name="asked"), axis=0)),
    "BatchNorm2d": image(one("BatchNorm2d")),
    "GroupNorm": image(one("GroupNorm", num_groups=2)),
    "InstanceNorm2d": image(one("InstanceNorm2d")),
    "LayerNorm": row(one("LayerNorm")),
    "RMSNorm": row(one("RMSNorm")),
    "BatchNorm1d": row(one("BatchNorm1d")),
    "Add": row(lambda b, h: b.add("Add", h, b.add("Tanh", h), b.add("Sigmoid", h), name="asked")),
    "Multiply": row(lambda b, h: b.add("Multiply", h, b.add("Tanh", h), name="asked")),
    "Subtract": row(lambda b, h: b.add("Subtract", h, b.add("Tanh", h), name="asked")),
    "Maximum": row(lambda b, h: b.add("Maximum", h, b.add("Tanh", h), name="asked")),
    "Concat": row(lambda b, h: b.add("Concat", h, b.add("Tanh", h), name="asked")),
    "SkipAdd": row(lambda b, h: b.add("SkipAdd", h, b.add("Tanh", h), name="asked")),
    "Flatten": image(one("Flatten")),
    "RestrictedBoltzmann": row(lambda b, h: b.add("RestrictedBoltzmann", b.add("Sigmoid", h), out_features=5,
                                                  gives="visible", name="asked")),
    "RNN": sequence(first("RNN", hidden_size=5)),
    "LSTM": sequence(first("LSTM", hidden_size=5)),
    "LSTM that remembers": sequence(first("LSTM", hidden_size=5, forget_bias=2.0)),
    "GRU": sequence(first("GRU", hidden_size=5)),
    "MultiheadAttention": sequence(first("MultiheadAttention", num_heads=2)),
    "Causal attention": sequence(first("MultiheadAttention", num_heads=2, is_causal=True)),
    "TransformerEncoderLayer": sequence(one("TransformerEncoderLayer", nhead=2, dim_feedforward=5)),
    "Causal encoder, norm first": sequence(
        one("TransformerEncoderLayer", nhead=2, dim_feedforward=5, is_causal=True, norm_first=True, activation="gelu")
    ),
    "ScaledDotProductAttention": sequence(
        lambda b, h: b.add("ScaledDotProductAttention", h, b.add("Tanh", h), b.add("Linear", h, out_features=5),
                           name="asked")
    ),
    "Subsampling": image(one("Subsampling")),
    "TableConv2d": image(one("TableConv2d", table=("XX..", ".XXX", "X..X"), kernel_size=3)),
    "RBFOutput": row(one("RBFOutput", codes="random", out_features=5, trained=True)),
    "ThresholdNeuron": row(one("ThresholdNeuron", weights="1 1 -1 1 1 1", threshold=0.5)),
    "ConvTranspose2d": image(one("ConvTranspose2d", out_channels=3, kernel_size=3, stride=2, padding=1)),
    "Bilinear": row(lambda b, h: b.add("Bilinear", h, b.add("Tanh", h), out_features=4, name="asked")),
    "GLU": row(one("GLU")),
    "LocalResponseNorm": image(one("LocalResponseNorm", size=3, alpha=0.5)),
    "LearnedPosition": sequence(one("LearnedPosition")),
    "SinusoidalPosition": sequence(one("SinusoidalPosition")),
    "ClassToken": sequence(one("ClassToken")),
    "DotProduct": row(lambda b, h: b.add("Unsqueeze", b.add("DotProduct", h, b.add("Tanh", h), name="asked"), axis=0)),
    "Formula": row(one("Formula", formula="x * sigmoid(x) - 2 * x / 3")),
    "Upsample smoothly": image(one("Upsample", scale_factor=2, mode="bilinear")),
    "Conv2d of equal width": image(one("Conv2d", out_channels=3, kernel_size=3, dilation=2, padding="same")),
    **{
        f"Conv2d, {mode}": image(one("Conv2d", out_channels=3, kernel_size=3, padding=2, padding_mode=mode))
        for mode in ("reflect", "replicate", "circular")
    },
    "AvgPool2d of what is there": image(
        one("AvgPool2d", kernel_size=3, stride=2, padding=1, count_include_pad=False, ceil_mode=True)
    ),
    "AvgPool2d over the edge": image(one("AvgPool2d", kernel_size=4, stride=3, padding=1, ceil_mode=True)),
    "GlobalMaxPool2d": image(lambda b, h: b.add("Unsqueeze", b.add("GlobalMaxPool2d", h, name="asked"), axis=0)),
    "ZeroPad2d": image(one("ZeroPad2d", padding=1)),
    "Shortcut": image(one("Shortcut", out_channels=6, stride=2)),
    "Shortcut that is padded": image(one("Shortcut", out_channels=6, stride=2, fit="padding")),
    "Hopfield": row(one("Hopfield", patterns=("XX..XX", ".XX.X."), steps=2)),
    "Hopfield, all at once": row(one("Hopfield", patterns=("XX..XX", ".XX.X."), steps=3, update="together")),
    "Formula of many": row(one("Formula", formula="min(softplus(x), 2) + x ** 2 * erf(x) + sqrt(abs(x)) + max(a, x)")),
    "Formula with a trained power": row(one("Formula", formula="exp(x) ** b + floor(x) * sign(x)")),
    "TransformerDecoderLayer": sequence(
        lambda b, h: b.add("TransformerDecoderLayer", h, b.add("Slice", b.add("Tanh", h), axis=0, stop=9), nhead=2,
                           dim_feedforward=5, name="asked")
    ),
    "Decoder that looks ahead, norm first": sequence(
        lambda b, h: b.add("TransformerDecoderLayer", h, b.add("Tanh", h), nhead=3, dim_feedforward=5,
                           is_causal=False, norm_first=True, activation="gelu", name="asked")
    ),
    "Upsample": image(one("Upsample", scale_factor=2)),
    "Permute": image(one("Permute", axes=(1, 2, 0))),
    **{kind: row(one(kind)) for kind in ACTIVATIONS},
}  # fmt: skip


def places(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """A first, a last and one in the middle."""
    return sorted({tuple(0 for _ in shape), tuple(n // 2 for n in shape), tuple(n - 1 for n in shape)})


@pytest.mark.parametrize("name", CASES)
def test_it_equals_autograd(name: str) -> None:
    scene = scene_of(CASES[name], seed=3)
    frozen = Frozen(scene, row=11)
    node = frozen.node_of("asked")
    output = frozen.graph.env[node]
    parameters = dict(frozen.module.named_parameters())
    recurrent = name.split()[0] in ("RNN", "LSTM", "GRU")
    for index in places(frozen.layer_shape("asked")):
        sheet = Sheet()
        result = frozen.write(sheet, "asked", index)
        number = output[(0, *index)]
        assert result.value == pytest.approx(number.item(), abs=CLOSE)
        if recurrent:
            continue
        assert result.slope == pytest.approx(frozen.slope("asked")[index], abs=CLOSE)
        told = {(leaf.origin.kind, leaf.origin.name, leaf.origin.index): leaf for leaf in sheet.leaves}
        found = torch.autograd.grad(number * result.slope, list(parameters.values()), retain_graph=True,
                                    allow_unused=True)  # fmt: skip
        own = {key for key in parameters if key.startswith("asked.")}
        for key, slope in zip(parameters, found, strict=True):
            if key in own:
                assert slope is not None
                for place in np.ndindex(*slope.shape):
                    leaf = told.get(("weight", key, place))
                    assert (leaf.slope if leaf else 0.0) == pytest.approx(float(slope[place]), abs=CLOSE), (key, place)
        for before in {leaf.origin.name for leaf in sheet.leaves if leaf.origin.kind == "input" and leaf.origin.name}:
            tensor = frozen.graph.env[frozen.node_of(before)]
            if not tensor.is_floating_point():
                continue
            expected = torch.autograd.grad(number * result.slope, tensor, retain_graph=True)[0][0]
            if len({leaf.origin.name for leaf in sheet.leaves if leaf.origin.kind == "input"}) > 1:
                continue  # one of the inputs comes from the other: told together by the test of arrivals
            for place in np.ndindex(*expected.shape):
                leaf = told.get(("input", before, place))
                assert (leaf.slope if leaf else 0.0) == pytest.approx(float(expected[place]), abs=CLOSE)


@pytest.mark.parametrize("name", ["RNN", "LSTM", "LSTM that remembers", "GRU"])
def test_steps_of_a_sequence_add_up_to_the_whole_gradient(name: str) -> None:
    """dW is the sum over all steps and units; the slope of an input is the sum over the units of its step."""
    frozen = Frozen(scene_of(CASES[name], seed=3), row=11)
    parameters = {key: value for key, value in frozen.module.named_parameters() if key.startswith("asked.")}
    exact = dict(zip(parameters, torch.autograd.grad(frozen.loss, list(parameters.values()), retain_graph=True),
                     strict=True))  # fmt: skip
    found = {key: np.zeros(tuple(value.shape)) for key, value in parameters.items()}
    length, size = frozen.layer_shape("asked")
    inputs = np.zeros(frozen.layer_shape("table"))
    for index in np.ndindex(length, size):
        sheet = Sheet()
        frozen.write(sheet, "asked", index)
        for leaf in sheet.leaves:
            if leaf.origin.kind == "weight":
                found[leaf.origin.name][leaf.origin.index] += leaf.slope
            elif leaf.origin.name == "table":
                inputs[leaf.origin.index] += leaf.slope
    for key, slope in exact.items():
        assert np.allclose(found[key], slope.numpy(), rtol=0, atol=CLOSE), key
    assert np.allclose(inputs, frozen.slope("table"), rtol=0, atol=CLOSE)


def test_units_of_a_convolution_add_up_to_the_whole_gradient() -> None:
    frozen = Frozen(scene_of(CASES["Conv2d"], seed=3), row=11)
    weight = dict(frozen.module.named_parameters())["asked.weight"]
    exact = torch.autograd.grad(frozen.loss, weight, retain_graph=True)[0].numpy()
    found = np.zeros(exact.shape)
    for index in np.ndindex(*frozen.layer_shape("asked")):
        sheet = Sheet()
        frozen.write(sheet, "asked", index)
        for leaf in sheet.leaves:
            if leaf.origin.name == "asked.weight":
                found[leaf.origin.index] += leaf.slope
    assert np.allclose(found, exact, rtol=0, atol=CLOSE)


@pytest.mark.parametrize("name", [name for name in CASES if name.split()[0] not in ("RNN", "LSTM", "GRU")])
def test_what_arrives_adds_up_to_the_slope(name: str) -> None:
    frozen = Frozen(scene_of(CASES[name], seed=3), row=11)
    for layer in ("before", "asked") if "table" not in frozen.module._modules else ("asked",):
        for index in places(frozen.layer_shape(layer)):
            found = frozen.arriving(layer, index)
            assert found is not None
            total = sum(local * slope for _, local, slope in found)
            assert total == pytest.approx(frozen.slope(layer)[index], abs=CLOSE)


def test_study_tells_the_products_and_where_the_slope_comes_from() -> None:
    scene = scene_of(CASES["Linear"], seed=3)
    seen = ArithmeticStudy(layer="asked", index=(2,), row=11).see(scene)
    (line,) = seen.lines
    parameters = dict(scene.module.named_parameters())
    weights, bias = parameters["asked.weight"][2].tolist(), parameters["asked.bias"][2].item()
    assert [part.value for part in line.left] == weights
    assert [part.index for part in line.left] == [(2, j) for j in range(6)]
    assert [(part.kind, part.name, part.index) for part in line.right] == [("input", "before", (j,)) for j in range(6)]
    assert [part.value for part in line.added] == [bias]
    assert line.value == pytest.approx(sum(w * x.value for w, x in zip(weights, line.right, strict=True)) + bias)
    assert [part.slope for part in line.left] == pytest.approx([line.slope * part.value for part in line.right])
    assert [part.slope for part in line.right] == pytest.approx([line.slope * part.value for part in line.left])
    assert seen.arrivals is not None
    assert sum(arrival.product for arrival in seen.arrivals) == pytest.approx(seen.slope, abs=CLOSE)
    assert {arrival.name for arrival in seen.arrivals} == {"dense_1"}
    assert seen.value == pytest.approx(seen.values[2], abs=CLOSE)
    assert seen.loss > 0


def test_a_layer_that_hands_the_sample_on_is_written_out() -> None:
    b = Builder("Same")
    h = b.add("Formula", b.input("flower", shape=(4,)), formula="x", name="asked")
    b.output(b.add("Linear", h, out_features=3), name="species")
    frozen = Frozen(scene_of(b.project(data={"name": "iris"})), row=2)
    sheet = Sheet()
    result = frozen.write(sheet, "asked", (1,))
    assert result.value == frozen.value("asked")[1]
    assert [(leaf.origin.name, leaf.slope) for leaf in sheet.leaves] == [("flower", frozen.slope("asked")[1])]


def test_looking_leaves_no_trace() -> None:
    scene = scene_of(CASES["BatchNorm2d"])
    scene.module.train()
    before = {key: value.clone() for key, value in scene.module.state_dict().items()}
    state = torch.random.get_rng_state()
    ArithmeticStudy(layer="asked", index=(0, 1, 1), row=0).see(scene)
    assert all(torch.equal(value, before[key]) for key, value in scene.module.state_dict().items())
    assert all(value.dtype == before[key].dtype for key, value in scene.module.state_dict().items())
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(part.training for part in scene.module.modules())
    assert all(parameter.grad is None for parameter in scene.module.parameters())


def test_what_cannot_be_is_refused_in_words() -> None:
    scene = scene_of(CASES["Linear"])
    with pytest.raises(ValueError, match="nowhere is not part"):
        ArithmeticStudy(layer="nowhere", index=(0,), row=0).see(scene)
    with pytest.raises(ValueError, match="the sample itself"):
        ArithmeticStudy(layer="flower", index=(0,), row=0).see(scene)
    with pytest.raises(ValueError, match="no number at"):
        Frozen(scene, 0).write(Sheet(), "asked", (99,))


@pytest.mark.parametrize("name", ["lstm-memory", "residual-digits", "transformer-memory", "lenet5-1998", "unet",
                                  "vae", "shape-detector", "seq2seq-attention", "hopfield-digits"])  # fmt: skip
def test_examples_are_written_out_from_end_to_end(name: str) -> None:
    """Every layer, those within blocks, too."""
    scene = scene_of(ALL[name]())
    frozen = Frozen(scene, row=3)
    layers = dict.fromkeys(str(node.meta["layer"]) for node in scene.inside.graph.nodes if "layer" in node.meta)
    for layer in layers:
        index = tuple(size // 2 for size in frozen.layer_shape(layer))
        result = frozen.write(Sheet(), layer, index)
        assert result.value == pytest.approx(frozen.value(layer)[index], abs=CLOSE), layer
        total = sum(local * slope for _, local, slope in frozen.arriving(layer, index))
        assert total == pytest.approx(frozen.slope(layer)[index], abs=CLOSE), layer

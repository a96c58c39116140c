"""Values inside a network: which names they have, and where the first bad one is."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

import nnstudio
from nnstudio.compiler.link import link
from nnstudio.compiler.plan import make_plan
from nnstudio.training.inside import Inside, first_non_finite


def linked() -> nn.Module:
    """Return a drawn network with a sum and a block that is repeated."""
    b = nnstudio.Builder("drawn")
    h = b.input("image", shape=(1, 8, 8))
    h = b.add("Conv2d", h, out_channels=4, kernel_size=3, padding=1, name="stem")
    h = b.add("ResidualBlock", h, channels=4, repeat=2, name="stage")
    s = b.add("Add", h, h, name="twice")
    b.output(b.add("Linear", b.add("Flatten", s), out_features=2, name="logits"))
    project = b.project()
    return link(make_plan(project.graph, project.blocks_by_name), seed=0)


def values_of(module: nn.Module, x: Tensor) -> dict[str, Tensor]:
    """Return a copy of every value by name."""
    found: dict[str, Tensor] = {}
    Inside(module).look(x, lambda name, value: found.update({name: value.clone()}))
    return found


def test_layers_go_by_their_names() -> None:
    module, x = linked().eval(), torch.ones(1, 1, 8, 8)
    values = values_of(module, x)
    assert {"image", "stem", "stage", "twice", "flatten_1", "logits"} <= values.keys()
    assert torch.equal(values["image"], x)
    assert torch.equal(values["twice"], 2 * values["stage"])
    assert torch.equal(values["logits"], module(x))
    inner = {name for name in values if name.startswith("stage.")}
    assert {name.split(".")[1] for name in inner} == {"0", "1"}


def test_first_of_several_outputs_is_shown() -> None:
    b = nnstudio.Builder("rows")
    steps, _, _ = b.add("LSTM", b.input("row", shape=(5, 3)), hidden_size=4, name="lstm")
    b.output(b.add("LastStep", steps, name="last"))
    project = b.project()
    values = values_of(link(make_plan(project.graph, project.blocks_by_name)), torch.ones(2, 5, 3))
    assert values["lstm"].shape == (2, 5, 4)
    assert torch.equal(values["last"], values["lstm"][:, -1])


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_first_bad_layer_is_named(bad: float) -> None:
    module = linked()
    assert first_non_finite(module, torch.ones(2, 1, 8, 8)) is None
    with torch.no_grad():
        module.get_parameter("logits.bias")[0] = bad
    assert first_non_finite(module, torch.ones(2, 1, 8, 8)) == "logits"
    with torch.no_grad():
        module.get_parameter("stem.bias")[0] = bad
    assert first_non_finite(module, torch.ones(2, 1, 8, 8)) == "stem"
    assert first_non_finite(module, torch.full((2, 1, 8, 8), bad)) == "image"

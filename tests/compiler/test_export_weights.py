"""Weights: out and in again without a bit of difference, and never into a network that they do not belong to."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load, load_file, save_file

from nnstudio.compiler.link import link
from nnstudio.compiler.plan import make_plan
from nnstudio.compiler.weights import WeightsError, load_weights, read_notes, write_weights
from tests.compiler.drawings import chain, lenet, residual
from tests.compiler.examples import compiled, small_examples


@pytest.mark.parametrize("name", small_examples())
def test_weights_of_examples_come_back_bit_for_bit(name: str, tmp_path: Path) -> None:
    plan = compiled(name).plan
    one, other = link(plan, seed=1), link(plan, seed=2)
    path = tmp_path / "w.safetensors"
    path.write_bytes(write_weights(one.state_dict(), {"drawing": "abc"}))
    assert load_file(path).keys() == one.state_dict().keys()
    load_weights(other, path)
    assert all(torch.equal(one.state_dict()[key], value) for key, value in other.state_dict().items())
    assert read_notes(path) == {"format": "pt", "drawing": "abc"}


def test_numbers_that_are_not_numbers_come_back_too(tmp_path: Path) -> None:
    module = torch.nn.Linear(3, 2)
    with torch.no_grad():
        module.weight[0, 0], module.weight[0, 1], module.weight[0, 2] = float("inf"), -0.0, float("nan")
    path = tmp_path / "w.safetensors"
    path.write_bytes(write_weights(module.state_dict(), {}))
    other = torch.nn.Linear(3, 2)
    load_weights(other, path)
    assert torch.equal(module.weight.view(torch.int32), other.weight.view(torch.int32))


def test_the_same_weights_give_the_same_bytes() -> None:
    state = network().state_dict()
    notes = {"name": "网络", "drawing": "0" * 64, "program": "NN Studio"}
    made = {write_weights(state, notes) for _ in range(20)}
    assert len(made) == 1
    (data,) = made
    assert (8 + int.from_bytes(data[:8], "little")) % 8 == 0, "tensors begin at a multiple of eight bytes"
    assert load(data).keys() == state.keys()


def network() -> torch.nn.Module:
    return link(make_plan(lenet(), {}), seed=0)


def refusal(state: dict[str, torch.Tensor], path: Path) -> str:
    """Save a state, see it refused, and make sure that nothing of it was taken."""
    save_file(state, path)
    module = network()
    before = {key: value.clone() for key, value in module.state_dict().items()}
    with pytest.raises(WeightsError) as caught:
        load_weights(module, path)
    assert all(torch.equal(before[key], value) for key, value in module.state_dict().items())
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_missing_or_too_much_is_named(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    state = dict(network().state_dict())
    del state["conv_2.bias"]
    state["conv_9.bias"] = torch.zeros(2)
    assert refusal(state, path) == (
        f"{path} does not fit this drawing: conv_2.bias is missing; conv_9.bias is not in the drawing."
    )


def test_other_shapes_are_named(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    state = {**network().state_dict(), "conv_1.bias": torch.zeros(7)}
    assert "conv_1.bias has the shape (7,), expected (6,)" in refusal(state, path)


def test_other_kinds_of_number_are_named(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    state = {**network().state_dict(), "conv_1.bias": torch.zeros(6, dtype=torch.float64)}
    assert "conv_1.bias holds torch.float64, expected torch.float32" in refusal(state, path)


def test_of_many_faults_the_first_are_told(tmp_path: Path) -> None:
    graph, blocks = residual()
    path = tmp_path / "w.safetensors"
    state = {key: value.clone() for key, value in link(make_plan(graph, blocks)).state_dict().items()}
    told = refusal(state, path)
    assert told.count(";") == 3
    assert "(+" in told


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        b"\xff" * 64,
        (10**12).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"[]",
        (59).to_bytes(8, "little") + b'{"a":{"dtype":"F32","shape":[9],"data_offsets":[0,999999]}}',
    ],
)
def test_what_is_no_weights_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(data)
    with pytest.raises(WeightsError, match="cannot be read as weights"):
        load_weights(network(), path)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.safetensors", tmp_path):
        with pytest.raises(WeightsError, match=r"cannot be read as weights: there is no such file\."):
            load_weights(network(), path)


def test_frozen_layers_and_a_module_in_training_stay_what_they_are(tmp_path: Path) -> None:
    graph = chain(("v", "Input", {"shape": (4,)}), ("d", "Linear", {"frozen": True}), ("o", "Output", {}))
    module = link(make_plan(graph, {}))
    path = tmp_path / "w.safetensors"
    path.write_bytes(write_weights(module.state_dict(), {}))
    load_weights(module, path)
    assert module.training
    assert not any(weight.requires_grad for weight in module.parameters())

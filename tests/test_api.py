"""The headless door, as a program uses it."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import nnstudio
from nnstudio import api
from nnstudio.exports.writing import export


def stem() -> nnstudio.Project:
    b = nnstudio.Builder("resnet stem")
    x = b.input("image", shape=(3, 224, 224))
    h = b.add("Conv2d", x, out_channels=64, kernel_size=7, stride=2, padding=3, bias=False)
    h = b.add("BatchNorm2d", h)
    h = b.add("ReLU", h)
    b.output(b.add("Add", h, h))
    return b.project()


def test_the_documented_way(tmp_path: Path) -> None:
    project = stem()
    project.save(tmp_path / "stem.nns")
    assert nnstudio.load(tmp_path / "stem.nns") == project
    assert nnstudio.load(str(tmp_path / "stem.nns")) == project
    compiled = nnstudio.compile(project)
    assert compiled.problems == ()
    assert compiled.shapes["conv_1"] == compiled.shapes["add_1"] == (64, 112, 112)
    assert compiled.num_parameters == 64 * 3 * 49 + 2 * 64
    assert compiled.num_buffers == 2 * 64 + 1
    assert compiled.macs == 64 * 3 * 49 * 112 * 112


def test_the_counts_are_those_of_the_module() -> None:
    compiled = nnstudio.compile(stem())
    module = compiled.module
    assert sum(weight.numel() for weight in module.parameters()) == compiled.num_parameters
    assert sum(buffer.numel() for buffer in module.buffers()) == compiled.num_buffers
    assert module is compiled.module
    with torch.no_grad():
        assert module(torch.zeros(2, 3, 224, 224)).shape == (2, 64, 112, 112)


def test_two_inputs_and_two_outputs_keep_their_order() -> None:
    b = nnstudio.Builder("two by two")
    x, y = b.input("left", shape=(3,)), b.input("right", shape=(5,))
    first = b.add("Linear", y, out_features=2, name="first")
    second = b.add("Linear", x, out_features=4, name="second")
    b.output(first, name="small")
    b.output(second, name="large")
    compiled = nnstudio.compile(b.project())
    small, large = compiled.module(torch.zeros(6, 3), torch.zeros(6, 5))
    assert (small.shape, large.shape) == ((6, 2), (6, 4))
    assert set(compiled.module.state_dict()) == {"first.weight", "first.bias", "second.weight", "second.bias"}


def test_the_source_is_the_module() -> None:
    b = nnstudio.Builder("one layer")
    b.output(b.add("Linear", b.input("x", shape=(3,)), out_features=2, name="logits"))
    compiled = nnstudio.compile(b.project())
    source = compiled.source()
    assert "nn.Linear(3, 2)" in source
    assert "class OneLayer(nn.Module)" in source


def test_a_wrong_drawing_compiles_to_its_problems_and_to_what_can_be_known() -> None:
    b = nnstudio.Builder("wrong")
    x = b.input("image", shape=(1, 8, 8))
    flat = b.add("Flatten", x, name="flat")
    conv = b.add("Conv2d", flat, name="conv")
    b.output(b.add("ReLU", conv, name="relu"))
    compiled = nnstudio.compile(b.project())
    (problem,) = compiled.problems
    assert (problem.node, problem.code, problem.severity) == ("conv", "shape", "error")
    assert "64" in problem.message
    assert dict(compiled.shapes) == {"image": (1, 8, 8), "flat": (64,)}
    for build in (lambda: compiled.module, compiled.source, lambda: compiled.plan):
        with pytest.raises(nnstudio.CompileError) as caught:
            build()
        assert caught.value.problems == (problem,)
        assert problem.message in str(caught.value)


def test_an_offered_mend_mends() -> None:
    b = nnstudio.Builder("wrong")
    x = b.input("image", shape=(1, 8, 8))
    flat = b.add("Flatten", x, name="flat")
    b.output(b.add("Conv2d", flat, out_channels=2, kernel_size=3, name="conv"))
    project = b.project()
    (problem,) = nnstudio.compile(project).problems
    mended = problem.fixes[0].edit(project.graph)
    again = nnstudio.compile(nnstudio.Project(graph=mended))
    assert again.shapes["conv"] == (2, 6, 6)
    assert all(problem.severity == "warning" for problem in again.problems)


def test_an_empty_drawing_has_a_problem_and_no_numbers() -> None:
    compiled = nnstudio.compile(nnstudio.Project())
    assert [problem.code for problem in compiled.problems] == ["empty"]
    assert (compiled.num_parameters, compiled.num_buffers, dict(compiled.shapes)) == (0, 0, {})


def test_a_name_that_does_not_exist_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'compyle'"):
        _ = nnstudio.compyle  # type: ignore[attr-defined]


def test_a_bad_file_is_one_exception(tmp_path: Path) -> None:
    (tmp_path / "bad.nns").write_bytes(b"{")
    with pytest.raises(nnstudio.FileError, match="ends in the middle"):
        nnstudio.load(tmp_path / "bad.nns")


def test_the_example_in_the_documentation_runs() -> None:
    assert doctest.testmod(api).failed == 0


def test_trained_weights_come_into_the_module_of_a_drawing(tmp_path: Path) -> None:
    b = nnstudio.Builder("two")
    b.output(b.add("Linear", b.input("v", shape=(4,)), out_features=2, name="dense"))
    project = b.project()
    path = tmp_path / "w.safetensors"
    export(project, "weights", path)
    compiled = nnstudio.compile(project)
    compiled.load_weights(path)
    assert torch.equal(compiled.module.state_dict()["dense.weight"], load_file(path)["dense.weight"])
    other = nnstudio.Builder("three")
    other.output(other.add("Linear", other.input("v", shape=(4,)), out_features=3, name="dense"))
    with pytest.raises(ValueError, match=r"does not fit this drawing: dense.* has the shape"):
        nnstudio.compile(other.project()).load_weights(path)

"""What is exported is what was drawn: same keys, same numbers, bit for bit, in a process that has only torch."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch

from nnstudio.compiler.link import link
from nnstudio.compiler.plan import CompileError, Plan, make_plan
from nnstudio.compiler.source import class_name, write_source
from nnstudio.core.graph import Block, Graph, Value
from tests.compiler.drawings import chain, drawing, lenet, lstm, residual

CHECK = """
import importlib.util, sys
import torch

spec = importlib.util.spec_from_file_location("taken_home", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
network = getattr(module, sys.argv[3])()
given = torch.load(sys.argv[2], weights_only=True)
assert list(network.state_dict()) == list(given["state"]), "keys differ"
network.load_state_dict(given["state"])
for mode in ("eval", "train"):
    getattr(network, mode)()
    torch.manual_seed(1)
    with torch.no_grad():
        outputs = network(*given["inputs"])
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    assert len(outputs) == len(given[mode])
    assert all(torch.equal(one, other) for one, other in zip(outputs, given[mode])), mode
assert not [name for name in sys.modules if name.startswith("nnstudio")]
print("bit-equal", len(given["state"]))
"""


def inputs_for(plan: Plan, batch: int = 3) -> list[torch.Tensor]:
    made = []
    for _, signal in plan.inputs:
        shape = (batch, *(5 if isinstance(length, str) else length for length in signal.shape))
        made.append(torch.randint(0, 4, shape) if signal.element == "index" else torch.randn(shape))
    return made


def prove(graph: Graph, blocks: Mapping[str, Block], name: str, folder: Path) -> str:
    """Export a drawing, run it in a clean process and return the source; fails unless everything is bit-equal."""
    plan = make_plan(graph, blocks)
    module = link(plan, seed=3)
    source = write_source(plan, name)
    given: dict[str, object] = {"state": {key: value.clone() for key, value in module.state_dict().items()}}
    given["inputs"] = inputs = inputs_for(plan)
    for mode in ("eval", "train"):
        module.train(mode == "train")
        torch.manual_seed(1)
        with torch.no_grad():
            outputs = module(*inputs)
        given[mode] = outputs if isinstance(outputs, tuple) else (outputs,)
    (folder / "taken_home.py").write_text(source, "utf-8")
    torch.save(given, folder / "given.pt")
    (folder / "check.py").write_text(CHECK, "utf-8")
    command = [sys.executable, "-I", "check.py", "taken_home.py", "given.pt", class_name(name, "Network")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + source
    assert done.stdout.startswith("bit-equal")
    return source


def test_lenet_goes_home_bit_equal(tmp_path: Path) -> None:
    source = prove(lenet(), {}, "LeNet-5", tmp_path)
    assert "class LeNet5(nn.Module):" in source
    assert "self.conv_1 = nn.Conv2d(1, 6, kernel_size=5)" in source
    assert "nnstudio" not in source.replace("NN Studio", "")


def test_residual_network_goes_home_bit_equal(tmp_path: Path) -> None:
    graph, blocks = residual()
    source = prove(graph, blocks, "Small ResNet", tmp_path)
    assert source.count("class ") == 3, "one class for equal shapes, one with a projection, one network"
    assert "ResidualBlock(channels=16)" in source


def test_lstm_goes_home_bit_equal(tmp_path: Path) -> None:
    source = prove(lstm(), {}, "memory", tmp_path)
    assert "nn.LSTM(8, 20, " in source


def test_branches_several_inputs_and_outputs_go_home(tmp_path: Path) -> None:
    graph = drawing(
        (
            ("y", "Input", {"shape": (6,)}),
            ("z", "Input", {"shape": (6,)}),
            ("x", "Linear", {"out_features": 6}),
            ("u", "Tanh", {}),
            ("sum", "Add", {}),
            ("both", "Concat", {}),
            ("first", "Output", {}),
            ("second", "Output", {}),
        ),
        "y>x x>u y>sum.input_1 u>sum.input_2 z>sum.input_3 sum>both.input_1 x>both.input_2 both>first u>second",
    )
    prove(graph, {}, "2 in, 2 out", tmp_path)


def test_all_of_an_lstm_is_at_hand(tmp_path: Path) -> None:
    graph = drawing(
        (
            ("steps", "Input", {"shape": ("T", 5)}),
            ("lstm", "LSTM", {"hidden_size": 7}),
            ("a", "Output", {}),
            ("b", "Output", {}),
            ("c", "Output", {}),
        ),
        "steps>lstm lstm.output>a lstm.h_n>b lstm.c_n>c",
    )
    prove(graph, {}, "states", tmp_path)


def test_an_output_taken_before_the_last_layer_is_the_one_drawn(tmp_path: Path) -> None:
    graph = chain(
        ("v", "Input", {"shape": (4,)}), ("d", "Linear", {"out_features": 3}), ("r", "ReLU", {}), ("o", "Output", {})
    )
    prove(graph, {}, "ends in relu", tmp_path)
    module = link(make_plan(graph, {}), seed=0)
    assert module(torch.full((2, 4), -5.0)).min() >= 0


def test_two_equal_layers_stay_two() -> None:
    graph = chain(
        ("v", "Input", {"shape": (8,)}),
        ("a", "Linear", {"out_features": 8}),
        ("b", "Linear", {"out_features": 8}),
        ("o", "Output", {}),
    )
    module = link(make_plan(graph, {}))
    assert sum(parameter.numel() for parameter in module.parameters()) == 2 * 72


def test_shared_weights_are_one_module_called_twice(tmp_path: Path) -> None:
    graph = chain(
        ("v", "Input", {"shape": (8,)}),
        ("a", "Linear", {"out_features": 8}),
        ("b", "Linear", {"out_features": 8}),
        ("o", "Output", {}),
    )
    tied = Graph(
        nodes=tuple(
            type(n)(id=n.id, kind=n.kind, name=n.name, params=n.params, shares="a" if n.name == "b" else None)
            for n in graph.nodes
        ),
        edges=graph.edges,
    )
    source = prove(tied, {}, "tied", tmp_path)
    assert source.count("nn.Linear") == 1


def test_dead_branches_are_not_built() -> None:
    graph = drawing(
        (("v", "Input", {"shape": (4,)}), ("d", "Linear", {}), ("lost", "Linear", {}), ("o", "Output", {})),
        "v>d d>o v>lost",
    )
    assert list(link(make_plan(graph, {})).state_dict()) == ["d.weight", "d.bias"]


def test_the_source_starts_from_the_same_seed() -> None:
    graph, blocks = residual()
    plan = make_plan(graph, blocks)
    before = torch.random.get_rng_state()
    one, other = link(plan, seed=5).state_dict(), link(plan, seed=5).state_dict()
    assert torch.equal(before, torch.random.get_rng_state())
    assert all(torch.equal(one[key], other[key]) for key in one)


def test_a_wrong_drawing_is_not_built_and_says_why() -> None:
    graph = chain(("v", "Input", {"shape": (4,)}), ("conv", "Conv2d", {}), ("o", "Output", {}))
    with pytest.raises(CompileError, match="conv: ") as caught:
        make_plan(graph, {})
    assert [problem.node for problem in caught.value.problems] == ["conv"]


def test_weights_that_do_not_fit_into_memory_name_their_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.compiler.memory.total_memory", lambda: 10**18)  # as far as anyone can tell
    units: Mapping[str, Value] = {"out_features": 1_000_000}
    graph = chain(("v", "Input", {"shape": (4,)}), ("a", "Linear", units), ("b", "Linear", units), ("o", "Output", {}))
    with pytest.raises(CompileError, match="not enough memory for the weights of b") as caught:
        link(make_plan(graph, {}))
    assert [(problem.node, problem.code) for problem in caught.value.problems] == [("b", "memory")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("LeNet-5", "LeNet5"),
        ("my net", "MyNet"),
        ("3 layers", "Network"),
        ("网络", "Network"),
        ("", "Network"),
        ("nn", "Nn"),
    ],
)
def test_classes_are_called_after_the_drawing(name: str, expected: str) -> None:
    assert class_name(name, "Network") == expected

"""ONNX files that come in, as torch's exporter writes them: what they compute is what onnxruntime says."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import nnstudio
from nnstudio.compiler.importers.module import build
from nnstudio.compiler.importers.onnx.network import import_onnx
from nnstudio.compiler.importers.report import Imported
from nnstudio.core.resources import resource
from tests.compiler.importers import networks

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")
pytest.importorskip("onnxscript")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")


@pytest.fixture(autouse=True)
def _quiet() -> None:
    torch.manual_seed(0)
    for name in ("torch.onnx", "onnxscript", "onnx_ir"):
        logging.getLogger(name).setLevel(logging.ERROR)


def export(module: nn.Module, x: torch.Tensor, path: Path, *, steps: bool = False) -> None:
    """Write a module as everybody does, with a free batch and perhaps a free second axis."""
    shapes = ({0: "batch", 1: "steps"} if steps else {0: "batch"},)
    program = torch.onnx.export(module.eval(), (x,), dynamo=True, dynamic_shapes=shapes, verbose=False)
    assert program is not None
    onnx.save(program.model_proto, path)


def kinds(imported: Imported) -> list[str]:
    return [node.kind for node in imported.graph.nodes]


def assert_same(imported: Imported, path: Path, x: torch.Tensor) -> None:
    """Compare with onnxruntime."""
    assert imported.report.placeholders == ()
    assert imported.report.check in ("equal", "close")
    made = build(imported.graph, imported.weights)
    assert made is not None
    assert set(made.state_dict()) == set(imported.weights)
    session: Any = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    wanted = session.run(None, {session.get_inputs()[0].name: x.numpy()})
    with torch.no_grad():
        found = made(x)
    for a, b in zip(wanted, (found,) if isinstance(found, torch.Tensor) else found, strict=True):
        largest = float(np.abs(a).max())
        assert float(np.abs(a - b.numpy()).max()) / largest < 1e-5


def example(name: str) -> nn.Module:
    module: nn.Module = nnstudio.compile(nnstudio.load(resource("examples", f"{name}.nns"))).module
    return module


def test_lenet(tmp_path: Path) -> None:
    path = tmp_path / "lenet.onnx"
    export(example("lenet5-digits"), torch.randn(2, 1, 32, 32), path)
    imported = import_onnx(path)
    assert_same(imported, path, torch.randn(3, 1, 32, 32))
    assert {"Conv2d": 2, "MaxPool2d": 2, "Flatten": 1, "Linear": 3}.items() <= {
        kind: kinds(imported).count(kind) for kind in set(kinds(imported))
    }.items()
    assert {"conv_1.weight", "logits.bias"} <= set(imported.weights)


def test_a_residual_network(tmp_path: Path) -> None:
    path = tmp_path / "resnet.onnx"
    export(networks.ResNet18(), torch.randn(2, 3, 64, 64), path)
    imported = import_onnx(path)
    assert_same(imported, path, torch.randn(3, 3, 64, 64))
    assert kinds(imported).count("Conv2d") == 20
    assert kinds(imported).count("Add") == 8


def test_an_lstm_is_one_layer(tmp_path: Path) -> None:
    path = tmp_path / "lstm.onnx"
    export(example("lstm-memory"), torch.randint(0, 8, (2, 24)), path)
    imported = import_onnx(path)
    assert_same(imported, path, torch.randint(0, 8, (3, 24)))
    assert kinds(imported) == ["Input", "Embedding", "LSTM", "LastStep", "Linear", "Output"]
    assert imported.graph.nodes[0].params == {"shape": (24,), "element": "index"}


@pytest.mark.parametrize("both", [True, False])
def test_stacked_recurrent_layers_with_final_states(tmp_path: Path, both: bool) -> None:
    path = tmp_path / "reader.onnx"
    export(networks.Reader(both=both, batch_first=True), torch.randint(0, 50, (2, 7)), path)
    imported = import_onnx(path)
    assert_same(imported, path, torch.randint(0, 50, (3, 7)))
    assert kinds(imported).count("LSTM") == 2


class Last(nn.Module):
    """The final state of a recurrent layer."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.layer = getattr(nn, kind)(8, 16, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.layer(x)[1][-1]
        return y


def test_a_gru_is_one_layer(tmp_path: Path) -> None:
    path = tmp_path / "last.onnx"
    export(Last("GRU"), torch.randn(2, 7, 8), path)
    imported = import_onnx(path)
    assert_same(imported, path, torch.randn(3, 7, 8))
    assert kinds(imported) == ["Input", "GRU", "Output"]


def test_an_rnn_in_onnx_is_one_layer(tmp_path: Path) -> None:
    path = tmp_path / "rnn.onnx"
    helper = onnx.helper
    weights = {"w": (2, 5, 3), "r": (2, 5, 5), "b": (2, 10)}
    held = [onnx.numpy_helper.from_array(torch.randn(shape).numpy(), name) for name, shape in weights.items()]
    nodes = [
        helper.make_node("Transpose", ["x"], ["steps"], perm=[1, 0, 2]),
        helper.make_node("RNN", ["steps", "w", "r", "b"], ["all", "last"], hidden_size=5, direction="bidirectional"),
        helper.make_node("Transpose", ["all"], ["turned"], perm=[0, 2, 1, 3]),
        helper.make_node("Constant", [], ["shape"], value_ints=[0, 0, -1]),
        helper.make_node("Reshape", ["turned", "shape"], ["flat"]),
        helper.make_node("Transpose", ["flat"], ["y"], perm=[1, 0, 2]),
    ]
    x, y = (helper.make_tensor_value_info(name, 1, ["n", 4, width]) for name, width in (("x", 3), ("y", 10)))
    graph = helper.make_graph(nodes, "rnn", [x], [y], held)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path)
    imported = import_onnx(path)
    assert_same(imported, path, torch.randn(3, 4, 3))
    assert kinds(imported) == ["Input", "RNN", "Output"]


def test_a_recurrent_layer_begins_where_another_ended(tmp_path: Path) -> None:
    path = tmp_path / "translator.onnx"
    words = torch.randint(0, 20, (2, 7)), torch.randint(0, 20, (2, 5))
    program = torch.onnx.export(
        networks.Translator().eval(), words, dynamo=True, dynamic_shapes=({0: "n"}, {0: "n"}), verbose=False
    )
    assert program is not None
    onnx.save(program.model_proto, path)
    imported = import_onnx(path)
    assert imported.report.check in ("equal", "close")
    assert kinds(imported) == ["Input", "Input", "Embedding", "Embedding", "LSTM", "LSTM", "Linear", "Output"]
    assert imported.graph.nodes[3].shares == imported.graph.nodes[2].id


def transformer(*, causal: bool) -> nn.Module:
    b = nnstudio.Builder("transformer")
    h = b.add("Embedding", b.input("tokens", shape=(12,), element="index"), num_embeddings=50, embedding_dim=32)
    h = b.add("SinusoidalPosition", h)
    h = b.add("TransformerEncoderLayer", h, nhead=4, dim_feedforward=64, activation="gelu")
    h = b.add("TransformerEncoderLayer", h, nhead=2, dim_feedforward=64, norm_first=True, is_causal=causal)
    b.output(b.add("Linear", b.add("Mean", h), out_features=5, name="logits"))
    module = nnstudio.compile(b.project()).module
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return module


@pytest.mark.parametrize("causal", [True, False])
def test_a_transformer(tmp_path: Path, causal: bool) -> None:
    path = tmp_path / "transformer.onnx"
    export(transformer(causal=causal), torch.randint(0, 50, (2, 12)), path)
    imported = import_onnx(path)
    assert_same(imported, path, torch.randint(0, 50, (3, 12)))
    found = [node.params for node in imported.graph.nodes if node.kind == "TransformerEncoderLayer"]
    assert [params.get("nhead", 4) for params in found] == [4, 2]
    assert [bool(params.get("is_causal")) for params in found] == [False, causal]
    assert [bool(params.get("norm_first")) for params in found] == [False, True]
    assert len(imported.graph.nodes) == 8


@pytest.fixture(scope="module")
def attending(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Self-attention that looks both ways, exported once."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("attending") / "attending.onnx"
    export(networks.Attending(), torch.randn(2, 6, 16), path)
    return path


@pytest.mark.parametrize("causal", [True, False])
def test_attention_is_one_layer(tmp_path: Path, attending: Path, causal: bool) -> None:
    path = attending
    if causal:
        path = tmp_path / "causal.onnx"
        export(networks.Attending(causal=True), torch.randn(2, 6, 16), path)
    imported = import_onnx(path)
    assert_same(imported, path, torch.randn(3, 6, 16))
    assert kinds(imported) == ["Input", "MultiheadAttention", "Add", "LayerNorm", "Output"]
    assert bool(imported.graph.nodes[1].params.get("is_causal")) == causal


def test_what_only_looks_like_attention_is_read_without_patterns(tmp_path: Path, attending: Path) -> None:
    path = tmp_path / "other.onnx"
    model = onnx.load(attending)
    scales = {name for node in model.graph.node if node.op_type == "Mul" for name in node.input}
    (scale,) = (held for held in model.graph.initializer if held.name in scales)
    scale.CopyFrom(onnx.numpy_helper.from_array(np.full(scale.dims, 0.5, np.float32), scale.name))  # 1/√16: one head
    onnx.save(model, path)
    imported = import_onnx(path)
    assert "MultiheadAttention" not in kinds(imported)
    assert imported.report.check == "not_run"
    assert imported.report.placeholders


def test_attention_over_any_number_of_steps(tmp_path: Path) -> None:
    path = tmp_path / "free.onnx"
    export(networks.TorchTransformer(), torch.randint(0, 50, (2, 12)), path, steps=True)
    imported = import_onnx(path)
    assert imported.graph.nodes[0].params["shape"] == ("T",)
    assert_same(imported, path, torch.randint(0, 50, (3, 9)))
    assert kinds(imported).count("TransformerEncoderLayer") == 2


def test_attention_by_hand_stays_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "hand.onnx"
    export(networks.HandTransformer(), torch.randint(0, 50, (2, 16)), path)
    imported = import_onnx(path)
    assert_same(imported, path, torch.randint(0, 50, (3, 16)))


def test_functions_and_other_layers(tmp_path: Path) -> None:
    path = tmp_path / "lenet.onnx"
    export(networks.FunctionalLeNet(), torch.randn(2, 1, 28, 28), path)
    assert_same(import_onnx(path), path, torch.randn(3, 1, 28, 28))
    export(networks.Convolved(grouped=False), torch.randn(2, 4, 32), path)
    assert_same(import_onnx(path), path, torch.randn(3, 4, 32))


def test_a_fixed_batch_is_no_part_of_the_drawing(tmp_path: Path) -> None:
    path = tmp_path / "fixed.onnx"
    program = torch.onnx.export(
        networks.FunctionalLeNet().eval(), (torch.randn(1, 1, 28, 28),), dynamo=True, verbose=False
    )
    assert program is not None
    onnx.save(program.model_proto, path)
    imported = import_onnx(path)
    assert imported.graph.nodes[0].params == {"shape": (1, 28, 28)}
    assert imported.report.check == "equal"


def test_weights_beside_the_file_come_along(tmp_path: Path) -> None:
    path = tmp_path / "lenet.onnx"
    module = networks.FunctionalLeNet()
    torch.onnx.export(
        module.eval(), (torch.randn(2, 1, 28, 28),), path, dynamo=True, external_data=True, verbose=False,
        dynamic_shapes=({0: "batch"},),
    )  # fmt: skip
    assert (tmp_path / "lenet.onnx.data").exists()
    imported = import_onnx(path)
    assert_same(imported, path, torch.randn(3, 1, 28, 28))


def test_local_response_normalisation_is_one_layer(tmp_path: Path) -> None:
    path = tmp_path / "lrn.onnx"
    module = nn.Sequential(nn.LocalResponseNorm(3, alpha=0.1, beta=0.5, k=2.0), nn.ReLU())
    export(module, torch.randn(2, 6, 5, 5), path)
    imported = import_onnx(path)
    assert_same(imported, path, torch.randn(3, 6, 5, 5))
    assert kinds(imported) == ["Input", "LocalResponseNorm", "ReLU", "Output"]


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_pooling_over_everything(tmp_path: Path, rank: int) -> None:
    path = tmp_path / "pool.onnx"
    helper = onnx.helper
    x = helper.make_tensor_value_info("x", 1, ["n", 3, *[4] * rank])
    y = helper.make_tensor_value_info("y", 1, ["n", 3])
    nodes = [helper.make_node("GlobalAveragePool", ["x"], ["p"]), helper.make_node("Flatten", ["p"], ["y"])]
    graph = helper.make_graph(nodes, "pool", [x], [y])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path)
    imported = import_onnx(path)
    assert kinds(imported) == ["Input", f"AdaptiveAvgPool{rank}d", "Flatten", "Output"]
    assert_same(imported, path, torch.randn(3, 3, *[4] * rank))


def test_an_unknown_operator_keeps_its_wires(tmp_path: Path) -> None:
    path = tmp_path / "unusual.onnx"
    export(networks.Unusual(), torch.randn(2, 4), path)
    imported = import_onnx(path)
    assert kinds(imported) == ["Input", "Linear", "CumSum", "ReLU", "Linear", "Output"]
    assert len(imported.graph.edges) == 5
    (entry,) = imported.report.placeholders
    assert entry.note == "there is no layer for CumSum"

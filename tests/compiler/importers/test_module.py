"""Torch modules that come in: what they compute stays bit for bit, and what cannot be mapped is seen."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.compiler.analysis import analyse
from nnstudio.compiler.importers.module import build, import_module
from nnstudio.compiler.importers.report import BadImportError, Imported
from tests.compiler.importers import networks


@pytest.fixture(autouse=True)
def _same_numbers() -> None:
    torch.manual_seed(0)


def kinds(imported: Imported) -> list[str]:
    return [node.kind for node in imported.graph.nodes]


def assert_equal(imported: Imported, module: nn.Module, x: torch.Tensor) -> None:
    """Compile the drawing here and compare, whatever the report says."""
    made = build(imported.graph, imported.weights)
    assert made is not None
    assert set(made.state_dict()) == set(imported.weights)
    with torch.no_grad():
        wanted, got = module.eval()(x), made(x)
    for a, b in zip(*((y,) if isinstance(y, torch.Tensor) else y for y in (wanted, got)), strict=True):
        assert torch.equal(a, b)
    assert imported.report.check == "equal"
    assert imported.report.placeholders == ()


def assert_close(imported: Imported, module: nn.Module, x: torch.Tensor) -> None:
    """The same where the original lays its numbers out otherwise, so that torch adds them up in another order."""
    made = build(imported.graph, imported.weights)
    assert made is not None
    with torch.no_grad():
        torch.testing.assert_close(made(x), module.eval()(x), rtol=1e-5, atol=1e-5)
    assert imported.report.check in ("equal", "close")


def test_a_residual_network_comes_back_bit_for_bit() -> None:
    module = networks.ResNet18()
    with torch.no_grad():
        for name, buffer in module.named_buffers():
            if name.endswith("running_mean"):
                buffer.normal_()
            elif name.endswith("running_var"):
                buffer.uniform_(0.5, 2)
    imported = import_module(module, [(3, 64, 64)])
    assert_equal(imported, module, torch.randn(2, 3, 64, 64))
    assert sum(weight.size for weight in imported.weights.values()) == 11_689_512 + 9_620
    assert kinds(imported).count("Add") == 8
    assert kinds(imported).count("Conv2d") == 20
    assert {"layer2_0_downsample_0", "layer4_1_conv2", "fc"} <= {node.name for node in imported.graph.nodes}


def test_a_transformer_by_hand_comes_back_bit_for_bit() -> None:
    module = networks.HandTransformer()
    imported = import_module(module, [(16,)])
    assert_equal(imported, module, torch.randint(0, 50, (3, 16)))
    assert kinds(imported).count("MatMul") == 4
    assert kinds(imported).count("GELU") == 2


@pytest.mark.parametrize("batch_first", [True, False])
def test_torchs_transformer_comes_back(batch_first: bool) -> None:
    module = networks.TorchTransformer(batch_first=batch_first)
    imported = import_module(module)
    (assert_equal if batch_first else assert_close)(imported, module, torch.randint(0, 50, (3, 7)))
    assert kinds(imported).count("TransformerEncoderLayer") == 2
    assert imported.graph.nodes[0].params["shape"] == ("T",)


@pytest.mark.parametrize(("causal", "cross"), [(False, False), (True, False), (False, True)])
def test_attention_is_a_layer(causal: bool, cross: bool) -> None:
    module = networks.Attending(causal=causal, cross=cross)
    imported = import_module(module, [(6, 16)])
    (assert_close if causal else assert_equal)(imported, module, torch.randn(3, 6, 16))
    (node,) = (node for node in imported.graph.nodes if node.kind == "MultiheadAttention")
    assert bool(node.params.get("is_causal")) == causal


@pytest.mark.parametrize(
    ("way", "kind"), [("slice", "LearnedPosition"), ("rows", "LearnedPosition"), ("waves", "SinusoidalPosition")]
)
def test_positions_are_a_layer(way: str, kind: str) -> None:
    module = networks.Positioned(way)
    imported = import_module(module, [("T",)])
    assert_equal(imported, module, torch.randint(0, 50, (3, 7)))
    assert kinds(imported) == ["Input", "Embedding", kind, "Output"]
    assert imported.graph.nodes[0].params["shape"] == ("T",)


def test_attention_as_a_function() -> None:
    module = networks.SmallGPT()
    imported = import_module(module, [(8,)])
    assert_equal(imported, module, torch.randint(0, 20, (2, 8)))
    assert kinds(imported).count("Slice") == 3
    (node,) = (node for node in imported.graph.nodes if node.kind == "ScaledDotProductAttention")
    assert node.params == {"is_causal": True}


def test_an_exported_lstm_is_one_layer() -> None:
    module = networks.CountingReader()
    imported = import_module(module, [(8, 4)])
    assert_equal(imported, module, torch.randn(2, 8, 4))
    assert kinds(imported) == ["Input", "Tanh", "Tanh", "LSTM", "LastStep", "Add", "Linear", "Output"]


def test_a_recurrent_layer_begins_where_another_ended() -> None:
    imported = import_module(networks.Translator(), [(7,), (5,)])
    assert imported.report.check == "equal"
    (decoder,) = (node for node in imported.graph.nodes if node.name == "decoder")
    assert [edge.target_port for edge in imported.graph.into[decoder.id]] == ["input", "h_0", "c_0"]


def test_a_vision_transformer() -> None:
    module = networks.VisionTransformer()
    imported = import_module(module, [(3, 16, 16)])
    assert_equal(imported, module, torch.randn(2, 3, 16, 16))
    assert {"ClassToken", "LearnedPosition", "TransformerEncoderLayer", "Formula"} <= set(kinds(imported))


def test_other_kinds_of_layers() -> None:
    module = networks.Convolved()
    assert_equal(import_module(module, [(4, 32)]), module, torch.randn(2, 4, 32))


@pytest.mark.parametrize("both", [True, False])
@pytest.mark.parametrize("batch_first", [True, False])
def test_recurrent_layers_with_their_final_states(both: bool, batch_first: bool) -> None:
    module = networks.Reader(both=both, batch_first=batch_first)
    imported = import_module(module)
    assert_equal(imported, module, torch.randint(0, 50, (3, 7)))
    assert kinds(imported) == ["Input", "Embedding", "LSTM", "LastStep", "Linear", "Output", "Output"]


def test_functions_become_layers() -> None:
    module = networks.FunctionalLeNet()
    imported = import_module(module, [(1, 28, 28)])
    assert_equal(imported, module, torch.randn(2, 1, 28, 28))
    expected = "Input Conv2d ReLU MaxPool2d Conv2d Tanh AvgPool2d Flatten Linear Sigmoid Formula Formula"
    assert kinds(imported) == [*expected.split(), "Linear", "Formula", "Linear", "LogSoftmax", "Output"]


def test_what_no_layer_computes_keeps_its_wires() -> None:
    imported = import_module(networks.Unusual())
    graph = imported.graph
    assert [node.kind for node in graph.nodes] == ["Input", "Linear", "cumsum", "ReLU", "Linear", "Output"]
    assert len(graph.edges) == 5
    (entry,) = imported.report.placeholders
    assert (entry.kind, entry.note) == ("cumsum", "there is no layer for cumsum")
    assert graph.nodes[2].params["reason"] == "there is no layer for cumsum"
    assert [problem.code for problem in analyse(graph, {}).problems if problem.severity == "error"] == ["unknown_kind"]
    assert imported.report.check == "not_run"
    assert set(imported.weights) == {"first.weight", "first.bias", "second.weight", "second.bias"}


def test_a_setting_that_we_lack_keeps_a_module_from_being_mapped() -> None:
    class Odd(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = nn.Embedding(9, 4, max_norm=0.1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = self.table(x)
            return y

    (entry,) = import_module(Odd()).report.placeholders
    assert "max_norm" in entry.note


def test_export_follows_where_symbols_cannot() -> None:
    module = networks.Counting()
    imported = import_module(module, [(6, 4)])
    assert_equal(imported, module, torch.randn(2, 6, 4))
    assert kinds(imported).count("ReLU") == 3
    assert any("export" in note for note in imported.report.notes)


def test_a_network_that_depends_on_its_numbers_is_refused() -> None:
    with pytest.raises(BadImportError, match="cannot be traced"):
        import_module(networks.Branching())


def test_a_layer_called_twice_shares_its_weights() -> None:
    module = networks.Shared()
    imported = import_module(module)
    assert_equal(imported, module, torch.randn(2, 4))
    assert imported.graph.nodes[3].shares == imported.graph.nodes[1].id
    assert set(imported.weights) == {"layer.weight", "layer.bias"}


def test_changes_in_place_are_seen_by_later_readers() -> None:
    module = networks.InPlace()
    assert_equal(import_module(module), module, torch.randn(2, 4))


def test_frozen_weights_stay_frozen() -> None:
    module = nn.Sequential(nn.Linear(4, 3).requires_grad_(False), nn.Linear(3, 2))
    nodes = import_module(module).graph.nodes
    assert (nodes[1].params.get("frozen"), nodes[2].params.get("frozen")) == (True, None)


def test_exported_code_of_our_own_classes_comes_back() -> None:
    from nnstudio.layers.own import own_class

    module = nn.Sequential(nn.Linear(4, 3), own_class("GaussianNoise")(0.2))
    assert kinds(import_module(module)) == ["Input", "Linear", "GaussianNoise", "Output"]


def test_a_shape_that_does_not_fit_is_said() -> None:
    with pytest.raises(BadImportError, match="inputs of that shape"):
        import_module(networks.FunctionalLeNet(), [(3, 28, 28)])


def test_weights_are_the_networks_own() -> None:
    linear = nn.Linear(4, 3)
    weights = import_module(nn.Sequential(linear)).weights
    assert list(weights) == ["layer_0.weight", "layer_0.bias"]
    np.testing.assert_array_equal(weights["layer_0.weight"], linear.weight.detach().numpy())

"""What layers do that rearrange signals or join them: which number ends up where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from nnstudio.compiler.link import link
from nnstudio.compiler.plan import make_plan
from nnstudio.core.graph import Edge, Graph, Node
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import Signal
from tests.layers import oracle


def run(kind: str, params: Mapping[str, Any], *tensors: torch.Tensor) -> torch.Tensor:
    """Compute a layer without weights."""
    (result,), _ = oracle.judge(kind, catalog()[kind].settings(params), list(tensors), "cpu")
    return result


X = torch.arange(24.0).reshape(2, 3, 4)


def test_shapes_keep_the_order_of_reading() -> None:
    assert torch.equal(run("Reshape", {"shape": (2, -1, 3)}, X), X.reshape(2, 2, 2, 3))
    assert torch.equal(run("Reshape", {"shape": (12,)}, X), X.reshape(2, 12))
    assert torch.equal(run("Reshape", {"shape": (1, 1)}, X[:, 0, 0]), X[:, :1, :1])
    assert torch.equal(run("Reshape", {"shape": ()}, X[:, :1, :1]), X[:, 0, 0])
    apart = run("Unflatten", {"dim": -1, "unflattened_size": (2, 2)}, X)
    assert torch.equal(apart, X.reshape(2, 3, 2, 2))
    assert torch.equal(run("Flatten", {"start_dim": 2}, apart), X)
    assert torch.equal(run("Flatten", {"start_dim": -3, "end_dim": -2}, apart), X.reshape(2, 6, 2))


def test_permuting_moves_axes_and_not_samples() -> None:
    assert torch.equal(run("Permute", {}, X), X.transpose(1, 2))
    image = torch.rand(2, 3, 4, 5)
    assert torch.equal(run("Permute", {"axes": (1, 2, 0)}, image), image.movedim(1, -1))


def test_axes_of_length_one_come_and_go() -> None:
    for axis in (0, 1, 2, -1, -2, -3):
        added = run("Unsqueeze", {"axis": axis}, X)
        assert added.shape[1:][axis] == 1
        assert torch.equal(run("Squeeze", {"axis": axis}, added), X)


@pytest.mark.parametrize(
    ("params", "kept"),
    [
        ({"start": 1}, [1, 2]),
        ({"stop": 2}, [0, 1]),
        ({"stop": -1}, [0, 1]),
        ({"start": -2}, [1, 2]),
        ({"step": 2}, [0, 2]),
        ({"start": 1, "stop": 9, "step": 5}, [1]),
    ],
)
def test_slices_count_as_python_does(params: Mapping[str, Any], kept: list[int]) -> None:
    assert torch.equal(run("Slice", params, X), X[:, kept])
    assert torch.equal(run("Slice", {**params, "axis": -1}, X.transpose(1, 2)), X[:, kept].transpose(1, 2))


def test_repeating_goes_along_an_axis_or_makes_one() -> None:
    assert torch.equal(run("Repeat", {"count": 3}, X), torch.cat([X, X, X], 1))
    assert torch.equal(run("Repeat", {"count": 3, "axis": -1}, X), torch.cat([X, X, X], 2))
    assert torch.equal(run("Repeat", {"count": 3, "new_axis": True}, X), torch.stack([X, X, X], 1))
    assert torch.equal(run("Repeat", {"axis": -1, "new_axis": True}, X[:, 0, 0]), torch.stack([X[:, 0, 0]] * 2, 1))


def test_merges_take_their_inputs_in_order() -> None:
    y = X.flip(-1) * 0.5
    assert torch.equal(run("Subtract", {}, X, y), X - y)
    assert torch.equal(run("Multiply", {}, X, y, X), X * y * X)
    assert torch.equal(run("Maximum", {}, X, y, -X), torch.maximum(X, y))
    torch.testing.assert_close(run("DotProduct", {}, X, y), (X * y).sum(2))
    assert torch.equal(run("MatMul", {"transpose": True}, X, y), torch.bmm(X, y.transpose(1, 2)))
    assert torch.equal(run("MatMul", {}, X, y.transpose(1, 2)), torch.bmm(X, y.transpose(1, 2)))


def test_a_gate_stretches_over_whole_maps() -> None:
    maps, gate = torch.rand(2, 3, 4, 5), torch.rand(2, 3, 1, 1)
    assert torch.equal(run("Multiply", {"stretch": True}, maps, gate), maps * gate)
    assert torch.equal(run("Multiply", {"stretch": True}, gate, maps), maps * gate)


def test_means_leave_samples_apart() -> None:
    assert torch.equal(run("Mean", {"axes": (0, 1)}, X), X.mean((1, 2)))
    assert torch.equal(run("Mean", {"axes": -1, "keepdim": True}, X), X.mean(2, keepdim=True))


def test_a_bag_holds_what_an_embedding_looks_up() -> None:
    words = torch.tensor([[1, 2, 2], [0, 4, 1]])
    for mode, put in (("sum", torch.sum), ("mean", torch.mean), ("max", torch.amax)):
        values = catalog()["EmbeddingBag"].settings({"num_embeddings": 5, "embedding_dim": 3, "mode": mode})
        torch.manual_seed(0)
        (bag,), _ = oracle.judge("EmbeddingBag", values, [words], "cpu")
        torch.manual_seed(0)
        table = torch.nn.Embedding(5, 3)
        torch.testing.assert_close(bag, put(table(words), 1))


@pytest.mark.parametrize("transpose", [False, True])
def test_matrix_products_cost_what_torch_counts(transpose: bool) -> None:
    spec = catalog()["MatMul"]
    signals = (Signal((6, 4, 3)), Signal((6, 5, 3) if transpose else (6, 3, 5)))
    values = spec.settings({"transpose": transpose})
    counted = FlopCounterMode(display=False)
    with counted:
        oracle.ask("MatMul", values, signals)
    assert 2 * oracle.BATCH * (spec.cost(values, *signals).macs or 0) == counted.get_total_flops() > 0
    assert spec.cost(values, Signal(("T", 4)), Signal(("T", 4) if transpose else (4, "T"))).macs is None


def test_products_count_their_multiply_adds() -> None:
    dot, bilinear = catalog()["DotProduct"], catalog()["Bilinear"]
    pair = (Signal((7, 10)), Signal((7, 10)))
    assert dot.cost(dot.settings({}), *pair).macs == 70
    cost = bilinear.cost(bilinear.settings({"out_features": 3}), *pair)
    assert (cost.parameters, cost.macs, cost.arithmetic) == (303, 7 * 300, "3·10·10 + 3")


def chain(*layers: tuple[str, Mapping[str, Any]], shape: tuple[int | str, ...]) -> Graph:
    """Draw layers one after the other."""
    kinds = [("Input", {"shape": shape}), *layers, ("Output", {})]
    nodes = tuple(
        Node(id=str(index), kind=kind, name=f"{kind.lower()}_{index}", params=params)
        for index, (kind, params) in enumerate(kinds)
    )
    edges = tuple(Edge(str(index), "output", str(index + 1), "input") for index in range(len(nodes) - 1))
    return Graph(nodes=nodes, edges=edges)


@pytest.mark.parametrize(
    "layers",
    [
        [("Reshape", {"shape": (-1, 2, 2)}), ("Permute", {"axes": (1, 0, 2)}), ("Flatten", {"start_dim": 2})],
        [("Unflatten", {"dim": 2, "unflattened_size": (2, 2)}), ("Mean", {"axes": (-1,)}), ("Slice", {"start": 1})],
        [("Unsqueeze", {}), ("Repeat", {"count": 3}), ("Repeat", {"new_axis": True, "axis": -1})],
    ],
)
def test_batch_and_free_lengths_stay_free_in_exported_programs(layers: list[tuple[str, dict[str, Any]]]) -> None:
    module = link(make_plan(chain(*layers, shape=("T", 4)), {}))
    free = {0: torch.export.Dim("batch", min=2, max=64), 1: torch.export.Dim("T", min=4, max=64)}
    exported = torch.export.export(module, (torch.rand(3, 6, 4),), dynamic_shapes=(free,)).module()
    for batch, steps in ((2, 5), (7, 11)):
        x = torch.rand(batch, steps, 4)
        assert torch.equal(exported(x), module(x))

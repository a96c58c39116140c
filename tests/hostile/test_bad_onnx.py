"""ONNX files that mean no good, or are none: each has its exact sentence, and nothing of the size it claims is made."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnstudio.compiler.importers.onnx.network import import_onnx as import_here
from nnstudio.compiler.importers.onnx.reader import read_model
from nnstudio.compiler.importers.process import import_onnx
from nnstudio.compiler.importers.report import BadImportError

onnx = pytest.importorskip("onnx")
helper = onnx.helper

X = helper.make_tensor_value_info("x", 1, ["n", 4])
Y = helper.make_tensor_value_info("y", 1, ["n", 4])
FLOAT = onnx.TensorProto.FLOAT


def node(kind: str, inputs: list[str], outputs: list[str], **settings: Any) -> Any:
    return helper.make_node(kind, inputs, outputs, **settings)


def model(
    *nodes: Any, held: tuple[Any, ...] = (), inputs: tuple[Any, ...] = (X,), outputs: tuple[Any, ...] = (Y,)
) -> Any:
    graph = helper.make_graph(list(nodes), "net", list(inputs), list(outputs), list(held))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])


def write(path: Path, proto: Any) -> Path:
    path.write_bytes(proto.SerializeToString())
    return path


def beside(location: str, **told: object) -> Any:
    """A tensor whose numbers lie in another file."""
    tensor = onnx.TensorProto(name="w", dims=[4, 4], data_type=FLOAT, data_location=onnx.TensorProto.EXTERNAL)
    for key, value in {"location": location, **told}.items():
        tensor.external_data.add(key=key, value=str(value))
    return model(node("MatMul", ["x", "w"], ["y"]), held=(tensor,))


def claiming(dims: list[int], data: bytes, kind: int = FLOAT) -> Any:
    """A tensor that holds less than it says."""
    tensor = onnx.TensorProto(name="w", dims=dims, data_type=kind, raw_data=data)
    return model(node("MatMul", ["x", "w"], ["y"]), held=(tensor,))


RELU = node("Relu", ["x"], ["y"])
OUTSIDE = "net.onnx asks for weights outside its folder: "
CUT = "The weights beside net.onnx are missing or cut off: "
NONE = "net.onnx is no ONNX file, or a damaged one."
BAD: dict[str, tuple[Callable[[], Any], str]] = {
    "in circles": (
        lambda: model(node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"]), node("Relu", ["b"], ["y"])),
        "The network goes in circles: 3 of its operations wait for one another.",
    ),
    "itself": (
        lambda: model(node("Add", ["x", "y"], ["y"])),
        "The network goes in circles: 1 of its operations wait for one another.",
    ),
    "two sources": (
        lambda: model(RELU, node("Tanh", ["x"], ["y"])),
        "A value of the network comes from two places: y",
    ),
    "no source": (lambda: model(node("Add", ["x", "z"], ["y"])), "A value of the network comes from nowhere: z"),
    "nothing": (lambda: model(), NONE),
    "above": (lambda: beside("../secret"), OUTSIDE + "../secret"),
    "far above": (lambda: beside("a/../../../etc/passwd"), OUTSIDE + "a/../../../etc/passwd"),
    "absolute": (lambda: beside("/etc/passwd"), OUTSIDE + "/etc/passwd"),
    "no place": (lambda: beside(""), OUTSIDE),
    "missing": (lambda: beside("nowhere.data"), CUT + "nowhere.data"),
    "a folder": (lambda: beside("."), CUT + "."),
    "beyond the end": (lambda: beside("short.data", offset=2**40, length=64), CUT + "short.data"),
    "before the start": (lambda: beside("short.data", offset=-64, length=64), CUT + "short.data"),
    "another length": (lambda: beside("short.data", length=2**40), CUT + "short.data"),
    "a link outside": (lambda: beside("link.data"), OUTSIDE + "link.data"),
    "too few numbers": (
        lambda: claiming([4, 4], b"1234"),
        "The tensor w does not hold as many numbers as its shape (4, 4) says.",
    ),
    "a claim of 2^62 numbers": (
        lambda: claiming([2**31, 2**31], b""),
        "The tensor w does not hold as many numbers as its shape (2147483648, 2147483648) says.",
    ),
    "a claim beside nothing": (
        lambda: claiming([0, 2**62], b"1234"),
        f"The tensor w does not hold as many numbers as its shape (0, {2**62}) says.",
    ),
    "negative": (
        lambda: claiming([-4, 4], b""),
        "The tensor w does not hold as many numbers as its shape (-4, 4) says.",
    ),
    "texts": (
        lambda: claiming([1], b"", onnx.TensorProto.STRING),
        "A constant is of a type that is not known here (w).",
    ),
    "a type of the future": (lambda: claiming([1], b"", 99), "A constant is of a type that is not known here (w)."),
    "a huge input": (
        lambda: model(RELU, inputs=(helper.make_tensor_value_info("x", 1, ["n", 10**9]),)),
        "The input x is too large.",
    ),
    "an input of nothing": (
        lambda: model(RELU, inputs=(helper.make_tensor_value_info("x", 1, []),)),
        "The input x has no batch axis.",
    ),
    "an input of texts": (
        lambda: model(RELU, inputs=(helper.make_tensor_value_info("x", 8, ["n", 4]),)),
        "The input x holds numbers of a type that is not known here.",
    ),
    "too many operations": (
        lambda: model(*(node("Relu", [f"v{n}"], [f"v{n + 1}"]) for n in range(20_001))),
        "The network has more than 20,000 layers.",
    ),
}


@pytest.mark.parametrize(("make", "message"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_refused_with_its_sentence(tmp_path: Path, make: Callable[[], Any], message: str) -> None:
    (tmp_path.parent / "secret").write_bytes(b"s" * 64)
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "short.data").write_bytes(b"1234")
    (inner / "link.data").symlink_to(tmp_path.parent / "secret")
    path = write(inner / "net.onnx", make())
    tracemalloc.start()
    try:
        with pytest.raises(BadImportError) as caught:
            read_model(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert str(caught.value) == message
    assert peak < 64 * 2**20


@pytest.mark.parametrize(
    "data", [b"", b"   ", b"\0" * 100, os.urandom(2_000), b"\x89PNG\r\n\x1a\n", b"cos\nsystem\n(S'true'\ntR."]
)
def test_what_is_no_onnx_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(data)
    with pytest.raises(BadImportError, match=r"^net.onnx is no ONNX file, or a damaged one.$"):
        read_model(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadImportError, match="there is no such file"):
        read_model(tmp_path / "net.onnx")


def test_a_refusal_comes_back_from_the_other_process(tmp_path: Path) -> None:
    path = write(tmp_path / "net.onnx", beside("../secret"))
    with pytest.raises(BadImportError, match=r"asks for weights outside its folder: \.\./secret"):
        import_onnx(path)


def test_control_flow_becomes_a_placeholder(tmp_path: Path) -> None:
    body = helper.make_graph([], "body", [], [])
    path = write(
        tmp_path / "net.onnx", model(node("Loop", ["", "", "x"], ["a"], body=body), node("Relu", ["a"], ["y"]))
    )
    imported = import_here(path)
    assert [n.kind for n in imported.graph.nodes] == ["Input", "Loop", "ReLU", "Output"]
    assert [entry.note for entry in imported.report.placeholders] == ["there is no layer for Loop"]


def constant(name: str, values: list[int]) -> Any:
    return onnx.numpy_helper.from_array(np.array(values, np.int64), name)


@pytest.mark.parametrize(
    "nodes",
    [
        [node("ConstantOfShape", ["many"], ["c"]), node("Add", ["x", "c"], ["y"])],
        [node("Expand", ["x", "many"], ["y"])],
        [node("Range", ["zero", "much", "one"], ["c"]), node("Add", ["x", "c"], ["y"])],
    ],
    ids=["filled", "stretched", "counted"],
)
def test_constants_are_not_blown_up(tmp_path: Path, nodes: list[Any]) -> None:
    held = (
        constant("many", [10**6, 10**6, 4]),
        *(
            onnx.numpy_helper.from_array(np.array(n, np.int64), name)
            for name, n in (("zero", 0), ("one", 1), ("much", 10**15))
        ),
    )
    path = write(tmp_path / "net.onnx", model(*nodes, held=held))
    with pytest.raises(BadImportError, match="not enough memory"):
        import_onnx(path)


def test_a_network_too_large_to_run_is_drawn_and_not_run(tmp_path: Path) -> None:
    wide = helper.make_tensor_value_info("x", 1, ["n", 1, 2_000, 2_000])
    weights = [onnx.numpy_helper.from_array(np.zeros((64, c, 3, 3), np.float32), f"w{c}") for c in (1, 64)]
    nodes = [node("Conv", ["x", "w1"], ["a"]), node("Conv", ["a", "w64"], ["y"])]
    path = write(tmp_path / "net.onnx", model(*nodes, held=tuple(weights), inputs=(wide,)))
    imported = import_here(path)
    assert imported.report.check == "not_run"
    assert "The network is so large that its outputs were not compared." in imported.report.notes
    assert [n.kind for n in imported.graph.nodes] == ["Input", "Conv2d", "Conv2d", "Output"]

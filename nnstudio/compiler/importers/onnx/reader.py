"""An ONNX file as plain values: checked and limited before anything of the size that it claims is made.

Weights in a file of their own are read only from the folder of the ONNX file. torch is not needed here.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nnstudio.compiler.importers.draft import MOST_NODES
from nnstudio.compiler.importers.report import BadImportError
from nnstudio.core.system import reason
from nnstudio.core.words import tr

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.generic]

MAX_BYTES: Final = 2**31 - 1
"""Bytes of an ONNX file, by the rules of its encoding, and of weights beside it."""
MAX_AXIS: Final = 10**7
MOST_AXES: Final = 8

_SUBGRAPH, _SUBGRAPHS = 5, 10
_FLOW = frozenset({"If", "Loop", "Scan", "SequenceMap"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One node of an ONNX graph.

    Attributes:
        kind: its operator, with the domain in front where that is not ONNX's own.
        inputs: names of values; an empty one is left out.
        outputs: names of values.
        settings: its attributes as plain values.
        name: what the file calls it.
    """

    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Entrance:
    """An input: its lengths, the batch first, where a text is a free one; and whether it holds whole numbers."""

    name: str
    shape: tuple[int | str, ...]
    index: bool


@dataclass(frozen=True, slots=True)
class Model:
    """A whole file.

    Attributes:
        name: what the graph is called.
        inputs: what goes in.
        outputs: names of the values that come out.
        operations: each after all that it needs.
        tensors: weights and constants by name.
        shapes: what the file says of the shapes of values.
    """

    name: str
    inputs: tuple[Entrance, ...]
    outputs: tuple[str, ...]
    operations: tuple[Operation, ...]
    tensors: Mapping[str, Array]
    shapes: Mapping[str, tuple[int | str, ...]] = field(default_factory=dict)

    def with_operations(self, operations: Sequence[Operation]) -> Model:
        """Return the model with other operations, without those that lead to no output."""
        needed, kept = set(self.outputs), []
        for operation in reversed(sort(operations)):
            if needed & set(operation.outputs):
                kept.append(operation)
                needed |= set(operation.inputs)
        return replace(self, operations=tuple(reversed(kept)))


def is_available() -> bool:
    """Say whether the package that decodes ONNX is there; it is an optional one."""
    return importlib.util.find_spec("onnx") is not None


def check_available() -> None:
    """Make sure that ONNX can be read.

    Raises:
        BadImportError: it cannot; says what to install.
    """
    if not is_available():
        raise BadImportError(tr('Reading ONNX needs the package onnx: install it with pip install "nnstudio[onnx]".'))


def read_model(path: Path) -> Model:
    """Read an ONNX file.

    Raises:
        BadImportError: it cannot be read, is none, is too large, goes in circles, or asks for files elsewhere.
    """
    data = _read_bytes(path)
    check_available()
    onnx: Any = importlib.import_module("onnx")
    try:
        proto = onnx.ModelProto.FromString(data)
    except Exception as error:  # protobuf has errors of its own in each of its versions
        raise BadImportError(tr("{file} is no ONNX file, or a damaged one.", file=path.name)) from error
    graph = proto.graph
    if not graph.node or not graph.output:
        raise BadImportError(tr("{file} is no ONNX file, or a damaged one.", file=path.name))
    if len(graph.node) > MOST_NODES:
        raise BadImportError(tr("The network has more than {most} layers.", most=f"{MOST_NODES:,}"))
    tensors = {tensor.name: _tensor(onnx, tensor, path) for tensor in graph.initializer}
    operations = []
    for node in graph.node:
        if node.op_type == "Constant" and not node.domain:
            tensors[node.output[0]] = _constant(onnx, node, path)
        else:
            operations.append(_operation(onnx, node, path))
    given = [value for value in graph.input if value.name not in tensors]
    model = Model(
        graph.name or path.stem,
        tuple(_entrance(onnx, value) for value in given),
        tuple(value.name for value in graph.output),
        (),
        tensors,
        {value.name: _shape(value) for value in (*graph.value_info, *graph.output)},
    )
    _check_sources(model, operations)
    return model.with_operations(operations)


def _read_bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise BadImportError(tr("{path} cannot be opened: there is no such file.", path=path))
        if path.stat().st_size > MAX_BYTES:
            raise BadImportError(tr("{file} is larger than {count} MB.", file=path.name, count=MAX_BYTES // 2**20))
        data = path.read_bytes()
    except OSError as error:
        raise BadImportError(tr("{path} cannot be opened: {detail}.", path=path, detail=reason(error))) from error
    if not data.strip():
        raise BadImportError(tr("{file} is no ONNX file, or a damaged one.", file=path.name))
    return data


def _entrance(onnx: Any, value: Any) -> Entrance:
    whole = (onnx.TensorProto.INT64, onnx.TensorProto.INT32, onnx.TensorProto.INT16, onnx.TensorProto.INT8)
    kind = value.type.tensor_type.elem_type
    if kind not in (onnx.TensorProto.FLOAT, *whole):
        raise BadImportError(tr("The input {name} holds numbers of a type that is not known here.", name=value.name))
    shape = _shape(value)
    if not shape:
        raise BadImportError(tr("The input {name} has no batch axis.", name=value.name))
    if len(shape) > MOST_AXES or any(isinstance(n, int) and not 0 < n <= MAX_AXIS for n in shape):
        raise BadImportError(tr("The input {name} is too large.", name=value.name))
    return Entrance(value.name, shape, kind in whole)


def _shape(value: Any) -> tuple[int | str, ...]:
    axes = value.type.tensor_type.shape.dim
    return tuple(axis.dim_value if axis.HasField("dim_value") else axis.dim_param or "?" for axis in axes)


def _operation(onnx: Any, node: Any, path: Path) -> Operation:
    kind = node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}"
    settings: dict[str, Any] = {}
    for attribute in node.attribute:
        if attribute.type in (_SUBGRAPH, _SUBGRAPHS) or kind in _FLOW:
            continue
        value = onnx.helper.get_attribute_value(attribute)
        if isinstance(value, onnx.TensorProto):
            value = _tensor(onnx, value, path)
        elif isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        elif isinstance(value, (list, tuple)):
            value = tuple(item.decode("utf-8", "replace") if isinstance(item, bytes) else item for item in value)
        settings[attribute.name] = value
    return Operation(kind, tuple(node.input), tuple(node.output), settings, node.name)


def _constant(onnx: Any, node: Any, path: Path) -> Array:
    import numpy as np

    for attribute in node.attribute:
        value = onnx.helper.get_attribute_value(attribute)
        if attribute.name == "value":
            return _tensor(onnx, value, path)
        if attribute.name in ("value_float", "value_floats"):
            return np.asarray(value, np.float32)
        if attribute.name in ("value_int", "value_ints"):
            return np.asarray(value, np.int64)
    raise BadImportError(tr("A constant is of a type that is not known here ({name}).", name=node.output[0]))


def _tensor(onnx: Any, tensor: Any, path: Path) -> Array:
    """Turn a stored tensor into an array, after making sure that as many numbers are there as its shape says."""
    import numpy as np

    name, axes = tensor.name, tuple(tensor.dims)
    try:
        kind = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type))
    except (KeyError, TypeError, ValueError) as error:
        raise BadImportError(tr("A constant is of a type that is not known here ({name}).", name=name)) from error
    if kind.kind not in "fiub" or kind.itemsize > 8:
        raise BadImportError(tr("A constant is of a type that is not known here ({name}).", name=name))
    if len(axes) > MOST_AXES or any(length < 0 for length in axes):
        raise BadImportError(_wrong_size(name, axes))
    count = math.prod(axes)
    if count * kind.itemsize > MAX_BYTES:
        raise BadImportError(_wrong_size(name, axes))
    if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
        array: Array = _beside(tensor, path, kind, count)
    elif tensor.HasField("raw_data"):
        if len(tensor.raw_data) != count * kind.itemsize:
            raise BadImportError(_wrong_size(name, axes))
        array = np.frombuffer(tensor.raw_data, kind)
    else:
        held = max(
            len(tensor.float_data), len(tensor.int32_data), len(tensor.int64_data), len(tensor.double_data),
            len(tensor.uint64_data),
        )  # fmt: skip
        if held != count:
            raise BadImportError(_wrong_size(name, axes))
        array = onnx.numpy_helper.to_array(tensor)
    array = array.reshape(axes)
    return array.astype(np.float32) if kind.kind == "f" and kind.itemsize != 4 else array


def _wrong_size(name: str, axes: Sequence[int]) -> str:
    return tr(
        "The tensor {name} does not hold as many numbers as its shape {shape} says.",
        name=name,
        shape=str(tuple(axes))[:80],
    )


def _beside(tensor: Any, path: Path, kind: Any, count: int) -> Any:
    """Read a tensor from a file beside the ONNX file, and from nowhere else."""
    import numpy as np

    told = {entry.key: entry.value for entry in tensor.external_data}
    location = told.get("location", "")
    folder = path.resolve().parent
    refused = tr("{file} asks for weights outside its folder: {location}", file=path.name, location=location[:100])
    if not location or Path(location).is_absolute() or ".." in Path(location).parts or "\0" in location:
        raise BadImportError(refused)
    try:
        place = (folder / location).resolve()
        if not place.is_relative_to(folder):
            raise BadImportError(refused)
        offset, length = int(told.get("offset", 0)), int(told.get("length", count * kind.itemsize))
        if (
            not place.is_file()
            or length != count * kind.itemsize
            or offset < 0
            or offset + length > place.stat().st_size
        ):
            raise BadImportError(
                tr(
                    "The weights beside {file} are missing or cut off: {location}",
                    file=path.name,
                    location=location[:100],
                )
            )
        with place.open("rb") as file:
            file.seek(offset)
            return np.frombuffer(file.read(length), kind)
    except (OSError, ValueError) as error:
        if isinstance(error, BadImportError):
            raise
        raise BadImportError(refused) from error


def _check_sources(model: Model, operations: Sequence[Operation]) -> None:
    """Make sure that every value comes from one place."""
    made = [name for operation in operations for name in operation.outputs if name]
    known = [*made, *(entrance.name for entrance in model.inputs), *model.tensors]
    if len(set(known)) < len(known):
        twice = next(name for name in known if known.count(name) > 1) if len(known) < 2_000 else ""
        raise BadImportError(tr("A value of the network comes from two places: {name}", name=twice))
    used = {name for operation in operations for name in operation.inputs if name} | set(model.outputs)
    lost = sorted(used - set(known))
    if lost:
        raise BadImportError(tr("A value of the network comes from nowhere: {name}", name=lost[0][:80]))


def sort(operations: Sequence[Operation]) -> list[Operation]:
    """Put every operation after those that it needs.

    Raises:
        BadImportError: some need one another.
    """
    maker = {name: number for number, operation in enumerate(operations) for name in operation.outputs if name}
    needs = [{maker[name] for name in operation.inputs if name in maker} for operation in operations]
    users: dict[int, list[int]] = {}
    for number, sources in enumerate(needs):
        for source in sources:
            users.setdefault(source, []).append(number)
    waiting = [len(sources) for sources in needs]
    ready = [number for number, count in enumerate(waiting) if not count]
    done: list[Operation] = []
    for number in ready:  # grows while it is walked
        done.append(operations[number])
        for user in users.get(number, ()):
            waiting[user] -= 1
            if not waiting[user]:
                ready.append(user)
    if len(done) < len(operations):
        stuck = [operation.kind for operation, count in zip(operations, waiting, strict=True) if count]
        text = tr("The network goes in circles: {count} of its operations wait for one another.", count=len(stuck))
        raise BadImportError(text)
    return done

"""What is known of the values in a traced network: shapes with and without the batch, plain numbers, fixed tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import fx

from nnstudio.compiler.importers.draft import Wire
from nnstudio.compiler.importers.leaves import UnmappedError
from nnstudio.core.words import tr
from nnstudio.layers.spec import Dim, Shape


@dataclass(frozen=True, slots=True)
class Sample:
    """One network input as examples are made of it.

    Attributes:
        shape: of one sample; a string is a length that may vary.
        index: whether it holds whole numbers below ``limit``.
    """

    shape: Shape
    index: bool = False
    limit: int = 2

    def example(self, batch: int, free: int) -> torch.Tensor:
        """Make a batch; free lengths become ``free``."""
        lengths = [free if isinstance(length, str) else length for length in self.shape]
        if self.index:
            return torch.randint(0, self.limit, (batch, *lengths))
        return torch.randn(batch, *lengths)


@dataclass(frozen=True, slots=True)
class Size:
    """A tensor's shape and type."""

    shape: tuple[int, ...]
    dtype: torch.dtype


@dataclass(frozen=True, slots=True)
class Trial:
    """Which batch size and which free length a network was run with, and what came of every fx node."""

    batch: int
    free: int
    values: dict[fx.Node, Any]


class Recorder(fx.Interpreter):
    """Runs a traced network and keeps sizes instead of tensors, but for tensors that depend on no input."""

    def __init__(self, module: fx.GraphModule, *, careful: bool = False) -> None:
        super().__init__(module)
        self.values: dict[fx.Node, Any] = {}
        self._flowing = _depending(module.graph)
        self._careful = careful

    def run_node(self, n: fx.Node) -> Any:
        """Run one node and keep what is known of its result."""
        result = super().run_node(n)
        self.values[n] = _summary(result) if n in self._flowing else result
        return _sized(result) if self._careful and n in self._flowing else result

    def call_module(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a module; on sizes alone with weights that are sizes alone."""
        if not self._careful or not any(_is_size(arg) for arg in args):
            return super().call_module(target, args, kwargs)
        module = self.fetch_attr(str(target))
        args, kwargs = _sized(args), _sized(kwargs)
        weights = {name: _sized(tensor) for name, tensor in module.state_dict().items()}
        return torch.func.functional_call(module, weights, args, kwargs)

    def call_function(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function; where one tensor is a size alone, so are the others."""
        if self._careful and (_has_size(args) or _has_size(kwargs)):
            told = (
                args[1:] if getattr(target, "__name__", "") == "onnx_expand" else ()
            )  # a shape is read, not computed with
            args, kwargs = (*_sized(args[: len(args) - len(told)]), *told), _sized(kwargs)
        return super().call_function(target, args, kwargs)

    def call_method(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a method, in the same way."""
        if self._careful and _has_size(args):
            args, kwargs = _sized(args), _sized(kwargs)
        return super().call_method(target, args, kwargs)


def _is_size(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.is_meta


def _has_size(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return any(map(_has_size, value))
    if isinstance(value, dict):
        return _has_size(tuple(value.values()))
    return _is_size(value)


def _sized(value: Any) -> Any:
    """Keep of tensors only their sizes and types."""
    if isinstance(value, torch.Tensor):
        return value.to("meta")
    if isinstance(value, list):  # fx has a kind of its own
        return list(map(_sized, value))
    if type(value) is tuple:
        return tuple(map(_sized, value))
    if isinstance(value, dict):
        return {key: _sized(item) for key, item in value.items()}
    return value


_QUESTIONS = frozenset({"size", "dim", "ndimension", "numel", "get_device", "is_floating_point"})
_FACTS = frozenset({"shape", "ndim", "dtype", "device", "is_cuda", "requires_grad"})


def asks_for_size(node: fx.Node) -> bool:
    """Say whether a node asks for a property of a tensor instead of calculating with it."""
    if node.op == "call_method":
        return node.target in _QUESTIONS
    if node.op != "call_function":
        return False
    if node.target is getattr:
        return node.args[1] in _FACTS
    name = getattr(node.target, "__name__", "")
    return str(node.target).startswith("aten.sym_") or name in ("onnx_shape", "onnx_later")


def _depending(graph: fx.Graph) -> set[fx.Node]:
    """Return the nodes whose values depend on what the inputs hold, and not just on their sizes."""
    found: set[fx.Node] = set()
    for node in graph.nodes:
        if node.op == "placeholder" or (not asks_for_size(node) and any(n in found for n in node.all_input_nodes)):
            found.add(node)
    return found


def _summary(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return Size(tuple(value.shape), value.dtype)
    if isinstance(value, (tuple, list)):
        return tuple(_summary(item) for item in value)
    if isinstance(value, dict):
        return {key: _summary(item) for key, item in value.items()}
    return value


@dataclass(frozen=True, slots=True)
class Flow:
    """A tensor that flows along a wire of the drawing.

    Attributes:
        wire: where it comes from.
        shape: of one sample; None where no axis is the batch.
        batch: which axis of the original's tensor is the batch; in the drawing it is always the first.
        index: whether it holds whole numbers.
    """

    wire: Wire
    shape: Shape | None
    batch: int = 0
    index: bool = False

    def axis(self, dim: int) -> int:
        """Turn torch's axis into one of the sample.

        Raises:
            UnmappedError: it is the batch.
        """
        known = self.known
        dim = dim + len(known) + 1 if dim < 0 else dim
        if dim == self.batch:
            raise UnmappedError(tr("it works across the samples of a batch"))
        return dim - (dim > self.batch)

    @property
    def known(self) -> Shape:
        """The shape of a sample.

        Raises:
            UnmappedError: no axis is the batch.
        """
        if self.shape is None:
            raise UnmappedError(tr("samples are mixed here: no axis is the batch"))
        return self.shape


@dataclass(frozen=True, slots=True)
class Held:
    """A tensor that depends on no input: a parameter, a buffer, or made of numbers.

    Attributes:
        tensor: its numbers.
        path: where the network keeps it; empty for what is computed.
        whole: where it is a part of a tensor that the network keeps, that tensor.
    """

    tensor: torch.Tensor
    path: str = ""
    whole: torch.Tensor | None = None


def flow_of(wire: Wire, first: Any, second: Any, one: Trial, two: Trial) -> Flow:
    """Return what is known of a tensor from what two runs gave.

    Args:
        wire: where the tensor comes from in the drawing.
        first: what is known of it from the run ``one``.
        second: the same of the run ``two``, which differs in the batch size and in lengths that are free.
        one: a run.
        two: another.
    """
    if not (isinstance(first, Size) and isinstance(second, Size)) or len(first.shape) != len(second.shape):
        return Flow(wire, None)
    index = not first.dtype.is_floating_point
    batch: int | None = None
    lengths: list[Dim] = []
    for axis, (a, b) in enumerate(zip(first.shape, second.shape, strict=True)):
        if batch is None and (a, b) == (one.batch, two.batch):
            batch = axis
        elif a == b:
            lengths.append(a)
        elif (a, b) == (one.free, two.free):
            lengths.append("T")
        else:
            return Flow(wire, None, index=index)
    return Flow(wire, None if batch is None else tuple(lengths), batch or 0, index)

"""What the nodes of a traced network call: one name for each operation, and which of them change their argument."""

from __future__ import annotations

from typing import Any

from torch import fx

_PYTHON = {
    "iadd": "add",
    "isub": "sub",
    "imul": "mul",
    "itruediv": "div",
    "truediv": "div",
    "true_divide": "div",
    "multiply": "mul",
    "divide": "div",
    "subtract": "sub",
    "negative": "neg",
    "concat": "cat",
    "concatenate": "cat",
    "batch_norm2d": "batch_norm",
    "bmm": "matmul",
    "mm": "matmul",
    "absolute": "abs",
    "clip": "clamp",
    "swapaxes": "transpose",
    "swapdims": "transpose",
}

_CHECKS = frozenset(
    {"_guards_fn", "_assert", "_assert_tensor_metadata", "_assert_scalar", "sym_constrain_range_for_size"}
)

_IN_PLACE = frozenset({"iadd", "isub", "imul", "itruediv"})


def function_name(target: Any) -> str:
    """Return the one name that torch's function, its method and its aten operation have in common."""
    if isinstance(target, str):
        name = target
    elif hasattr(target, "_schema"):  # aten.relu.default
        name = str(target).split(".")[1]
    else:
        name = getattr(target, "__name__", str(target))
    name = _PYTHON.get(name, name)
    return name.rstrip("_") if not name.startswith("_") else name


def is_check(node: fx.Node) -> bool:
    """Say whether a node was added by tracing to make sure of sizes; it computes nothing."""
    return function_name(node.target) in _CHECKS


def changes_argument(node: fx.Node) -> bool:
    """Say whether a node works in place: whoever uses its first argument from then on uses its result."""
    if node.op == "call_module":
        owner = node.graph.owning_module
        return owner is not None and getattr(owner.get_submodule(str(node.target)), "inplace", False) is True
    name = node.target if isinstance(node.target, str) else getattr(node.target, "__name__", "")
    is_call = node.op in ("call_method", "call_function")
    return name in _IN_PLACE or (is_call and _ends_in_place(name)) or node.kwargs.get("inplace") is True


def _ends_in_place(name: str) -> bool:
    return name.endswith("_") and not name.endswith("__")

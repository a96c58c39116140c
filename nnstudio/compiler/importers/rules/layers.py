"""Functions that torch.nn has a module for: the module is made with the call's arguments and read like any other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn

from nnstudio.compiler.importers.leaves import UnmappedError
from nnstudio.compiler.importers.values import Flow, Held
from nnstudio.compiler.importers.walk import Rule, Walk
from nnstudio.core.graph import Value
from nnstudio.core.words import tr

_BY_NAME: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "relu": ("ReLU", ("inplace",)),
    "relu6": ("ReLU6", ("inplace",)),
    "sigmoid": ("Sigmoid", ()),
    "tanh": ("Tanh", ()),
    "silu": ("SiLU", ("inplace",)),
    "mish": ("Mish", ("inplace",)),
    "hardswish": ("Hardswish", ("inplace",)),
    "hardsigmoid": ("Hardsigmoid", ("inplace",)),
    "selu": ("SELU", ("inplace",)),
    "elu": ("ELU", ("alpha", "inplace")),
    "celu": ("CELU", ("alpha", "inplace")),
    "leaky_relu": ("LeakyReLU", ("negative_slope", "inplace")),
    "gelu": ("GELU", ("approximate",)),
    "softplus": ("Softplus", ("beta", "threshold")),
    "softsign": ("Softsign", ()),
    "logsigmoid": ("LogSigmoid", ()),
    "hardtanh": ("Hardtanh", ("min_val", "max_val", "inplace")),
    "glu": ("GLU", ("dim",)),
    "max_pool1d": ("MaxPool1d", ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")),
    "max_pool2d": ("MaxPool2d", ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")),
    "max_pool3d": ("MaxPool3d", ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")),
    "avg_pool1d": ("AvgPool1d", ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")),
    "avg_pool2d": (
        "AvgPool2d",
        ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"),
    ),
    "avg_pool3d": (
        "AvgPool3d",
        ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"),
    ),
    "adaptive_avg_pool1d": ("AdaptiveAvgPool1d", ("output_size",)),
    "adaptive_avg_pool2d": ("AdaptiveAvgPool2d", ("output_size",)),
    "adaptive_avg_pool3d": ("AdaptiveAvgPool3d", ("output_size",)),
    "adaptive_max_pool1d": ("AdaptiveMaxPool1d", ("output_size", "return_indices")),
    "adaptive_max_pool2d": ("AdaptiveMaxPool2d", ("output_size", "return_indices")),
    "pixel_shuffle": ("PixelShuffle", ("upscale_factor",)),
    "local_response_norm": ("LocalResponseNorm", ("size", "alpha", "beta", "k")),
    "unfold": ("Unfold", ("kernel_size", "dilation", "padding", "stride")),
}
"""Functions without weights, the module of the same effect, and the names of the arguments after the first."""

_POOLS_WITH_INDICES = frozenset({"MaxPool1d", "MaxPool2d", "MaxPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d"})


def _by_module(kind: str, names: tuple[str, ...]) -> Rule:
    def rule(walk: Walk, x: Flow, *args: Any, **kwargs: Any) -> Flow:
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        if len(args) > len(names):
            raise TypeError(f"{kind}: {len(args)} arguments")
        if given.pop("return_indices", False):
            raise UnmappedError(tr("it also gives the places of the largest numbers"))
        if given.get("stride", 0) in ([], ()):
            del given["stride"]
        given.pop("inplace", None)
        if kind == "GLU":
            return _over_axis(walk, kind, x, given.get("dim", -1))
        module: nn.Module = getattr(nn, kind)(**given)
        return walk.read(module, [x])

    return rule


def dropout(walk: Walk, x: Flow, p: float = 0.5, train: bool = True, inplace: bool = False, **kwargs: Any) -> Flow:
    """F.dropout: a Dropout layer, which leaves out only while training."""
    return walk.one("Dropout", [x], {"p": p}, anywhere=True)


def dropout2d(walk: Walk, x: Flow, p: float = 0.5, training: bool = True, inplace: bool = False) -> Flow:
    """F.dropout2d."""
    return walk.one("Dropout2d", [x], {"p": p})


def _tensor(value: Any) -> torch.Tensor | None:
    """Return a weight, or None where there is none.

    Raises:
        UnmappedError: it comes out of the network itself.
    """
    if value is None:
        return None
    if not isinstance(value, Held):
        raise UnmappedError(tr("its weights are computed by the network"))
    return value.tensor


def _weights(**given: torch.Tensor | None) -> dict[str, torch.Tensor]:
    return {name: tensor for name, tensor in given.items() if tensor is not None}


def _with_device(make: Callable[..., nn.Module], *args: Any, **kwargs: Any) -> nn.Module:
    """Make a module that holds no numbers: only its settings are read."""
    return make(*args, **kwargs, device="meta")


def linear(walk: Walk, x: Flow, weight: Any, bias: Any = None) -> Flow:
    """F.linear with weights that the network holds."""
    w, b = _tensor(weight), _tensor(bias)
    if w is None or w.dim() != 2:
        raise UnmappedError(tr("its weights are computed by the network"))
    module = _with_device(nn.Linear, w.shape[1], w.shape[0], bias=b is not None)
    return walk.read(module, [x], _weights(weight=w, bias=b))


def _convolution(kind: str, rank: int) -> Rule:
    def rule(
        walk: Walk,
        x: Flow,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> Flow:
        w, b = _tensor(weight), _tensor(bias)
        assert w is not None
        module = _with_device(
            getattr(nn, kind),
            w.shape[1] * groups,
            w.shape[0],
            tuple(w.shape[2:]),
            stride=_all(stride, rank),
            padding=padding if isinstance(padding, str) else _all(padding, rank),
            dilation=_all(dilation, rank),
            groups=groups,
            bias=b is not None,
        )
        return walk.read(module, [x], _weights(weight=w, bias=b))

    return rule


def _transposed(kind: str, rank: int) -> Rule:
    def rule(
        walk: Walk,
        x: Flow,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        dilation: Any = 1,
    ) -> Flow:
        w, b = _tensor(weight), _tensor(bias)
        assert w is not None
        module = _with_device(
            getattr(nn, kind),
            w.shape[0],
            w.shape[1] * groups,
            tuple(w.shape[2:]),
            stride=_all(stride, rank),
            padding=_all(padding, rank),
            output_padding=_all(output_padding, rank),
            groups=groups,
            dilation=_all(dilation, rank),
            bias=b is not None,
        )
        return walk.read(module, [x], _weights(weight=w, bias=b))

    return rule


def _all(value: Any, rank: int) -> Any:
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    return values if len(values) == rank else values * rank


def batch_norm(
    walk: Walk,
    x: Flow,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
    cudnn_enabled: bool = True,
) -> Flow:
    """F.batch_norm with running means; the rank follows from the input."""
    mean, var, w, b = map(_tensor, (running_mean, running_var, weight, bias))
    if mean is None or var is None or training:
        raise UnmappedError(tr("it keeps no running means"))
    kind = {1: "BatchNorm1d", 2: "BatchNorm1d", 3: "BatchNorm2d", 4: "BatchNorm3d"}.get(len(x.known), "BatchNorm")
    module = _with_device(getattr(nn, kind), mean.shape[0], eps=eps, momentum=momentum, affine=w is not None)
    steps = torch.tensor(0)
    weights = _weights(weight=w, bias=b, running_mean=mean, running_var=var, num_batches_tracked=steps)
    return walk.read(module, [x], weights)


def layer_norm(
    walk: Walk, x: Flow, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5, *_: Any
) -> Flow:
    """F.layer_norm."""
    w, b = _tensor(weight), _tensor(bias)
    module = _with_device(
        nn.LayerNorm, tuple(normalized_shape), eps=eps, elementwise_affine=w is not None, bias=b is not None
    )
    return walk.read(module, [x], _weights(weight=w, bias=b))


def group_norm(
    walk: Walk, x: Flow, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5, *_: Any
) -> Flow:
    """F.group_norm."""
    w, b = _tensor(weight), _tensor(bias)
    channels = x.known[0]
    module = _with_device(nn.GroupNorm, num_groups, channels, eps=eps, affine=w is not None)
    return walk.read(module, [x], _weights(weight=w, bias=b))


def embedding(walk: Walk, first: Any, second: Any, padding_idx: Any = None, *_: Any, **more: Any) -> Flow:
    """F.embedding, and that of aten, which takes the table first."""
    x, table = (first, second) if isinstance(first, Flow) else (second, first)
    if not isinstance(x, Flow) or more.get("max_norm") is not None:
        raise UnmappedError(tr("its weights are computed by the network"))
    w = _tensor(table)
    assert w is not None
    return walk.read(_with_device(nn.Embedding, *w.shape), [x], _weights(weight=w))


def prelu(walk: Walk, x: Flow, weight: Any) -> Flow:
    """F.prelu."""
    w = _tensor(weight)
    assert w is not None
    return walk.read(_with_device(nn.PReLU, w.numel()), [x], _weights(weight=w))


def global_pool(walk: Walk, x: Flow) -> Flow:
    """ONNX's average over every map, whatever its rank."""
    kind = f"AdaptiveAvgPool{len(x.known) - 1}d"
    if len(x.known) not in (2, 3, 4):
        raise UnmappedError(tr("there is no layer for {kind}", kind=kind))
    return walk.read(getattr(nn, kind)(1), [x])


def softmax(walk: Walk, x: Flow, dim: int | None = None, *_: Any, **__: Any) -> Flow:
    """F.softmax and torch.softmax over one axis."""
    return _over_axis(walk, "Softmax", x, dim)


def log_softmax(walk: Walk, x: Flow, dim: int | None = None, *_: Any, **__: Any) -> Flow:
    """F.log_softmax and torch.log_softmax over one axis."""
    return _over_axis(walk, "LogSoftmax", x, dim)


def _over_axis(walk: Walk, kind: str, x: Flow, dim: int | None) -> Flow:
    if dim is None:
        raise UnmappedError(tr("it does not say along which axis"))
    return walk.one(kind, [x], feature_params(x.axis(dim), len(x.known)), anywhere=True)


def feature_params(axis: int, rank: int) -> dict[str, Value]:
    """Return the settings with which Softmax and its like work over an axis of the sample."""
    usual = 0 if rank >= 3 else rank - 1
    return {} if axis == usual else {"axis": axis - rank}


def interpolate(
    walk: Walk,
    x: Flow,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: Any = None,
    **more: Any,
) -> Flow:
    """F.interpolate, as torch.nn.Upsample."""
    module = nn.Upsample(size=size, scale_factor=scale_factor, mode=mode, align_corners=align_corners)
    return walk.read(module, [x])


def pad(walk: Walk, x: Flow, pad: Any, mode: str = "constant", value: Any = 0) -> Flow:
    """F.pad with zeros around an image."""
    if mode != "constant" or value not in (0, None, 0.0) or len(pad) != 4 or len(x.known) != 3:
        raise UnmappedError(tr("there is no layer for {kind}", kind=f"pad {tuple(pad)} {mode}"))
    return walk.read(nn.ZeroPad2d(tuple(pad)), [x])


def softmax_module(walk: Walk, module: nn.Module, x: Flow) -> Flow:
    """nn.Softmax and nn.LogSoftmax, whose axis counts the batch."""
    return _over_axis(walk, type(module).__name__, x, getattr(module, "dim", None))


def glu_module(walk: Walk, module: nn.Module, x: Flow) -> Flow:
    """nn.GLU, whose axis counts the batch."""
    return _over_axis(walk, "GLU", x, getattr(module, "dim", -1))


def identity(walk: Walk, module: nn.Module, x: Any) -> Any:
    """nn.Identity: nothing."""
    return x


FUNCTIONS: Mapping[str, Rule] = {
    **{name: _by_module(kind, names) for name, (kind, names) in _BY_NAME.items()},
    "dropout": dropout,
    "dropout2d": dropout2d,
    "feature_dropout": dropout2d,
    "linear": linear,
    **{f"conv{rank}d": _convolution(f"Conv{rank}d", rank) for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": _transposed(f"ConvTranspose{rank}d", rank) for rank in (1, 2, 3)},
    "batch_norm": batch_norm,
    "layer_norm": layer_norm,
    "group_norm": group_norm,
    "embedding": embedding,
    "prelu": prelu,
    "onnx_global_pool": global_pool,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "interpolate": interpolate,
    "pad": pad,
}

MODULES: Mapping[str, Rule] = {
    "Softmax": softmax_module,
    "LogSoftmax": softmax_module,
    "GLU": glu_module,
    "Identity": identity,
}

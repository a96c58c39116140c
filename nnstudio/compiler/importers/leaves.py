"""A module of torch.nn as a layer: which kind it is, and its settings read from its attributes by torch's names.

Nothing is left to chance: an argument of the constructor that our kind has no setting for, and that is not at torch's
default, keeps the module from being mapped.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import torch
from torch import nn

from nnstudio.core.graph import Value
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog
from nnstudio.layers.own import own_source
from nnstudio.layers.parameters import Parameter
from nnstudio.layers.spec import LayerSpec

_MISSING = object()

_PLACES: Mapping[str, Mapping[str, str]] = {
    "TransformerEncoderLayer": {
        "nhead": "self_attn.num_heads",
        "dim_feedforward": "linear1.out_features",
        "dropout": "dropout.p",
        "layer_norm_eps": "norm1.eps",
        "bias": "linear1.bias",
    },
    "MultiheadAttention": {"bias": "in_proj_bias", "add_bias_kv": "bias_k"},
}
_PLACES = {**_PLACES, "TransformerDecoderLayer": _PLACES["TransformerEncoderLayer"]}
"""Where a setting is found that is no attribute of the module itself."""

_FOLLOWS = frozenset({"device", "dtype", "inplace", "batch_first", "generator", "padding_idx", "kdim", "vdim"})
"""Arguments that change no output, or that are looked at elsewhere."""

_INDIFFERENT = {
    "Embedding": {"scale_grad_by_freq", "sparse", "_weight", "_freeze"},
    "Upsample": {"recompute_scale_factor"},
}


KINDS: Mapping[str, str] = {
    "FlexLSTM": "LSTM",
    "FlexGRU": "GRU",
    "FlexRNN": "RNN",
    "CausalAttention": "MultiheadAttention",
    "CausalEncoderLayer": "TransformerEncoderLayer",
    "CausalDecoderLayer": "TransformerDecoderLayer",
}
"""Classes of our own that are called otherwise than the layer."""


class UnmappedError(ValueError):
    """No layer computes this; the message says why, in the reader's language."""


@dataclass(frozen=True)
class Layer:
    """A layer as the drawing will have it; ``weights`` are its module's state_dict."""

    kind: str
    params: dict[str, Value]
    weights: Mapping[str, torch.Tensor] = field(default_factory=dict)
    note: str = ""


def is_own(module: nn.Module) -> bool:
    """Say whether a module is one of our own classes, or the very text of one in exported code."""
    class_: Any = type(module)
    return _own_text(class_)


@cache
def _own_text(class_: type[Any]) -> bool:
    if class_.__module__.startswith("nnstudio.layers.modules."):
        return True
    try:
        printed = own_source(class_.__name__).text
        return inspect.getsource(class_).strip() in printed
    except (KeyError, OSError, TypeError):
        return False


def read_leaf(module: nn.Module) -> Layer:
    """Say which layer a module is.

    Raises:
        UnmappedError: no layer computes what it does.
    """
    kind = KINDS.get(type(module).__name__, type(module).__name__)
    spec = catalog().get(kind)
    if spec is None or not (type(module).__module__.startswith("torch.nn.") or is_own(module)):
        raise UnmappedError(tr("there is no layer for {kind}", kind=kind))
    params = read_params(module, spec)
    weights = module.state_dict()
    trained = list(module.parameters())
    if spec.weights and trained and not any(weight.requires_grad for weight in trained):
        params["frozen"] = True
    return Layer(kind, params, weights)


def read_params(module: nn.Module, spec: LayerSpec) -> dict[str, Value]:
    """Read the settings of a module that differ from our defaults.

    Raises:
        UnmappedError: a setting has a value that ours cannot have, or one that we do not know is not torch's default.
    """
    params: dict[str, Value] = {}
    for name, parameter in spec.parameters_by_name.items():
        if name in ("start", "start_scale", "frozen"):
            continue
        found = _plain(_find(module, spec.kind, name), parameter)
        if found is _MISSING or (found is None and not parameter.default):
            continue
        try:
            checked = parameter.check(found)
        except ValueError as error:
            raise UnmappedError(str(error)) from error
        if checked != parameter.check(parameter.default):
            params[name] = found
    _check_rest(module, spec)
    return params


def _find(module: nn.Module, kind: str, name: str) -> Any:
    found: Any = module
    for part in _PLACES.get(kind, {}).get(name, name).split("."):
        found = getattr(found, part, _MISSING)
        if found is None and name.startswith(("bias", "add_bias")):
            return False
    return found


def _plain(value: Any, parameter: Parameter) -> Any:
    """Turn an attribute into what a setting holds."""
    if isinstance(value, torch.Tensor):
        return True if isinstance(parameter.default, bool) else _MISSING
    if isinstance(value, nn.Dropout):
        return value.p
    if isinstance(value, nn.Module):
        return type(value).__name__.lower()
    if callable(value):
        return getattr(value, "__name__", str(value))
    if isinstance(value, (tuple, list)):
        values = tuple(value)
        if values and len(set(values)) == 1 and _refuses(parameter, values):
            return values[0]
        return values
    return value


def _refuses(parameter: Parameter, value: Any) -> bool:
    try:
        parameter.check(value)
    except ValueError:
        return True
    return False


def _check_rest(module: nn.Module, spec: LayerSpec) -> None:
    """Make sure that every argument we have no setting for is at torch's default."""
    for argument in inspect.signature(type(module).__init__).parameters.values():
        name = argument.name
        skip = name == "self" or name in _FOLLOWS or name in spec.parameters_by_name
        if skip or name in _INDIFFERENT.get(spec.kind, ()) or argument.default is argument.empty:
            continue
        found = getattr(module, name, _MISSING)
        if isinstance(found, torch.Tensor):
            found = True
        elif found is None and isinstance(argument.default, bool):
            found = False
        if found is not _MISSING and not _same(found, argument.default):
            raise UnmappedError(tr("the layer has no setting {name} (here {value})", name=name, value=repr(found)[:40]))


def _same(found: Any, default: Any) -> bool:
    if callable(found) and callable(default):
        return bool(getattr(found, "__name__", found) == getattr(default, "__name__", default))
    if isinstance(found, tuple) and not isinstance(default, tuple):
        return all(item == default for item in found)
    return bool(found == default)

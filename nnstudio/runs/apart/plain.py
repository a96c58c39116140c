"""Values as bytes between two processes of this program: numbers, text, tables, arrays and the program's own records.

Nothing that is read can be anything but data: a record is made only of a class of this program that is a frozen value.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from typing import Any, Final

import msgspec
import numpy as np

from nnstudio.core.words import Said

_OURS: Final = "nnstudio."


def encode(value: object) -> bytes:
    """Return a value as bytes.

    Raises:
        TypeError: it holds something that is no plain value.
    """
    return msgspec.msgpack.encode(_tree(value))


def decode(data: bytes) -> Any:
    """Return what `encode` was given; tables that cannot be changed come back as dictionaries.

    Raises:
        ValueError: these bytes are no value.
    """
    return _value(msgspec.msgpack.decode(data))


def _tree(value: object) -> object:
    """Return a tree in which every list begins with the letter of its kind."""
    if isinstance(value, Said):
        return ["w", "".join(value), json.dumps(value.how)]
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return value.item() if isinstance(value, np.generic) else value
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            raise TypeError("an array of objects is no plain value")
        return ["a", value.dtype.str, list(value.shape), value.tobytes()]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, msgspec.Struct):
        return ["r", _name(type(value)), {name: _tree(getattr(value, name)) for name in value.__struct_fields__}]
    if is_dataclass(value) and not isinstance(value, type):
        return ["r", _name(type(value)), {field.name: _tree(getattr(value, field.name)) for field in fields(value)}]
    if isinstance(value, Mapping):
        return ["m", *([_tree(key), _tree(item)] for key, item in value.items())]
    for letter, kind in (("l", list), ("t", tuple), ("s", Set)):
        if isinstance(value, kind):
            return [letter, *map(_tree, value)]
    raise TypeError(f"{type(value).__name__} is no plain value")


def _value(tree: Any) -> Any:
    if not isinstance(tree, list):
        return tree
    match tree:
        case ["a", str(kind), list(shape), bytes(data)]:
            return np.frombuffer(data, dtype=np.dtype(kind)).reshape(shape).copy()
        case ["w", str(text), str(how)]:
            return Said(text, json.loads(how))
        case ["r", str(name), dict(parts)]:
            return _class(name)(**{key: _value(part) for key, part in parts.items()})
        case ["m", *pairs]:
            return {_value(key): _value(item) for key, item in pairs}
        case ["l", *items]:
            return [_value(item) for item in items]
        case ["t", *items]:
            return tuple(_value(item) for item in items)
        case ["s", *items]:
            return frozenset(_value(item) for item in items)
        case _:
            raise ValueError("these bytes are no value")


def _name(kind: type) -> str:
    if not kind.__module__.startswith(_OURS):
        raise TypeError(f"{kind.__name__} is no record of this program")
    return f"{kind.__module__}:{kind.__name__}"


def _class(name: str) -> type[Any]:
    module, _, word = name.partition(":")
    if not module.startswith(_OURS):
        raise ValueError(f"{name} is no record of this program")
    kind = getattr(importlib.import_module(module), word, None)
    if not (isinstance(kind, type) and (issubclass(kind, msgspec.Struct) or is_dataclass(kind))):
        raise ValueError(f"{name} is no record of this program")
    return kind

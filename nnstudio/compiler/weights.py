"""Weights as safetensors, out and in: names are the keys of ``state_dict``, numbers stay bit for bit what they are.

A safetensors file is a table of tensors and nothing else; reading one runs no code.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nnstudio.core.words import tr

if TYPE_CHECKING:
    from torch import Tensor, nn

_TOLD: Final = 4
"""How many of the tensors that do not fit are named."""


class WeightsError(ValueError):
    """Weights that cannot be read, or that belong to another network; the message is one sentence."""


def write_weights(state: Mapping[str, Tensor], notes: Mapping[str, str]) -> bytes:
    """Return the bytes of a safetensors file; the same weights and notes give the same bytes.

    Args:
        state: tensors by the keys of ``state_dict``, on any device.
        notes: go into the file's metadata.
    """
    from safetensors.torch import save

    plain = {name: value.detach().cpu().contiguous() for name, value in state.items()}
    return _in_order(save(plain, {"format": "pt", **notes}))


def read_notes(path: Path) -> dict[str, str]:
    """Return the metadata of a safetensors file.

    Raises:
        WeightsError: it cannot be read.
    """
    with _opened(path) as file:
        return dict(file.metadata() or {})


def load_weights(module: nn.Module, path: Path) -> None:
    """Put the weights of a file into ``module``, all or none.

    Names, shapes and kinds of number must be just those of the module; nothing of the tensors is read before that is
    known.

    Raises:
        WeightsError: the file cannot be read or does not fit; says what differs.
    """
    import torch

    wanted = module.state_dict()
    with _opened(path) as file:
        names: list[str] = file.keys()
        given = {name: file.get_slice(name) for name in names}
        faults = [tr("{name} is missing", name=name) for name in wanted if name not in given]
        faults += [tr("{name} is not in the drawing", name=name) for name in given if name not in wanted]
        for name in wanted.keys() & given.keys():
            expected, got = tuple(wanted[name].shape), tuple(given[name].get_shape())
            if expected != got:
                faults.append(
                    tr("{name} has the shape {got}, expected {expected}", name=name, got=got, expected=expected)
                )
        if faults:
            more = len(faults) - _TOLD
            told = "; ".join(faults[:_TOLD]) + (f" (+{more})" if more > 0 else "")
            raise WeightsError(tr("{path} does not fit this drawing: {faults}.", path=path, faults=told))
        tensors = {name: file.get_tensor(name) for name in wanted}
    kinds = [name for name in wanted if tensors[name].dtype != wanted[name].dtype]
    if kinds:
        name = kinds[0]
        text = tr(
            "{path} does not fit this drawing: {name} holds {got}, expected {expected}.",
            path=path,
            name=name,
            got=tensors[name].dtype,
            expected=wanted[name].dtype,
        )
        raise WeightsError(text)
    with torch.no_grad():
        for name, value in wanted.items():
            value.copy_(tensors[name])


def _in_order(data: bytes) -> bytes:
    """Write the head of a file anew: the library puts the notes in another order each time."""
    size = int.from_bytes(data[:8], "little")
    head = json.loads(data[8 : 8 + size])
    head["__metadata__"] = dict(sorted(head["__metadata__"].items()))
    text = json.dumps(head, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return b"".join((len(text).to_bytes(8, "little"), text, memoryview(data)[8 + size :]))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    safetensors = importlib.import_module("safetensors")
    try:
        if not path.is_file():  # a pipe would wait for ever
            raise WeightsError(tr("{path} cannot be read as weights: there is no such file.", path=path))
        with safetensors.safe_open(path, framework="pt") as file:
            yield file
    except (OSError, safetensors.SafetensorError) as error:
        detail = str(error).strip() or type(error).__name__
        raise WeightsError(tr("{path} cannot be read as weights: {detail}.", path=path, detail=detail)) from error

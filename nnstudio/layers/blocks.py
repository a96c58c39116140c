"""The library of blocks: drawings that are ready to be used in other drawings."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from functools import cached_property

from nnstudio.core.graph import Block
from nnstudio.layers import library
from nnstudio.layers.library.parts import BlockSpec

__all__ = ["LIBRARY", "BlockSpec", "definitions"]

_FILES: Mapping[str, str] = {
    "ResidualBlock": "residual",
    "Bottleneck": "residual",
    "Inception": "inception",
    "SeparableConv": "mobile",
    "InvertedResidual": "mobile",
    "SqueezeExcitation": "mobile",
    "DenseLayer": "dense",
    "DenseBlock": "dense",
    "Transition": "dense",
    "EncoderBlock": "transformer",
    "DoubleConv": "unet",
    "UNetLevel": "unet",
}
"""Blocks in the order of the palette, and the file of ``library`` that each is in."""


class _Library(Mapping[str, BlockSpec]):
    """Loads a file when the first of its blocks is asked for."""

    def __getitem__(self, name: str) -> BlockSpec:
        file = _FILES[name]
        if file not in self._loaded:
            specs: tuple[BlockSpec, ...] = importlib.import_module(f"{library.__name__}.{file}").SPECS
            self._loaded[file] = {spec.block.name: spec for spec in specs}
        return self._loaded[file][name]

    def __iter__(self) -> Iterator[str]:
        return iter(_FILES)

    def __len__(self) -> int:
        return len(_FILES)

    def __contains__(self, name: object) -> bool:
        return name in _FILES

    @cached_property
    def _loaded(self) -> dict[str, dict[str, BlockSpec]]:
        return {}


LIBRARY: Mapping[str, BlockSpec] = _Library()
"""Blocks by name, in the order of the palette."""


def definitions(name: str) -> tuple[Block, ...]:
    """Return a block of the library and those that lie in it, in the order in which they are met.

    Raises:
        KeyError: the library has no block of that name.
    """
    found: dict[str, Block] = {}
    waiting = [name]
    while waiting:
        block = LIBRARY[waiting.pop()].block
        found[block.name] = block
        waiting += [inner for inner in block.uses if inner not in found]
    return tuple(found.values())

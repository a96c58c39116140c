"""The catalogue: every kind of layer by name, from the files in ``kinds/``."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar, overload

from nnstudio.layers import kinds
from nnstudio.layers.spec import FAMILIES, LayerSpec

T = TypeVar("T")


@cache
def catalog() -> Mapping[str, LayerSpec]:
    """Return every kind, in the order of the palette: by family, then by the place it names there.

    A kind's file is loaded when the kind is first asked for, so that a drawing costs only the layers that are in it.
    """
    return _Catalog()


class _Catalog(Mapping[str, LayerSpec]):
    """Finds the file of a kind by its name: that of the kind in small letters, with underscores where one likes."""

    def __init__(self) -> None:
        # Listed by hand: pkgutil looks into every file's name for long, and the first window waits for this.
        files = Path(kinds.__path__[0]).glob("[!_]*.py")
        self._files = {file.stem.replace("_", ""): file.stem for file in files}
        self._loaded: dict[str, LayerSpec] = {}

    def __getitem__(self, kind: str) -> LayerSpec:
        spec = self.get(kind)
        if spec is None:
            raise KeyError(kind)
        return spec

    @overload
    def get(self, kind: str, default: None = None) -> LayerSpec | None: ...
    @overload
    def get(self, kind: str, default: LayerSpec | T) -> LayerSpec | T: ...
    def get(self, kind: str, default: object = None) -> object:
        """Return the kind of this name, or ``default``; asked for each layer at every edit, so one look-up must do."""
        known = self._loaded.get(kind)
        if known is not None:
            return known
        file = self._files.get(kind.lower())
        if file is None or (spec := _load(file)).kind != kind:
            return default
        self._loaded[kind] = spec
        return spec

    def __iter__(self) -> Iterator[str]:
        return iter(self._order)

    def __len__(self) -> int:
        return len(self._files)

    @cached_property
    def _order(self) -> tuple[str, ...]:
        families = tuple(FAMILIES)
        specs = sorted(
            (_load(file) for file in self._files.values()),
            key=lambda spec: (families.index(spec.family), spec.place, spec.kind),
        )
        return tuple(spec.kind for spec in specs)


def _load(file: str) -> LayerSpec:
    """Load a file of ``kinds/``.

    Raises:
        ValueError: its name does not follow from that of its kind.
    """
    spec: LayerSpec = importlib.import_module(f"{kinds.__name__}.{file}").SPEC
    if spec.kind.lower() != file.replace("_", ""):
        raise ValueError(f"the file {file}.py defines {spec.kind!r}; its name is expected to be the kind's")
    return spec

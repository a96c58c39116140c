"""The catalogue: every kind of layer by name, gathered from the files in ``kinds/``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from nnstudio.layers import kinds
from nnstudio.layers.spec import FAMILIES, LayerSpec


@cache
def catalog() -> Mapping[str, LayerSpec]:
    """Return every kind, in the order of the palette: by family, then by the place it names there.

    Raises:
        ValueError: two files define the same kind, or one names a family that there is not.
    """
    found: dict[str, LayerSpec] = {}
    for module in pkgutil.iter_modules(kinds.__path__):
        spec: LayerSpec = importlib.import_module(f"{kinds.__name__}.{module.name}").SPEC
        if spec.kind in found:
            raise ValueError(f"two files define the layer kind {spec.kind!r}")
        found[spec.kind] = spec
    families = tuple(FAMILIES)
    ordered = sorted(found.values(), key=lambda spec: (families.index(spec.family), spec.place, spec.kind))
    return MappingProxyType({spec.kind: spec for spec in ordered})

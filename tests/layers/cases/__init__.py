"""What layers are tried with, one file per group of kinds.

A file defines ``WORKING`` (kind -> settings and inputs with which it works), and may define ``WRONG`` (what cannot
work, the words for it and its mends) and ``LINES`` (what cards say). ``tests/layers/test_kinds.py`` runs them all.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from tests.layers.strategies import BASIC, Line, Working, Wrong


def _gather(name: str) -> list[Any]:
    files = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return [getattr(file, name) for file in files if hasattr(file, name)]


WORKING: Working = {
    **BASIC,
    **{kind: cases for group in _gather("WORKING") for kind, cases in group.items()},
}
WRONG: list[Wrong] = [case for group in _gather("WRONG") for case in group]
LINES: list[Line] = [case for group in _gather("LINES") for case in group]

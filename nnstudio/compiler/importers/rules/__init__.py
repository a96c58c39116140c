"""Rules: what torch's functions and modules mean as layers. One table for functions and methods, one for modules."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.compiler.importers.rules import arithmetic, axes, layers, sequences
from nnstudio.compiler.importers.walk import Rule

FUNCTIONS: Mapping[str, Rule] = {**arithmetic.FUNCTIONS, **axes.FUNCTIONS, **layers.FUNCTIONS, **sequences.FUNCTIONS}
MODULES: Mapping[str, Rule] = {**axes.MODULES, **layers.MODULES, **sequences.MODULES}

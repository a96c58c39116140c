"""The classes in ``modules/``: found by name, run by `link`, printed by `source`. torch is loaded only to run one."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from nnstudio.layers import modules


class OwnSource(msgspec.Struct, frozen=True):
    """A class as it goes into exported code.

    Attributes:
        imports: lines such as ``import math``, without those that all exported code has.
        text: the class with its helpers.
        names: what the text defines at its top level.
    """

    imports: tuple[str, ...]
    text: str
    names: tuple[str, ...]


def own_class(name: str) -> Any:
    """Return a class of ``modules/``; torch is loaded for it.

    Raises:
        KeyError: there is no such class.
    """
    return getattr(importlib.import_module(f"{modules.__name__}.{_files()[name.lower()]}"), name)


@cache
def own_source(name: str) -> OwnSource:
    """Read the text of a class of ``modules/``.

    Raises:
        KeyError: there is no such class.
    """
    folder = Path(next(iter(modules.__path__)))
    text = (folder / f"{_files()[name.lower()]}.py").read_text("utf-8")
    lines = text.splitlines()
    imports: list[str] = []
    kept: list[str] = []
    names: list[str] = []
    for statement in ast.parse(text).body[1:]:  # behind the docstring
        decorators = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
        written = "\n".join(lines[first - 1 : statement.end_lineno])
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            if written not in ("from __future__ import annotations", "import torch", "from torch import nn"):
                imports.append(written)
            continue
        kept.append(written)
        if isinstance(statement, (ast.ClassDef, ast.FunctionDef)):
            names.append(statement.name)
        elif isinstance(statement, ast.Assign):
            names += [target.id for target in statement.targets if isinstance(target, ast.Name)]
    return OwnSource(tuple(imports), "\n\n\n".join(kept) + "\n", tuple(names))


@cache
def _files() -> dict[str, str]:
    return {module.name.replace("_", ""): module.name for module in pkgutil.iter_modules(modules.__path__)}

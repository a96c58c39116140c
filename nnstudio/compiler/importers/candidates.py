"""Which networks a .py may hold, found by reading its text; nothing of it runs."""

from __future__ import annotations

import ast
from pathlib import Path

from nnstudio.compiler.importers.report import BadImportError
from nnstudio.core.system import reason
from nnstudio.core.words import tr

MAX_BYTES = 4 * 2**20
"""Bytes of a Python file."""


def candidates(path: Path) -> tuple[str, ...]:
    """Return the names at a file's top level that may be networks: classes of modules, and variables made of them.

    Raises:
        BadImportError: it cannot be read, or is no Python.
    """
    try:
        if not path.is_file():
            raise BadImportError(tr("{path} cannot be opened: there is no such file.", path=path))
        if path.stat().st_size > MAX_BYTES:
            raise BadImportError(tr("{file} is too large for a Python file.", file=path.name))
        tree = ast.parse(path.read_bytes())
    except OSError as error:
        raise BadImportError(tr("{path} cannot be opened: {detail}.", path=path, detail=reason(error))) from error
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        raise BadImportError(
            tr("{file} is no Python: line {line} cannot be read.", file=path.name, line=line)
        ) from error
    return _networks(tree)


def _networks(tree: ast.Module) -> tuple[str, ...]:
    bases = {"Module"}
    parts: set[str] = set()
    classes: dict[str, ast.ClassDef] = {}
    variables: list[str] = []
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef) and any(_last(base) in bases for base in statement.bases):
            bases.add(statement.name)
            classes[statement.name] = statement
        elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            called = _last(statement.value.func)
            if called in bases or called == "Sequential":
                variables += [target.id for target in statement.targets if isinstance(target, ast.Name)]
    for class_ in classes.values():
        used = {node.id for node in ast.walk(class_) if isinstance(node, ast.Name)}
        parts |= (used & classes.keys()) - {class_.name}
    whole = [name for name, class_ in classes.items() if name not in parts and not _needs_arguments(class_)]
    return (*whole, *variables)


def _last(expression: ast.expr) -> str:
    return expression.attr if isinstance(expression, ast.Attribute) else getattr(expression, "id", "")


def _needs_arguments(class_: ast.ClassDef) -> bool:
    for member in class_.body:
        if isinstance(member, ast.FunctionDef) and member.name == "__init__":
            given = member.args
            required = len(given.posonlyargs) + len(given.args) - len(given.defaults) - 1
            return required > 0 or any(default is None for default in given.kw_defaults)
    return False

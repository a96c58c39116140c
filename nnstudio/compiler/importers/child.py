"""The process in which files that come in are read; its words are FILE NAME SHAPES FOLDER LANGUAGE.

A .py is run, and the network in it found. The drawing is left as data in a folder. `process` starts this and ends it.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from nnstudio.compiler.importers.candidates import candidates
from nnstudio.compiler.importers.parcel import pack, pack_fault
from nnstudio.compiler.importers.report import BadImportError, Imported
from nnstudio.compiler.memory import total_memory
from nnstudio.core.words import set_language, tr

if TYPE_CHECKING:
    from torch import nn

_SHARE = 0.75
"""How much of the memory that there is the process may take."""


def main(words: Sequence[str]) -> int:
    """Draw one network; return 0 even where it failed, because that is told in the folder."""
    file, name, shapes, folder, language = words
    set_language(language)
    _limit_memory()
    try:
        pack(_draw(Path(file), name, [tuple(shape) for shape in json.loads(shapes)]), Path(folder))
    except BadImportError as error:
        pack_fault(str(error), Path(folder))
    except MemoryError:
        pack_fault(tr("There is not enough memory to read this network."), Path(folder))
    except SystemExit:
        pack_fault(tr("{file} ended the program while it was read.", file=Path(file).name), Path(folder))
    except Exception as error:  # whatever a file can bring about; it is told, not hidden
        detail = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        pack_fault(tr("{file} cannot be imported: {detail}.", file=Path(file).name, detail=detail), Path(folder))
    return 0


def _draw(path: Path, name: str, shapes: Sequence[tuple[int | str, ...]]) -> Imported:
    if path.suffix.lower() == ".onnx":
        from nnstudio.compiler.importers.onnx.reader import read_model

        model = read_model(path)  # before torch is loaded, which takes longer than to refuse a bad file
        from nnstudio.compiler.importers.onnx.network import draw_model

        return draw_model(model, path, shapes)
    network, title = load_network(path, name)
    from nnstudio.compiler.importers.module import import_module

    return import_module(network, shapes, name=title, origin=f"{path.name}:{title}")


def load_network(path: Path, name: str) -> tuple[nn.Module, str]:
    """Run a file and return the network in it, and what it is called there.

    Args:
        path: the file.
        name: a module, a class of modules that needs no arguments, or a function that gives a module; empty where the
            file holds just one.

    Raises:
        BadImportError: the file fails, or holds no such network.
    """
    import torch  # before the file's folder is looked at, where another torch.py may lie

    found = candidates(path)
    if not name:
        if len(found) != 1:
            known = ", ".join(found) or tr("none")
            raise BadImportError(
                tr("Which network in {file}? Say its name; there is: {names}.", file=path.name, names=known)
            )
        name = found[0]
    module = _run(path)
    thing: Any = module
    for part in name.split("."):
        if not hasattr(thing, part):
            known = ", ".join(found) or tr("none")
            raise BadImportError(tr("{file} has no {name}; there is: {names}.", file=path.name, name=name, names=known))
        thing = getattr(thing, part)
    if not isinstance(thing, torch.nn.Module):
        if not callable(thing):
            raise BadImportError(tr("{name} in {file} is no network.", name=name, file=path.name))
        try:
            thing = thing()
        except MemoryError:
            raise
        except Exception as error:  # the file's own, whatever it is
            raise BadImportError(_told(path, error)) from error
    if not isinstance(thing, torch.nn.Module):
        raise BadImportError(tr("{name} in {file} is no network.", name=name, file=path.name))
    return thing, name


def _run(path: Path) -> ModuleType:
    sys.path.append(str(path.parent))
    spec = importlib.util.spec_from_file_location("imported_network", path)
    if spec is None or spec.loader is None:
        raise BadImportError(tr("{file} is no Python file.", file=path.name))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # so that inspect finds the text of its classes
    try:
        spec.loader.exec_module(module)
    except MemoryError:
        raise
    except Exception as error:  # the file's own, whatever it is
        raise BadImportError(_told(path, error)) from error
    return module


def _told(path: Path, error: Exception) -> str:
    """Say in one line what the file's code raised, and where in it."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == path]
    detail = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    if isinstance(error, SyntaxError):
        lines = [error.lineno]
    if not lines or lines[-1] is None:
        return tr("{file} cannot be run: {detail}.", file=path.name, detail=detail)
    return tr("{file} cannot be run: {detail} (line {line}).", file=path.name, detail=detail, line=lines[-1])


def _limit_memory() -> None:
    """Let a file that wants all memory fail here instead of slowing the machine down."""
    try:
        import resource

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        most = int(total_memory() * _SHARE)
        resource.setrlimit(resource.RLIMIT_DATA, (most if hard < 0 else min(most, hard), hard))
    except (ImportError, ValueError, OSError):  # not every system counts so
        return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""NN Studio: draw a neural network, and the drawing is the program.

The names below are the headless door, described in `nnstudio.api`; each is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnstudio.api import BlockBuilder as BlockBuilder
    from nnstudio.api import Builder as Builder
    from nnstudio.api import Compiled as Compiled
    from nnstudio.api import CompileError as CompileError
    from nnstudio.api import FileError as FileError
    from nnstudio.api import Handle as Handle
    from nnstudio.api import Problem as Problem
    from nnstudio.api import Project as Project
    from nnstudio.api import compile as compile
    from nnstudio.api import load as load

__version__ = "0.1.0"

_DOOR = frozenset(
    "BlockBuilder Builder CompileError Compiled FileError Handle Problem Project compile load".split()  # noqa: SIM905
)

if not TYPE_CHECKING:  # a type checker would take every name for one of the door's

    def __getattr__(name: str) -> object:
        if name in _DOOR:
            return getattr(import_module("nnstudio.api"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_DOOR})

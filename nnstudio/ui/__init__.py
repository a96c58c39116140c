"""The window: the only room that knows Qt."""

import builtins

import PySide6.QtCore  # noqa: F401  # before the line below, which mends what this sets up


def _import_as_before() -> None:
    """Take PySide6's own way of importing out again.

    It looks at every module that is imported for its own name, to serve ``from __feature__ import``, which nobody here
    uses: first by reading the module's source, then by ten times the work of Python's own ``import`` whenever a
    function imports what is long there. A PySide6 that does without has nothing to mend.
    """
    usual = getattr(builtins, "__orig_import__", None)
    if usual is not None:
        builtins.__import__ = usual


_import_as_before()

"""The window: the only room that knows Qt."""

import sys

import PySide6.QtCore  # noqa: F401  # before the line below, which mends what this sets up


def _skip_source_reading() -> None:
    """Keep PySide6 from reading the source of every module that is imported after it.

    It looks there for its own name, to serve ``from __feature__ import``, which nobody here uses. That takes a tenth
    of a millisecond a module: a tenth of the time to the first window, and a fifth of torch's import, with the
    interpreter lock held. A PySide6 that does without the question has nothing to mend.
    """
    feature = sys.modules.get("shibokensupport.feature")
    if feature is not None and hasattr(feature, "_mod_uses_pyside"):
        setattr(feature, "_mod_uses_pyside", lambda module: False)  # noqa: B010  # no checker knows the name


_skip_source_reading()

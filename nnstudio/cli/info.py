"""``--version``, ``--info`` and ``--reset``."""

from __future__ import annotations

import platform
import sys
from importlib import metadata

from nnstudio import __version__
from nnstudio.core.resources import resources_folder
from nnstudio.core.words import tr
from nnstudio.project.places import state_folder
from nnstudio.project.preferences import reset_preferences

_PACKAGES = ("torch", "PySide6-Essentials", "numpy", "pyqtgraph", "msgspec", "safetensors", "ziamath")


def print_version() -> int:
    """Print the program's name and version."""
    print(f"NN Studio {__version__}")
    return 0


def print_info() -> int:
    """Print what a report of a bug should contain."""
    print_version()
    print(f"Python {platform.python_version()}, {platform.platform()}")
    for package in _PACKAGES:
        try:
            print(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            print(f"{package}: {tr('not installed')}")
    print(tr("Data files: {path}", path=resources_folder()))
    print(tr("Preferences and recovery copies: {path}", path=state_folder()))
    print(tr("Interpreter: {path}", path=sys.executable))
    return 0


def reset() -> int:
    """Forget the person's choices."""
    reset_preferences()
    print(tr("Language, theme, recent files and the window's layout are as in the beginning."))
    return 0

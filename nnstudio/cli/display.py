"""Whether a window can be shown here, and what to say when it cannot."""

from __future__ import annotations

import os
import sys

from nnstudio.core.words import tr


def has_display() -> bool:
    """Say whether there is a screen, or a Qt platform was chosen by hand."""
    if os.environ.get("QT_QPA_PLATFORM") or not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def go_offscreen() -> None:
    """Let Qt paint into memory from now on, unless a platform was chosen by hand."""
    os.environ["QT_QPA_PLATFORM"] = os.environ.get("QT_QPA_PLATFORM") or "offscreen"


def no_display_text() -> str:
    """Say how to get a window."""
    return tr(
        "There is no display here. Start it on a desktop, log in with “ssh -X”, or run “xvfb-run nnstudio”; "
        "“nnstudio demo”, check, train, export and screenshot work without one."
    )


def missing_library_text(error: ImportError) -> str:
    """Say which library of the system Qt misses."""
    return tr(
        "The window cannot start: {error}. Install the missing system library; "
        "“python3 scripts/start.py window” does so on Debian and Ubuntu.",
        error=error,
    )

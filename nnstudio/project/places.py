"""Folders of the person's own that the program keeps things in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

STATE_VARIABLE = "NNSTUDIO_STATE"
"""Names the environment variable that moves the state folder elsewhere, as every test does."""


def state_folder() -> Path:
    """Return the folder for recovery copies and preferences: the platform's place for what should outlive a restart.

    It may not exist yet.
    """
    chosen = os.environ.get(STATE_VARIABLE)
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "NN Studio"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "NN Studio"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "nnstudio"

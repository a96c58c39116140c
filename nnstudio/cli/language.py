"""Which language the program speaks: as asked for, as chosen before, as the system does."""

from __future__ import annotations

import locale
import os

from nnstudio.core.words import LANGUAGES
from nnstudio.project.preferences import load_preferences


def choose_language(asked: str | None) -> str:
    """Return the code of the language to use.

    Args:
        asked: from the command line; goes before everything else.
    """
    chosen = asked or load_preferences().language
    return chosen if chosen in LANGUAGES else _system_language()


def _system_language() -> str:
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            return "zh_CN" if value.startswith("zh") else "en"
    return "zh_CN" if (locale.getlocale()[0] or "").startswith(("zh", "Chinese")) else "en"

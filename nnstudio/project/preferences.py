"""What the program remembers of a person from one start to the next. Nothing here is part of a project."""

from __future__ import annotations

from pathlib import Path

import msgspec

from nnstudio.core.system import reason
from nnstudio.core.words import tr
from nnstudio.project.errors import FileError
from nnstudio.project.places import state_folder
from nnstudio.project.store import write_atomically

NUM_RECENT = 10


class Preferences(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person's choices.

    Attributes:
        language: a key of `nnstudio.core.words.LANGUAGES`; empty follows the system.
        theme: ``light`` or ``dark``; empty follows the system.
        recent: paths of projects, the last one opened or saved first.
        apart: train in a process of its own.
        window: size and places of the window's parts, in the form the window itself writes.
    """

    language: str = ""
    theme: str = ""
    recent: tuple[str, ...] = ()
    apart: bool = False
    window: str = ""

    def with_recent(self, path: Path) -> Preferences:
        """Return these preferences with ``path`` as the project used last."""
        name = str(path.resolve())
        others = [known for known in self.recent if known != name]
        return msgspec.structs.replace(self, recent=(name, *others)[:NUM_RECENT])


def preferences_file() -> Path:
    """Return where the preferences are kept."""
    return state_folder() / "preferences.json"


def load_preferences() -> Preferences:
    """Return the preferences; where the file is missing or damaged, the ones a new person has."""
    try:
        return msgspec.json.decode(preferences_file().read_bytes(), type=Preferences)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError):
        return Preferences()


def save_preferences(preferences: Preferences) -> None:
    """Keep the preferences.

    Raises:
        FileError: they could not be written; the ones before are still there.
    """
    path = preferences_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        detail = reason(error)
        raise FileError(tr("{path} cannot be saved: {detail}.", path=path, detail=detail)) from error
    write_atomically(path, msgspec.json.encode(preferences))


def reset_preferences() -> None:
    """Forget every choice. Projects and recovery copies stay."""
    preferences_file().unlink(missing_ok=True)

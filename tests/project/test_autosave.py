"""Recovery copies: offered when their program is gone, kept until the drawing is safe."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnstudio.project.autosave import Autosave
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError

DRAWING = Project(name="unsaved")


def crash(original: Path | None) -> None:
    """Leave a copy behind, as a program that ends without a word does."""
    gone = Autosave()
    gone.write(DRAWING, original)
    gone.close()


def test_a_running_program_keeps_its_copy_to_itself(tmp_path: Path) -> None:
    mine, other = Autosave(), Autosave()
    mine.write(DRAWING, None)
    assert other.pending() == ()
    assert mine.pending() == ()
    mine.close()
    (found,) = other.pending()
    assert found.original is None


def test_a_killed_program_leaves_its_copy(tmp_path: Path) -> None:
    script = (
        "import os\n"
        "from pathlib import Path\n"
        "from nnstudio.project.autosave import Autosave\n"
        "from nnstudio.project.document import Project\n"
        f"Autosave().write(Project(name='unsaved'), Path({str(tmp_path / 'net.nns')!r}))\n"
        "os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 9
    (found,) = Autosave().pending()
    assert found.original == tmp_path / "net.nns"
    assert Autosave().restore(found) == DRAWING


def test_a_restored_copy_stays_until_the_drawing_is_saved() -> None:
    crash(None)
    autosave = Autosave()
    (found,) = autosave.pending()
    assert autosave.restore(found) == DRAWING
    assert found.file.exists()
    autosave.close()  # a second crash, before anything was saved
    again = Autosave()
    assert again.pending() == (found,)
    again.restore(found)
    own = again.write(DRAWING, None)
    again.discard()
    assert not found.file.exists()
    assert not own.exists()
    assert Autosave().pending() == ()
    assert list(own.parent.iterdir()) == []


def test_two_windows_do_not_restore_one_copy() -> None:
    crash(None)
    first, second = Autosave(), Autosave()
    (found,) = first.pending()
    first.restore(found)
    assert second.pending() == ()
    with pytest.raises(FileError, match="Another window"):
        second.restore(found)
    second.forget(found)
    assert found.file.exists()


def test_the_newest_copy_comes_first_and_can_be_refused() -> None:
    keepers = [Autosave(), Autosave()]
    files = [keeper.write(Project(name=name), None) for keeper, name in zip(keepers, "ab", strict=True)]
    for keeper in keepers:
        keeper.close()
    for file, seconds in zip(files, (1_000, 2_000), strict=True):
        os.utime(file, (seconds, seconds))
    autosave = Autosave()
    newest, oldest = autosave.pending()
    assert (newest.file, oldest.file) == (files[1], files[0])
    autosave.forget(newest)
    assert autosave.pending() == (oldest,)


def test_a_damaged_copy_says_so() -> None:
    crash(None)
    autosave = Autosave()
    (found,) = autosave.pending()
    found.file.write_bytes(b"\xff\xfe")
    (found,) = autosave.pending()
    with pytest.raises(FileError) as caught:
        autosave.restore(found)
    assert str(caught.value) == "The recovery copy cannot be opened: it is empty."


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NNSTUDIO_STATE", str(tmp_path / "file"))
    with pytest.raises(FileError, match="No recovery copy can be written"):
        Autosave().write(DRAWING, None)

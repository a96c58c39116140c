"""The person's own blocks: kept in files of their own, replaced with a backup, and never lost by a bad file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nnstudio.core.graph import Block, BlockParameter
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.project.personal import Kept, forget, keep, personal_folder, read_kept
from nnstudio.project.places import STATE_VARIABLE
from nnstudio.project.store import backups, save


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))
    return personal_folder()


def drawing() -> Project:
    b = Builder("nested")
    unit = b.block("Unit", width=4, rate=0.5, wide=True, mode="zeros")
    unit.output(unit.add("Linear", unit.input("x", shape=(8,)), out_features="=2*width"), name="y")
    tower = b.block("Tower", later={"channels": 3}, channels=6)
    tower.output(tower.add("Unit", tower.input("x", shape=(8,)), width="=channels"), name="y")
    return b.project()


def test_there_is_nothing_at_first(folder: Path) -> None:
    assert read_kept() == ({}, ())
    assert not folder.exists()


def test_a_block_comes_back_with_those_in_it() -> None:
    blocks = drawing().blocks_by_name
    assert keep("Tower", blocks) == Kept(blocks["Tower"], (blocks["Unit"],))
    keep("Unit", blocks)
    found, faults = read_kept()
    assert faults == ()
    assert list(found) == ["Tower", "Unit"]
    assert found["Tower"].definitions == (blocks["Tower"], blocks["Unit"])
    assert found["Unit"] == Kept(blocks["Unit"])


def test_a_block_of_one_name_replaces_the_one_before_and_leaves_a_backup(folder: Path) -> None:
    keep("Unit", drawing().blocks_by_name)
    newer = Block(name="Unit", parameters=(BlockParameter(name="depth", default=1),))
    keep("Unit", {"Unit": newer})
    assert read_kept()[0]["Unit"].block == newer
    (path,) = folder.glob("*.nns")
    assert len(backups(path)) == 1


def test_names_that_differ_in_capitals_are_two_files(folder: Path) -> None:
    for name in ("Stem", "STEM", "stem"):
        keep(name, {name: Block(name=name)})
    assert len({path.name.casefold() for path in folder.glob("*.nns")}) == 3
    assert set(read_kept()[0]) == {"Stem", "STEM", "stem"}


def test_a_forgotten_block_stays_as_a_backup(folder: Path) -> None:
    keep("Unit", drawing().blocks_by_name)
    forget("Unit")
    assert read_kept() == ({}, ())
    assert [path.suffix for path in folder.iterdir()] == [".bak1"]
    forget("Unit")  # once more, as when another window did it


def test_bad_files_are_told_and_left_alone(folder: Path) -> None:
    keep("Unit", drawing().blocks_by_name)
    (folder / "broken.nns").write_text("{", "utf-8")
    save(Project(name="no block"), folder / "empty.nns")
    (folder / "notes.txt").write_text("mine", "utf-8")
    found, faults = read_kept()
    assert list(found) == ["Unit"]
    assert len(faults) == 2
    assert "broken.nns cannot be opened: it ends in the middle" in faults[0]
    assert "empty.nns cannot be opened: it holds no block" in faults[1]
    assert (folder / "broken.nns").read_text("utf-8") == "{"


def test_a_full_disk_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = drawing().blocks_by_name
    keep("Unit", blocks)

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(FileError, match="the disk is full"):
            keep("Unit", {"Unit": Block(name="Unit")})
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        with pytest.raises(FileError, match="the disk is full"):
            forget("Unit")
    assert read_kept()[0]["Unit"].block == blocks["Unit"]


def test_a_folder_that_cannot_be_is_told(folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_text("in the way", "utf-8")
    with pytest.raises(FileError, match="cannot be saved"):
        keep("Unit", drawing().blocks_by_name)
    found, faults = read_kept()
    assert found == {}
    assert len(faults) == 1


def test_blocks_of_the_program_are_not_hidden_behind_own_ones() -> None:
    with pytest.raises(FileError, match="Bottleneck is a block of the program's library"):
        keep("Bottleneck", {"Bottleneck": Block(name="Bottleneck")})

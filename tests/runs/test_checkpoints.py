"""Runs on disk: they go on bit for bit, are found again, and nothing that is wrong with a file goes unsaid."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import torch
from torch import Tensor

from benchmarks.killed import survive
from nnstudio.core.graph import Value
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.runs import checkpoints
from nnstudio.runs.checkpoints import FILE, Keeper, key_of, peek, read
from nnstudio.training.control import Control, GoTo, SetRate
from nnstudio.training.course import Course
from nnstudio.training.events import EpochDone, Event, OrderRefused, RunEnded, StepDone
from nnstudio.training.recipe import recipe_of
from tests.training.tasks import moons, network, recipe

KEY = "k" * 64


def course(**settings: Value) -> Course:
    return Course(network(), moons(), recipe(epochs=6, **settings))


def weights(course: Course) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in course.module.state_dict().items()}


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


def work(
    run: Course, folder: Path, stop_at: int = -1, saved: checkpoints.Saved | None = None, rate: float | None = None
) -> list[Event]:
    """Work a run with a keeper; stop it after a step."""
    control = Control()
    events: list[Event] = []
    for event in Keeper(folder, Project(), KEY, saved).follow(run, control, run.run(control)):
        events.append(event)
        if isinstance(event, StepDone) and event.step == stop_at:
            if rate is not None:
                control.give(SetRate(rate))
            control.stop()
    return events


@pytest.mark.parametrize("step", [1, 3, 4, 9, 23])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "lbfgs"])
def test_a_stopped_run_goes_on_bit_for_bit(tmp_path: Path, optimizer: str, step: int) -> None:
    whole = course(optimizer=optimizer)
    told = [event for event in work(whole, tmp_path / "whole") if isinstance(event, (StepDone, EpochDone))]
    first = course(optimizer=optimizer)
    assert isinstance(work(first, tmp_path / "run", stop_at=step)[-1], RunEnded)
    torch.manual_seed(99)
    saved = read(tmp_path / "run", KEY)
    assert saved is not None
    assert (saved.head.status, saved.head.step, saved.head.num_steps) == ("stopped", step, 24)
    assert saved.rows[:, 0].tolist() == list(range(1, step + 1))
    second = course(optimizer=optimizer)
    second.go_on_from(saved.moment, saved.head.changes)
    events = work(second, tmp_path / "run", saved=saved)
    losses = [event.loss for event in events if isinstance(event, StepDone)]
    assert losses == [event.loss for event in told if isinstance(event, StepDone)][step:]
    assert same(weights(second), weights(whole))
    head = peek(tmp_path / "run")
    assert head is not None
    assert head.status == "finished"
    assert [done.validation_loss for done in head.epochs] == [
        event.validation_loss for event in told if isinstance(event, EpochDone)
    ]


def test_rows_are_those_of_the_way_that_was_gone(tmp_path: Path) -> None:
    run, control = course(), Control()
    losses: dict[int, float] = {}
    seen = 0
    for event in Keeper(tmp_path, Project(), KEY).follow(run, control, run.run(control)):
        if isinstance(event, StepDone):
            losses[event.step] = event.loss
            seen += 1
            if seen == 9:
                control.give(GoTo(3))
                control.give(SetRate(0.5))
            elif seen == 12:
                control.stop()
    saved = read(tmp_path, KEY)
    assert saved is not None
    assert saved.rows[:, 0].tolist() == [1, 2, 3, 4, 5, 6]
    assert saved.rows[:, 2].tolist() == [losses[step] for step in range(1, 7)]
    assert saved.rows[:, 4].tolist() == [0.01] * 3 + [0.5] * 3


def test_what_was_changed_on_the_way_stays(tmp_path: Path) -> None:
    first = course()
    work(first, tmp_path, stop_at=5, rate=0.5)
    saved = read(tmp_path, KEY)
    assert saved is not None
    assert [(change.step, change.order) for change in saved.head.changes] == [(5, SetRate(0.5))]
    second = course()
    second.go_on_from(saved.moment, saved.head.changes)
    assert second.rate == 0.5


def test_it_is_written_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "PERIOD", 0.0)
    monkeypatch.setattr(checkpoints, "SHARE", 1e9)
    run, control = course(), Control()
    for event in Keeper(tmp_path, Project(), KEY).follow(run, control, run.run(control)):
        if isinstance(event, StepDone):
            head = peek(tmp_path)
            assert head is not None
            assert (head.status, head.step) == ("running", event.step)


def test_a_pause_is_written_down(tmp_path: Path) -> None:
    run, control = course(), Control()
    events = Keeper(tmp_path, Project(), KEY).follow(run, control, run.run(control))
    next(events)
    assert peek(tmp_path) is None
    control.pause()
    control.step()
    assert isinstance(next(events), StepDone)
    head = peek(tmp_path)
    assert head is not None
    assert head.step == 1


def test_a_full_disk_does_not_end_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise FileError("the disk is full")

    keeper = Keeper(tmp_path, Project(), KEY)
    monkeypatch.setattr(checkpoints, "write_atomically", fail)
    monkeypatch.setattr(checkpoints, "PERIOD", 0.0)
    run, control = course(), Control()
    events = list(keeper.follow(run, control, run.run(control)))
    assert [event.message for event in events if isinstance(event, OrderRefused)] == ["the disk is full"]
    assert isinstance(events[-1], RunEnded)


def test_another_run_is_not_gone_on_with(tmp_path: Path) -> None:
    assert read(tmp_path, KEY) is None
    work(course(), tmp_path, stop_at=2)
    with pytest.raises(ValueError, match="another drawing, other data or another recipe"):
        read(tmp_path, "x" * 64)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:4],
        lambda _: b"",
        lambda _: b"\xff" * 100,
        lambda _: (10**6).to_bytes(8, "little") + b"[" * 10**6,
        lambda data: data.replace(b'\\"format\\":2', b'\\"format\\":7'),
        lambda data: data.replace(b'\\"step\\"', b'\\"stap\\"'),
        lambda data: data.replace(b'\\"step\\":2', b'\\"step\\":3'),
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: data.replace(b'"sum"', b'"som"'),
    ],
)
def test_a_damaged_file_is_told_of(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    work(course(), tmp_path, stop_at=2)
    file = tmp_path / FILE
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(ValueError, match=r"^The run in .* cannot be read: "):
        read(tmp_path, KEY)


@pytest.mark.parametrize("length", [0, 5, 9, 200])
def test_what_is_cut_short_is_told_of_in_our_own_words(tmp_path: Path, length: int) -> None:
    work(course(), tmp_path, stop_at=2)
    file = tmp_path / FILE
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(ValueError, match=r"cannot be read: it is no run\.$"):
        read(tmp_path, KEY)


def test_key_is_of_drawing_data_and_recipe() -> None:
    project = Project()
    key = key_of(project, recipe_of({}))
    assert len(key) == 64
    assert key == key_of(msgspec.structs.replace(project, name="other"), recipe_of({}))
    assert key != key_of(project, recipe_of({"seed": 1}))
    assert key != key_of(msgspec.structs.replace(project, data={"name": "moons"}), recipe_of({}))


def test_only_the_newest_runs_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNSTUDIO_STATE", str(tmp_path))
    for number in range(15):
        folder = checkpoints.folder_of(f"{number:064}"[::-1])
        folder.mkdir(parents=True)
        (folder / FILE).touch()
    checkpoints.forget_old_runs()
    assert len(list((tmp_path / "runs").iterdir())) == 12


def test_runs_that_are_large_together_do_not_all_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNSTUDIO_STATE", str(tmp_path))
    monkeypatch.setattr(checkpoints, "_MOST_BYTES", 250)
    for number in range(4):
        folder = checkpoints.folder_of(f"{number:064}"[::-1])
        folder.mkdir(parents=True)
        (folder / FILE).write_bytes(b" " * 100)
        os.utime(folder / FILE, (number, number))
    checkpoints.forget_old_runs()
    assert sorted(folder.name[0] for folder in (tmp_path / "runs").iterdir()) == ["2", "3"]


def test_nothing_in_a_file_is_code(tmp_path: Path) -> None:
    work(course(), tmp_path, stop_at=2)
    data = (tmp_path / FILE).read_bytes()
    head = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    assert {entry["dtype"] for name, entry in head.items() if name != "__metadata__"} <= {"F32", "F64", "I64", "U8"}


def test_a_killed_program_goes_on_bit_for_bit(tmp_path: Path) -> None:
    kills, same_bytes, resumed = survive(tmp_path, 2, epochs=1500, seed=0)
    assert kills == 2
    assert same_bytes
    assert resumed

"""What the worker does with what another run has left: go on from it, or begin anew and say why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from safetensors import safe_open
from safetensors.torch import save_file

from nnstudio.core import words
from nnstudio.core.graph import Value
from nnstudio.core.words import again, set_language
from nnstudio.exports import runs
from nnstudio.project.document import Project
from nnstudio.project.examples import ALL
from nnstudio.runs import checkpoints
from nnstudio.runs.apart.plain import decode, encode
from nnstudio.runs.checkpoints import FILE, folder_of, key_of, peek
from nnstudio.runs.work import Work
from nnstudio.training.control import Control, SetRate
from nnstudio.training.events import Event, OrderRefused, RunEnded, RunFailed, RunStarted, StepDone
from nnstudio.training.recipe import Recipe, recipe_of
from nnstudio.training.recorder import Recorder
from nnstudio.training.taps import Taps


def project_of(example: str, **recipe: Value) -> Project:
    project = ALL[example]()
    return msgspec.structs.replace(project, recipe={**project.recipe, **recipe})


def work(project: Project, *, stop_at: int | None = None, from_disk: bool = False) -> list[Event]:
    control = Control()
    events: list[Event] = []
    for event in Work(project, frozenset(), 0, from_disk=from_disk).begin(control, Taps()):
        events.append(event)
        if isinstance(event, StepDone) and event.step == stop_at:
            control.stop()
    return events


def file_of(project: Project) -> Path:
    return folder_of(key_of(project, recipe_of(project.recipe))) / FILE


def lose(file: Path, name: str) -> None:
    """Take a tensor away from a run on disk."""
    with safe_open(file, "pt") as opened:
        metadata = opened.metadata()
        tensors = {key: opened.get_tensor(key) for key in opened.keys() if key != name}  # noqa: SIM118
    save_file(tensors, file, metadata)


@pytest.fixture(autouse=True)
def _state_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNSTUDIO_STATE", str(tmp_path))


@pytest.mark.parametrize(("example", "recipe"), [("moons", {}), ("perceptron-xor", {"learner": "perceptron"})])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_a_run_is_taken_up_from_disk(example: str, recipe: dict[str, Value], early_stopping: bool) -> None:
    project = project_of(example, epochs=4, early_stopping=early_stopping, patience=2, **recipe)
    whole = work(project)
    work(project, stop_at=5)
    rest = work(project, from_disk=True)
    assert isinstance(rest[0], RunStarted)
    assert rest[0].step == 5
    losses = [[event.loss for event in events if isinstance(event, StepDone)] for events in (whole, rest)]
    assert losses[0][5:] == losses[1]


@pytest.mark.parametrize("lost", ["learner/best", "learner/rate", "chance/shuffler"])
def test_what_another_version_has_left_is_refused_and_the_run_begins_anew(
    lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_check", lambda _data: None)  # it was written like that
    project = project_of("moons", epochs=2, early_stopping=True)
    whole = work(project)
    work(project, stop_at=5)
    lose(file_of(project), lost)
    refused, *events = work(project, from_disk=True)
    assert isinstance(refused, OrderRefused)
    assert refused.message.endswith("cannot be read: it was written by another version of the program.")
    assert isinstance(events[0], RunStarted)
    assert events[0].step == 0
    assert isinstance(events[-1], RunEnded)
    losses = [[event.loss for event in told if isinstance(event, StepDone)] for told in (whole, events)]
    assert losses[0] == losses[1]
    head = peek(file_of(project).parent)
    assert head is not None
    assert head.status == "finished"


@pytest.fixture
def _speaks_english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(words._here, "are_noted", False)  # put back: here the worker's thread is that of the tests
    yield
    set_language("en")


@pytest.mark.usefixtures("_speaks_english")
def test_why_a_run_failed_is_told_in_the_language_that_is_read(tmp_path: Path) -> None:
    project = project_of("moons", optimizer="sgd", loss="mse")
    control = Control()
    control.give(SetRate(1e30))
    found: list[Event] = []

    def record(project: Project, recipe: Recipe) -> Recorder:
        return runs.recorder(project, recipe, lambda: tmp_path / "a.nns")

    for event in Work(project, frozenset(), 0, record=record).begin(control, Taps()):
        found.append(event)
    failed = found[-1]
    assert isinstance(failed, RunFailed)
    assert "The weights are again those" in failed.message
    assert again(failed.message) == failed.message
    (kept,) = runs.runs(runs.folder_of(project, tmp_path / "a.nns"))
    assert (kept.message, kept.reason) == (failed.message, failed.message)
    set_language("zh_CN")
    assert "权重已恢复到" in again(failed.message)
    assert "are" not in again(failed.message)
    assert kept.reason == again(failed.message)
    assert again(decode(encode(failed)).message) == kept.reason, "the way out of another process"


@pytest.mark.usefixtures("_speaks_english")
def test_why_a_run_ended_early_is_told_in_the_language_that_is_read() -> None:
    project = project_of("moons", epochs=50, early_stopping=True, patience=1, learning_rate=0.5)
    ended = work(project)[-1]
    assert isinstance(ended, RunEnded)
    assert "has not fallen" in ended.note
    set_language("zh_CN")
    assert "没有降低" in again(ended.note)
    set_language("en")
    assert work(project, from_disk=True), "the note is in the run on disk"

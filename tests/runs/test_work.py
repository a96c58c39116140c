"""What the worker does with what another run has left: go on from it, or begin anew and say why."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from safetensors import safe_open
from safetensors.torch import save_file

from nnstudio.core.graph import Value
from nnstudio.project.document import Project
from nnstudio.project.examples import ALL
from nnstudio.runs import checkpoints
from nnstudio.runs.checkpoints import FILE, folder_of, key_of, peek
from nnstudio.runs.work import Work
from nnstudio.training.control import Control
from nnstudio.training.events import Event, OrderRefused, RunEnded, RunStarted, StepDone
from nnstudio.training.recipe import recipe_of
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

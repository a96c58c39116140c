"""``nnstudio train``: the training of the window, without the window."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from nnstudio.api import load
from nnstudio.cli.progress import ProgressBar, clock_text
from nnstudio.compiler.memory import check_memory
from nnstudio.core.graph import Value
from nnstudio.core.words import tr
from nnstudio.exports.runs import recorder
from nnstudio.exports.writing import notes_of
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.project.store import keep_backup, write_atomically
from nnstudio.training.assembly import assemble
from nnstudio.training.control import Control
from nnstudio.training.diagnosis.words import report_of, tell
from nnstudio.training.epochs import Epochs
from nnstudio.training.events import (
    Diagnosed,
    EpochDone,
    Event,
    OrderRefused,
    PhaseBegan,
    RunEnded,
    RunFailed,
    RunStarted,
    StepDone,
)
from nnstudio.training.metric_words import metric_text
from nnstudio.training.recipe import Recipe
from nnstudio.training.runner import explain
from nnstudio.training.threads import worker_pace

if TYPE_CHECKING:
    from torch import nn

    from nnstudio.training.course import Course

WEIGHTS: Final = "weights.safetensors"
HISTORY: Final = "history.json"
HANG_UP: Final = 1
"""Number of SIGHUP, which Windows does not have."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help=tr("a project file (.nns)"))
    parser.add_argument("--epochs", type=int, metavar="N", help=tr("how many times to go through the data"))
    parser.add_argument("--seed", type=int, metavar="S", help=tr("where chance starts"))
    parser.add_argument("--device", choices=("cpu", "cuda", "mps"), help=tr("where to compute"))
    parser.add_argument("--out", type=Path, metavar="DIR", help=tr("folder for weights.safetensors and history.json"))
    parser.add_argument("--resume", action="store_true", help=tr("go on with the run in DIR where it was left"))
    parser.add_argument("--keep", action="store_true", help=tr("keep the run among those that the window lists"))
    parser.add_argument("--json", action="store_true", help=tr("print one JSON object per event"))


def run(arguments: argparse.Namespace) -> int:
    """Train the network of a file as its recipe says; options go before the recipe."""
    project = load(arguments.file)
    options: dict[str, Value] = {
        name: getattr(arguments, name) for name in ("epochs", "seed", "device") if getattr(arguments, name) is not None
    }
    assembly = assemble(msgspec.structs.replace(project, recipe={**project.recipe, **options}))
    recipe, dataset = assembly.recipe, assembly.dataset
    check_memory(assembly.plan)  # known before torch is loaded
    if arguments.resume and arguments.out is None:
        raise ValueError(tr("--resume needs --out DIR, the folder of the run to go on with."))

    from nnstudio.training.course import Course
    from nnstudio.training.diagnosis.doctor import Doctor
    from nnstudio.training.taps import Taps

    report = _Report(project, as_json=arguments.json)
    faults: list[str] = []
    gone: OSError | None = None
    with worker_pace(), stop_on_interrupt() as wishes:
        control = Control(lambda: bool(wishes))
        module = assembly.network()
        try:
            taps = Taps()
            doctor = Doctor(module, dataset, recipe, taps)
            events = doctor.refuse()
            if not doctor.is_hopeless:
                course = Course(module, dataset, recipe, taps)
                events = doctor.follow(course.run(control))
            if arguments.keep:
                events = recorder(project, recipe, lambda: arguments.file, faults.append).follow(events)
            if arguments.out is not None and not doctor.is_hopeless:
                events = _kept(arguments, project, course, control, events, report)
            for event in events:
                try:
                    report.tell(event)
                except OSError as error:  # nobody reads any more: the terminal was closed, or `head` has seen enough
                    gone = error
                    _let_go()
                    wishes.append(HANG_UP)
        except (RuntimeError, MemoryError) as error:  # what torch raises when memory runs out
            report.tell(RunFailed(message=explain(error)))
    if arguments.out is not None and report.has_begun:
        _write_results(arguments.out, project, module, recipe, report)
    if isinstance(gone, BrokenPipeError):
        raise gone
    if wishes:
        raise KeyboardInterrupt(wishes[0])
    if faults:  # told last: it is no reason to lose what was learned
        raise FileError(faults[0])
    return 0 if report.failed is None else 1


def _kept(
    arguments: argparse.Namespace,
    project: Project,
    course: Course,
    control: Control,
    events: Iterator[Event],
    report: _Report,
) -> Iterator[Event]:
    """Write the run down while it goes on; with ``--resume`` put the course where it was left before.

    Without, the files of a run that was there before get other names, in case that was not meant.
    """
    from nnstudio.runs.checkpoints import FILE, PROJECT, Keeper, key_of, take_up

    key = key_of(project, course.recipe)
    saved = take_up(course, arguments.out, key) if arguments.resume else None
    if saved is not None:
        report.epochs.extend(done for done in saved.head.epochs if done.epoch < saved.moment.epoch)
    elif any((arguments.out / name).is_file() for name in (FILE, WEIGHTS)):
        for name in (FILE, WEIGHTS, HISTORY, PROJECT):
            keep_backup(arguments.out / name)
        report.note(tr("{folder} holds another run: its files are now called “….bak1”.", folder=arguments.out))
    return Keeper(arguments.out, project, key, saved).follow(course, control, events)


@contextmanager
def stop_on_interrupt() -> Iterator[list[int]]:
    """Turn the first Ctrl+C, SIGTERM or SIGHUP into a wish to stop: its number is put into the list.

    The second one ends the program as usual. SIGTERM is how a machine that is shut down, or a queue whose time is up,
    asks a program to end; SIGHUP comes when its terminal is closed. What is ignored, as with ``nohup``, stays so.
    """
    wishes: list[int] = []
    numbers = {signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}
    previous = {number: signal.getsignal(number) for number in numbers}
    previous = {number: handler for number, handler in previous.items() if handler is not signal.SIG_IGN}

    def put_back() -> None:
        for number, handler in previous.items():
            signal.signal(number, handler)

    def on_interrupted(number: int, _frame: object) -> None:
        wishes.append(number)
        put_back()

    for number in previous:
        signal.signal(number, on_interrupted)
    try:
        yield wishes
    finally:
        put_back()


def _let_go() -> None:
    """Let what goes to a reader who is gone go nowhere."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _write_results(folder: Path, project: Project, module: nn.Module, recipe: Recipe, report: _Report) -> None:
    from nnstudio.compiler.weights import write_weights

    history = {
        "recipe": msgspec.to_builtins(recipe),
        "epochs": [*map(_plain, report.epochs)],
        "end": report.end,
    }
    # The small file first: on a full disk it may be the only one that finds room.
    write_atomically(folder / HISTORY, json.dumps(history, indent=1).encode() + b"\n")
    write_atomically(folder / WEIGHTS, write_weights(module.state_dict(), notes_of(project)))


class _Report:
    """Tells events as they come: a bar and lines for people, or JSON for programs."""

    def __init__(self, project: Project, *, as_json: bool) -> None:
        self._project = project
        self._told: set[tuple[str, str | None]] = set()
        self.epochs = Epochs()
        self.end: object = None
        self.failed: RunFailed | None = None
        self._as_json = as_json
        self._bar = ProgressBar(sys.stderr)
        self._started: RunStarted | None = None

    @property
    def has_begun(self) -> bool:
        """Whether there is a run at all: it may have been refused before its first step."""
        return self._started is not None

    def note(self, text: str) -> None:
        """Tell people something beside the events."""
        self._bar.note(text)

    def tell(self, event: Event) -> None:
        """Take the next event."""
        match event:
            case RunStarted():
                self._on_started(event)
            case PhaseBegan():
                self._on_phase_began(event)
            case StepDone():
                self._on_step_done(event)
            case Diagnosed():
                self._on_diagnosed(event)
            case OrderRefused():
                self._bar.note(event.message)
            case EpochDone():
                self._on_epoch_done(event)
            case RunEnded() | RunFailed():
                self._on_over(event)

    def _on_started(self, event: RunStarted) -> None:
        self._started = event
        self._print_json("start", event)
        if not self._as_json:
            text = tr(
                "{parameters} parameters, {training} samples to learn from, {validation} to validate, on {device}",
                parameters=f"{event.num_parameters:,}",
                training=f"{event.num_training:,}",
                validation=f"{event.num_validation:,}",
                device=event.device,
            )
            self._bar.note(text)

    def _on_phase_began(self, event: PhaseBegan) -> None:
        self._print_json("phase", event)
        if not self._as_json:
            self._bar.note(tr("Epoch {epoch}: {message}", epoch=event.epoch, message=event.message))

    def _on_step_done(self, event: StepDone) -> None:
        assert self._started is not None
        total = self._started.num_steps
        text = tr(
            "epoch {epoch} of {epochs}, loss {loss:.4f}",
            epoch=event.epoch,
            epochs=self._started.epochs,
            loss=event.loss,
        )
        self._bar.update(event.step / total, text)

    def _on_epoch_done(self, event: EpochDone) -> None:
        self.epochs.append(event)
        self._print_json("epoch", event)
        if not self._as_json:
            self._bar.note(_epoch_line(event))

    def _on_diagnosed(self, event: Diagnosed) -> None:
        found = [report_of(finding, self._project) for finding in event.findings]
        if self._as_json:
            print(json.dumps({"event": "diagnosis", "step": event.step, "findings": found}), flush=True)
            return
        for finding, words in zip(event.findings, found, strict=True):
            if finding.key not in self._told:
                self._told.add(finding.key)
                self._bar.note(tr("What may be wrong: {text}", text=tell(finding).text))
                for mend in words["mends"]:
                    self._bar.note("  " + tr("may help: {mend}", mend=mend))

    def _on_over(self, event: RunEnded | RunFailed) -> None:
        if isinstance(event, RunFailed):
            self.failed = event
            self.end = {"reason": "failed", "message": event.message, "node": event.node}
        else:
            self.end = msgspec.to_builtins(event)
        self._bar.clear()  # last, as a terminal may be gone
        if self._as_json:
            self._print_json("end", self.end)
        elif isinstance(event, RunFailed):
            print(event.message, file=sys.stderr)
        else:
            print(self._summary(event))

    def _summary(self, event: RunEnded) -> str:
        word = tr("Finished") if event.reason == "finished" else tr("Stopped")
        text = tr("{word} after {steps} steps in {time}.", word=word, steps=event.steps, time=clock_text(event.seconds))
        if event.note:
            text = f"{text} {event.note}"
        if not self.epochs or not self.epochs[-1].metrics:
            return text
        return text + " " + tr("Validation {metrics}.", metrics=_metrics_text(self.epochs[-1]))

    def _print_json(self, name: str, event: object) -> None:
        if self._as_json:
            print(json.dumps({"event": name, **_plain(event)}), flush=True)


def _plain(event: object) -> dict[str, Any]:
    """Return an event as JSON may hold it, which knows no infinite number."""
    told: dict[str, Any] = msgspec.to_builtins(event)
    if "metrics" in told:
        told["metrics"] = {key: value if isfinite(value) else None for key, value in told["metrics"].items()}
    return told


def _metrics_text(event: EpochDone) -> str:
    return ", ".join(metric_text(name, value) for name, value in event.metrics.items())


def _epoch_line(event: EpochDone) -> str:
    text = tr(
        "epoch {epoch}: loss {loss:.4f}, validation loss {validation:.4f}",
        epoch=event.epoch,
        loss=event.train_loss,
        validation=event.validation_loss,
    )
    if event.validation_accuracy is None:
        return f"{text}, {_metrics_text(event)}" if event.metrics else text
    accuracy = f"{100 * event.validation_accuracy:.1f} %"
    return tr("{text}, validation accuracy {accuracy}", text=text, accuracy=accuracy)

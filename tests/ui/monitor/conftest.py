"""A small session, a run whose course the test writes, and a place to show widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnstudio.core.words import Words
from nnstudio.data.dataset import Dataset
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.training.events import EpochDone, Event, RunStarted
from nnstudio.training.ring import Ring
from nnstudio.training.taps import Snapshot
from nnstudio.ui import lazy
from nnstudio.ui.session import Session

Show = Callable[[QWidget, int, int], QWidget]


def small_project() -> Project:
    """Return image (1, 8, 8) -> conv (4 maps) -> act -> flat -> scores (10) -> digit."""
    b = Builder("Small")
    h = b.input("image", shape=(1, 8, 8))
    h = b.add("Conv2d", h, out_channels=4, kernel_size=3, name="conv")
    h = b.add("ReLU", h, name="act")
    h = b.add("Flatten", h, name="flat")
    h = b.add("Linear", h, out_features=10, name="scores")
    b.output(h, name="digit")
    project = b.project()
    return Project(
        name=project.name, graph=project.graph, data={"name": "digits8"}, recipe={"epochs": 2, "batch_size": 32}
    )


def small_dataset() -> Dataset:
    """Return twenty images (1, 8, 8) of ten classes; the last five validate."""
    inputs = np.random.default_rng(1).random((20, 1, 8, 8), dtype=np.float32)
    return Dataset(
        name="small",
        title=Words("Small", "小"),
        inputs=inputs,
        targets=np.arange(20, dtype=np.int64) % 10,
        shape=(1, 8, 8),
        element="real",
        vocabulary=0,
        task="classification",
        classes=tuple("0123456789"),
        training=np.arange(15, dtype=np.int64),
        validation=np.arange(15, 20, dtype=np.int64),
    )


class WrittenTaps:
    """Taps whose snapshots the test writes."""

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None
        self.watched: tuple[frozenset[str], int] | None = None
        self.is_stale = False

    def watch(self, names: frozenset[str], sample: int) -> None:
        self.watched = (names, sample)

    def follow(self, key: object, study: object) -> None:
        """Nobody answers."""

    def drop(self, key: object) -> None:
        """Nobody answers."""

    def found(self, key: object) -> None:
        """Nothing is known."""

    def latest(self) -> Snapshot | None:
        return self.snapshot

    def refresh(self) -> None:
        """Nothing newer is to be seen."""


@dataclass
class WrittenRun:
    """Stands where `nnstudio.training.runner.Runner` stands; what it tells is written by the test."""

    ring: Ring = field(default_factory=Ring)
    taps: WrittenTaps = field(default_factory=WrittenTaps)
    events: list[Event] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    alive: bool = True
    gives_way: bool = False

    @property
    def place(self) -> int:
        return self.ring.count

    def start(self) -> None:
        self.calls.append("start")

    def pause(self) -> None:
        self.calls.append("pause")

    def resume(self) -> None:
        self.calls.append("resume")

    def step(self) -> None:
        self.calls.append("step")

    def give_way(self, *, yes: bool) -> None:
        self.gives_way = yes

    def stop(self, timeout: float | None = None) -> None:
        self.calls.append("stop")
        self.alive = False

    def drain(self) -> list[Event]:
        taken, self.events = self.events, []
        return taken

    # What a test writes

    def begin(self, epochs: int = 4, steps_per_epoch: int = 5) -> None:
        self.events.append(
            RunStarted(
                device="cpu",
                num_parameters=10,
                steps_per_epoch=steps_per_epoch,
                epochs=epochs,
                num_training=15,
                num_validation=5,
            )
        )

    def add_steps(self, losses: list[float], steps_per_epoch: int = 5) -> None:
        for loss in losses:
            step = self.ring.count + 1
            self.ring.append((step, step / steps_per_epoch, loss, 1.0 / (1.0 + loss), 0.1))

    def add_epoch(self, epoch: int, validation_loss: float, validation_accuracy: float | None = 0.5) -> None:
        self.events.append(
            EpochDone(
                epoch=epoch,
                train_loss=validation_loss,
                train_accuracy=validation_accuracy,
                validation_loss=validation_loss,
                validation_accuracy=validation_accuracy,
                seconds=0.1,
            )
        )

    def look(
        self,
        values: dict[str, npt.NDArray[np.float32]],
        output: list[float] | npt.NDArray[np.float32],
        truth: int | list[float] | npt.NDArray[np.generic] = 0,
        sample: int = 15,
        step: int = 1,
    ) -> None:
        self.taps.snapshot = Snapshot(
            step=step,
            sample=sample,
            values=MappingProxyType(values),
            output=np.array(output, dtype=np.float32),
            truth=truth if isinstance(truth, int) else np.array(truth, dtype=np.float32),
        )


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path) -> Iterator[Session]:
    """A session with a small drawing; whatever runs at the end of the test is stopped."""
    made = Session(small_project(), tmp_path / "small.nns")
    yield made
    made.bridge.shutdown()
    made.deleteLater()


@pytest.fixture
def written(session: Session, monkeypatch: pytest.MonkeyPatch) -> WrittenRun:
    """The session's bridge with a begun run of which the test writes what it tells; its data are `small_dataset`."""
    run = WrittenRun()

    def make_run(_make: object) -> WrittenRun:
        return run

    monkeypatch.setattr("nnstudio.runs.work.Runner", make_run)
    lazy.pyqtgraph()
    session.bridge.start()
    assert session.bridge._work is not None
    session.bridge._work.dataset = small_dataset()
    return run


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Show]:
    """Show a widget at a size in a window of its own."""
    hosts: list[QWidget] = []

    def put(widget: QWidget, width: int, height: int) -> QWidget:
        # The offscreen platform warns of windows that have a least size, so the widget goes into a bare one.
        host = QWidget()
        host.resize(width, height)
        widget.setParent(host)
        widget.setGeometry(0, 0, width, height)
        widget.show()
        host.show()
        qtbot.waitExposed(host)
        hosts.append(host)
        return widget

    yield put
    for host in hosts:
        host.close()
        host.deleteLater()

"""Checkpoints: a run on disk, from which it goes on bit for bit after a stop, a crash or a power cut.

A run has a folder with its project file and one safetensors file: tensors of the moment, and in the head, as JSON,
all other numbers. The file is replaced whole, never changed, so that there is always a moment to go on from. Nothing
in it is code, and reading it runs none.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import time
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from nnstudio.core.fingerprint import fingerprint
from nnstudio.core.system import reason
from nnstudio.core.words import Said, tr
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.project.places import state_folder
from nnstudio.project.store import write_atomically
from nnstudio.project.writer import encode
from nnstudio.training.bounds import MOST_ROWS
from nnstudio.training.control import Change
from nnstudio.training.epochs import Epochs
from nnstudio.training.events import (
    EpochDone,
    Event,
    OrderRefused,
    RateChanged,
    RunEnded,
    RunFailed,
    RunStarted,
    StepDone,
    WeightChanged,
)
from nnstudio.training.recipe import Recipe

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from torch import Tensor

    from nnstudio.training.control import Control
    from nnstudio.training.course import Course
    from nnstudio.training.past import Moment

FILE: Final = "run.safetensors"
PROJECT: Final = "project.nns"

SHARE: Final = 0.01
"""Part of the time that writing may take, at most."""

PERIOD: Final = 0.5
"""Seconds from one checkpoint to the next, at least."""

_FORMAT: Final = 2
_MARK: Final = b'"sum":"'
"""What stands before the check sum (CRC-32) of the file, which is worked out with zeros in its place."""
_NO_SUM: Final = b"0" * 8
_WIDTH: Final = 5
_A_FEW: Final = 500
"""Steps that are turned into rows at a time: of thousands nobody else could have the interpreter for 10 ms."""
_MOST_RUNS: Final = 12
"""How many runs are kept in the state folder."""
_MOST_BYTES: Final = 2 * 2**30
"""How large they may be together; the newest stays whatever its size."""
_LARGEST_HEAD: Final = 100 * 2**20
_TABLES: Final = ("weights", "learner", "chance")

Status = Literal["running", "stopped", "finished", "failed"]


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a run on disk without its tensors.

    Attributes:
        format: version of what follows.
        key: of drawing, data and recipe, see `key_of`.
        status: ``running`` also when the program was killed, or the run is paused.
        step, num_steps: batches done and to be done.
        moment: the numbers of `nnstudio.training.past.Moment` that are no tensors.
        changes: what the person changed on the way.
        epochs: the epochs done; in long runs some of them.
    """

    format: int
    key: str
    status: Status
    step: int
    num_steps: int
    moment: Mapping[str, int | float | str | None]
    changes: tuple[Change, ...] = ()
    epochs: tuple[EpochDone, ...] = ()


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """A run on disk.

    Attributes:
        head: its numbers.
        moment: where it is.
        rows: as `nnstudio.training.ring` describes them, of the steps done, ``(n, 5)`` float64; in long runs of some.
    """

    head: Head
    moment: Moment
    rows: npt.NDArray[np.float64]


def key_of(project: Project, recipe: Recipe) -> str:
    """Return 64 hexadecimal digits (SHA-256) that are the same for two runs just when they begin in the same way."""
    drawing = fingerprint(project.graph, project.blocks_by_name)
    text = json.dumps([drawing, dict(project.data), msgspec.to_builtins(recipe)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def folder_of(key: str) -> Path:
    """Return where the window keeps the run of this key; the folder may not exist."""
    return state_folder() / "runs" / key[:32]


def forget_old_runs() -> None:
    """Remove the runs in the state folder that were not touched for longest, if there are many."""
    found = [(file.stat(), file) for file in (state_folder() / "runs").glob(f"*/{FILE}")]
    found.sort(key=lambda entry: -entry[0].st_mtime)
    size = 0
    for number, (facts, file) in enumerate(found):
        size += facts.st_size
        if number >= _MOST_RUNS or (number and size > _MOST_BYTES):
            shutil.rmtree(file.parent, ignore_errors=True)


def peek(folder: Path) -> Head | None:
    """Return what is known of the run in a folder; None where there is none, or none that can be read.

    Neither torch nor the tensors are loaded.
    """
    try:
        return _read_head(folder / FILE)
    except (OSError, ValueError):
        return None


def read(folder: Path, key: str) -> Saved | None:
    """Return the run in a folder; None where there is none.

    Raises:
        ValueError: the file is damaged, or holds another run than that of ``key``.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load

    from nnstudio.training.past import Moment
    from nnstudio.training.tables import Copies

    path = folder / FILE
    if not path.is_file():
        return None
    try:
        head = _read_head(path)
        data = path.read_bytes()
        _check(data)
        tensors = load(data)
        rows = tensors.pop("rows").numpy()
        tables: dict[str, dict[str, Tensor]] = {table: {} for table in _TABLES}
        for name, tensor in tensors.items():
            table, _, inner = name.partition("/")
            tables[table][inner] = tensor
        moment = Moment(**head.moment, **{name: Copies(table) for name, table in tables.items()})  # type: ignore[arg-type]
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ValueError(tr("The run in {folder} cannot be read: {detail}.", folder=folder, detail=error)) from error
    if head.key != key:
        raise ValueError(
            tr("The run in {folder} is that of another drawing, other data or another recipe.", folder=folder)
        )
    return Saved(head=head, moment=moment, rows=rows)


def take_up(course: Course, folder: Path, key: str) -> Saved | None:
    """Put a course where the run in a folder was left, and return that; None where there is none.

    Raises:
        ValueError: as `read`, or the learner remembers other things than it did then; the course is as it was.
    """
    saved = read(folder, key)
    if saved is None:
        return None
    start = course.state()
    try:
        course.go_on_from(saved.moment, saved.head.changes)
    except (LookupError, TypeError, ValueError, RuntimeError) as error:  # whatever a learner says to foreign tensors
        course.go_on_from(start, ())
        detail = tr("it was written by another version of the program")
        raise ValueError(tr("The run in {folder} cannot be read: {detail}.", folder=folder, detail=detail)) from error
    return saved


class Keeper:
    """Writes a run into a folder while it goes on, at a pace that costs little.

    Args:
        folder: where; it is made.
        project: what is trained.
        key: see `key_of`.
        saved: what the run goes on from, if it does.

    Raises:
        FileError: the folder cannot be written to.
    """

    def __init__(self, folder: Path, project: Project, key: str, saved: Saved | None = None) -> None:
        import numpy as np
        import safetensors.torch  # noqa: F401  so that the first writing does not seem to be slow

        self._folder = folder
        self._key = key
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if saved is None:
                (folder / FILE).unlink(missing_ok=True)
        except OSError as error:
            detail = reason(error)
            raise FileError(tr("{path} cannot be made: {detail}.", path=folder, detail=detail)) from error
        if saved is None:
            write_atomically(folder / PROJECT, encode(project))
        self._epochs = Epochs(saved.head.epochs if saved else ())
        self._rows = saved.rows if saved else np.empty((0, _WIDTH))
        self._fresh: list[StepDone] = []
        self._num_steps = saved.head.num_steps if saved else 0
        self._num_training = 1
        self._due = time.monotonic() + PERIOD
        self._has_told = False

    def follow(self, course: Course, control: Control, events: Iterator[Event]) -> Iterator[Event]:
        """Give the events of a run, and write it down now and then, when it is paused, and at its end.

        A run that cannot be written down goes on; why it cannot is told once.
        """
        for event in events:
            status: Status | None = None
            if isinstance(event, StepDone):
                self._fresh.append(event)
                if len(self._fresh) >= _A_FEW:
                    self._take_fresh()
                if time.monotonic() >= self._due or (control.held and control.is_last_allowed):
                    status = "running"
            elif isinstance(event, EpochDone):
                self._epochs.append(event)
            elif isinstance(event, RunStarted):
                self._num_training = event.num_training
                self._num_steps = event.num_steps
            elif isinstance(event, RunEnded):
                status = event.reason
            elif isinstance(event, RunFailed):
                status = "failed"
            elif isinstance(event, (RateChanged, WeightChanged)):
                status = "running"
            if status is not None:
                try:
                    self._write(course, status)
                except FileError as error:
                    self._due = math.inf
                    if not self._has_told:
                        self._has_told = True
                        yield OrderRefused(str(error))
            yield event

    def _take_fresh(self) -> None:
        """Turn the steps since the last writing into rows; those of a run that has gone back take their old places."""
        import numpy as np

        steps: list[StepDone] = []
        for event in reversed(self._fresh):
            if not steps or event.step < steps[-1].step:
                steps.append(event)
        new = [
            (
                event.step,
                event.samples / self._num_training,
                event.loss,
                math.nan if event.accuracy is None else event.accuracy,
                event.rate,
            )
            for event in reversed(steps)
        ]
        self._fresh.clear()
        if new:
            kept = self._rows[: self._rows[:, 0].searchsorted(new[0][0])]
            self._rows = np.concatenate([kept, np.array(new)])
        while len(self._rows) > MOST_ROWS:
            self._rows = self._rows[1::2]

    def _write(self, course: Course, status: Status) -> None:
        began = time.monotonic()
        self._take_fresh()
        moment = course.state()
        head = Head(
            format=_FORMAT,
            key=self._key,
            status=status,
            step=moment.step,
            num_steps=self._num_steps,
            moment={name: getattr(moment, name) for name in _NUMBERS},
            changes=tuple(course.changes),
            epochs=tuple(self._epochs.until(moment.epoch - 1)),
        )
        write_atomically(self._folder / FILE, _encode(head, moment, self._rows))
        now = time.monotonic()
        self._due = now + max(PERIOD, (now - began) / SHARE)


_NUMBERS: Final = ("step", "epoch", "batch", "samples", "seconds", "spent", "total", "right", "count", "note")


def _encode(head: Head, moment: Moment, rows: npt.NDArray[np.float64]) -> bytes:
    import torch
    from safetensors import TensorSpec, serialize

    tensors = {"rows": torch.from_numpy(rows[rows[:, 0] <= moment.step].copy())}
    for name in _TABLES:
        for key, tensor in getattr(moment, name).items():
            tensors[f"{name}/{key}"] = tensor
    # safetensors.torch.save would leave a type of ctypes behind for each length that rows ever have.
    specs = {
        name: TensorSpec(
            dtype=str(value.dtype).removeprefix("torch."),
            shape=list(value.shape),
            data_ptr=value.data_ptr(),
            data_len=value.nbytes,
        )
        for name, value in tensors.items()
    }
    data = serialize(specs, {"run": msgspec.json.encode(head, enc_hook=_plain).decode(), "sum": _NO_SUM.decode()})
    return data.replace(_MARK + _NO_SUM, _MARK + _sum_of(data), 1)


def _plain(value: object) -> str:
    """Return a note that knows how it was said as nothing but text."""
    assert isinstance(value, Said)
    return "".join(value)


def _sum_of(*parts: bytes) -> bytes:
    found = 0
    for part in parts:
        found = zlib.crc32(part, found)
    return b"%08x" % found


def _check(data: bytes) -> None:
    """Make sure that all is as it was written.

    Raises:
        ValueError: it is not.
    """
    head, mark, rest = data.partition(_MARK)
    if _sum_of(head, mark, _NO_SUM, rest[len(_NO_SUM) :]) != rest[: len(_NO_SUM)]:
        raise ValueError(tr("it is damaged"))


def _read_head(path: Path) -> Head:
    """Read the head of a file.

    Raises:
        OSError, ValueError: it cannot be read.
    """
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        if size > _LARGEST_HEAD:
            raise ValueError(tr("it is no run"))
        text = file.read(size)
    try:
        head = msgspec.json.decode(json.loads(text)["__metadata__"]["run"], type=Head)
    except (msgspec.DecodeError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(tr("it is no run")) from error
    if head.format != _FORMAT:
        raise ValueError(tr("it was written by another version of the program"))
    return head

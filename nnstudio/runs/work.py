"""Work: what the worker thread does for the window, from values alone: build, train, keep, and go on again later."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from nnstudio.core.problem import Problem
from nnstudio.core.words import joined, note_what_is_said
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.training.control import Control
from nnstudio.training.events import Event, OrderRefused, RunFailed
from nnstudio.training.handover import Handover
from nnstudio.training.runner import Runner
from nnstudio.training.taps import Taps

if TYPE_CHECKING:
    from nnstudio.data.dataset import Dataset
    from nnstudio.runs.checkpoints import Keeper, Saved
    from nnstudio.training.course import Course
    from nnstudio.training.diagnosis.doctor import Doctor
    from nnstudio.training.recipe import Recipe
    from nnstudio.training.recorder import Recorder

    Record = Callable[[Project, Recipe], Recorder]


class Work:
    """One run of a project; a stopped one can be gone on with for as long as this lives.

    Args:
        project: what is trained.
        names: layers to look into at first.
        sample: row of the data to look at; None takes one from the middle of those for validation.
        from_disk: go on where another program has left the same run.
        record: makes what writes the history of the run down; None for runs that nobody wants to see again.

    Attributes:
        dataset: what it learns from, once loaded.
        course: the run, once built.
        handover: has the weights.
    """

    def __init__(
        self,
        project: Project,
        names: frozenset[str],
        sample: int | None,
        *,
        from_disk: bool = False,
        record: Record | None = None,
    ) -> None:
        self.project = project
        self._record = record
        self._recorder: Recorder | None = None
        self.dataset: Dataset | None = None
        self.course: Course | None = None
        self._saved: Saved | None = None
        self.handover = Handover()
        self._names = names
        self._sample = sample
        self._from_disk = from_disk
        self._doctor: Doctor | None = None
        self._keeper: Keeper | None = None

    def runner(self, taps: Taps | None = None) -> Runner:
        """Return what runs this: without taps the first time, with those of the last time to go on."""
        return Runner(self.begin) if taps is None else Runner(self.go_on, taps)

    def close(self) -> None:
        """Let go of what it needs, before it is forgotten."""

    def begin(self, control: Control, taps: Taps) -> Iterator[Event]:
        """Load data, build the network and train it; the first call of all.

        Raises:
            ValueError: data, drawing and recipe do not fit together.
        """
        from nnstudio.compiler.plan import CompileError
        from nnstudio.training.assembly import assemble

        note_what_is_said()
        try:
            assembly = assemble(self.project)
        except CompileError as error:
            return _refusal(error.problems)
        dataset, recipe = assembly.dataset, assembly.recipe
        self.dataset = dataset
        taps.watch(self._names, valid_sample(self._sample, dataset))

        from nnstudio.training.course import Course
        from nnstudio.training.diagnosis.doctor import Doctor
        from nnstudio.training.past import Past

        module = assembly.network()
        self._doctor = Doctor(module, dataset, recipe, taps)
        if self._doctor.is_hopeless:
            return self._doctor.refuse()
        course = Course(module, dataset, recipe, taps, Past())
        refusal = self._open_folder(course, recipe)
        self.course = course
        if self._record is not None:
            self._recorder = self._record(self.project, recipe)
            if self._saved is not None:
                head = self._saved.head
                self._recorder.take_up(self._saved.rows.tolist(), head.epochs, head.changes)
        return self._follow(control, refusal)

    def go_on(self, control: Control, _taps: Taps) -> Iterator[Event]:
        """Go on with a run that was stopped, has failed or is finished."""
        note_what_is_said()
        return self._follow(control, "")

    def take_saved(self) -> Saved | None:
        """Return what the run goes on from, once; None where it began anew."""
        saved, self._saved = self._saved, None
        return saved

    def _follow(self, control: Control, refusal: str) -> Iterator[Event]:
        assert self.course is not None
        assert self._doctor is not None
        events = self.course.run(control)
        if self._keeper is not None:
            events = self._keeper.follow(self.course, control, events)
        events = self._doctor.follow(events)
        if self._recorder is not None:
            events = self._recorder.follow(events)
        events = self.handover.follow(self.course.module, events)
        if refusal:
            yield OrderRefused(refusal)
        yield from events

    def _open_folder(self, course: Course, recipe: Recipe) -> str:
        """Make ready to write the run down, and take it up if it is there; return why not, empty if all is well."""
        from nnstudio.runs.checkpoints import Keeper, folder_of, forget_old_runs, key_of, take_up

        key = key_of(self.project, recipe)
        folder = folder_of(key)
        refusal = ""
        if self._from_disk:
            try:
                self._saved = take_up(course, folder, key)
            except ValueError as error:
                refusal = str(error)
        try:
            self._keeper = Keeper(folder, self.project, key, self._saved)
        except FileError as error:
            return str(error)
        forget_old_runs()
        return refusal


def valid_sample(sample: int | None, dataset: Dataset) -> int:
    """Return ``sample`` where the dataset has such a row, else a row from the middle of those for validation."""
    if sample is not None and 0 <= sample < len(dataset.inputs):
        return sample
    return int(dataset.validation[len(dataset.validation) // 2])


def _refusal(problems: Sequence[Problem]) -> Iterator[Event]:
    """Return a run that fails at once, at the layer of the first problem."""
    lines = [joined(": ", (problem.node or "", problem.message)) for problem in problems]
    yield RunFailed(message=joined("\n", lines), node=problems[0].node)

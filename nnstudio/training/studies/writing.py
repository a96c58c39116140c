"""What a network writes on from a beginning, sign by sign, while it learns."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from nnstudio.core.words import tr
from nnstudio.training.studies.base import SLICE, Scene, Study, Unfinished

if TYPE_CHECKING:
    from nnstudio.data.dataset import Dataset

LENGTH = 160
"""Signs that are written at a time."""


class Written(msgspec.Struct, frozen=True):
    """A text that a network wrote.

    Attributes:
        beginning: what it was given.
        text: what it has written on so far.
        before: what it wrote the last time; empty at first.
        since: training steps done when its first sign was drawn.
        looks_ahead: whether what it expects at a place depends on what stands behind it, as with attention that is not
            causal: then it learns to copy the answer, and cannot write.
    """

    beginning: str
    text: str
    before: str
    since: int
    looks_ahead: bool = False


class Writing(Study, frozen=True):
    """What does the network write?

    Attributes:
        temperature: 0 always takes the likeliest sign, 1 draws as the network expects, more comes closer to chance.
        beginning: what it goes on from; unknown signs are left out, and nothing begins as the data's first sample does.
        seed: of the chance that draws.
        length: signs to write.
    """

    temperature: float = 0.8
    beginning: str = ""
    seed: int = 0
    length: int = LENGTH

    def see(self, scene: Scene) -> object:
        """Return `Written`, unfinished while more is to come.

        The network may go on learning meanwhile; what was begun before its last step is followed by a text of its own.

        Raises:
            ValueError: the network has not learned to say what comes next.
        """
        if scene.dataset.task != "next_token":
            raise ValueError(tr("This view is for texts; {data} is none.", data=scene.dataset.title))
        paper = scene.desk.get(self)
        if not isinstance(paper, _Paper) or paper.is_full:
            paper = scene.desk[self] = _Paper(self, scene, paper.text if isinstance(paper, _Paper) else "")
        with scene.untouched():
            paper.begin()
            until = time.perf_counter() + SLICE
            while not paper.is_full:
                paper.write()
                if time.perf_counter() >= until:
                    break
        value = Written(paper.beginning, paper.text, paper.before, paper.since, paper.looks_ahead)
        return value if paper.is_full and paper.since == scene.step else Unfinished(value)


class _Paper:
    """A text while it is being written."""

    def __init__(self, study: Writing, scene: Scene, before: str) -> None:
        from nnstudio.training.tasks.sampling import write_on

        self._scene = scene
        self._signs = scene.dataset.classes
        self._length = study.length
        numbers = _numbers(study.beginning, scene.dataset)
        self._hand: Iterator[int] = write_on(
            scene.module,
            numbers,
            window=scene.dataset.shape[0],
            temperature=study.temperature,
            seed=study.seed,
            device=scene.device,
        )
        self.beginning = "".join(self._signs[number] for number in numbers)
        self.text = ""
        self.before = before
        self.since = scene.step
        self.looks_ahead = False
        self._begun = False

    def begin(self) -> None:
        """Try whether the network looks ahead, once."""
        if not self._begun:
            from nnstudio.training.tasks.sampling import looks_ahead

            self._begun = True
            inputs, _ = self._scene.batch((int(self._scene.dataset.training[0]),))
            self.looks_ahead = looks_ahead(self._scene.module, inputs, len(self._signs))

    @property
    def is_full(self) -> bool:
        return len(self.text) >= self._length

    def write(self) -> None:
        self.text += self._signs[next(self._hand)]


def _numbers(beginning: str, dataset: Dataset) -> list[int]:
    from nnstudio.data.texts import encode

    found = encode(beginning, dataset.classes)
    return found or [int(dataset.inputs[dataset.training[0], 0])]

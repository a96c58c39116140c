"""How each data set comes to be: read, or made by its rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
import numpy as np

from nnstudio.data import bundled, generated, pictures, tables, texts
from nnstudio.data.arrays import Array, Indices
from nnstudio.data.entries import Entry


class Made(msgspec.Struct, frozen=True):
    """Samples before they are split.

    Attributes:
        inputs, targets: as in `Dataset`.
        groups: which rows belong together, ``(N,)``, and are trained on or validated as a whole; None where each stands
            for itself.
        classes: what the classes are called, where only the data know.
        parts: training and validation rows, where they are not drawn by chance.
    """

    inputs: Array
    targets: Array
    groups: Indices | None = None
    classes: tuple[str, ...] = ()
    parts: tuple[Indices, Indices] | None = None


def make(entry: Entry, seed: int) -> Made:
    """Read or generate all samples of a data set; a seed gives the same samples every time.

    Raises:
        OSError: the program's data file is missing.
    """
    return _MAKERS[entry.name](entry, seed)


def _plain(read: Callable[[], tuple[Array, Array]]) -> Callable[[Entry, int], Made]:
    return lambda _entry, _seed: Made(*read())


def _by_rule(rule: Callable[[int, int], tuple[Array, Array]]) -> Callable[[Entry, int], Made]:
    return lambda entry, seed: Made(*rule(entry.num_samples, seed))


def _text(entry: Entry, _seed: int) -> Made:
    text = bundled.text(entry.name)
    inputs, targets, stretches = texts.windows(text, entry.shape[0])
    return Made(inputs, targets, stretches, texts.signs_of(text))


def _again(_entry: Entry, _seed: int) -> Made:
    images, _ = bundled.digits8()
    return Made(images, images)


def _masks(entry: Entry, seed: int) -> Made:
    made = pictures.shapes(entry.num_samples, seed)
    return Made(made.images, made.masks)


def _boxes(entry: Entry, seed: int) -> Made:
    made = pictures.shapes(entry.num_samples, seed)
    return Made(made.images, made.boxes)


def _table(read: Callable[[], tuple[Array, Array]]) -> Callable[[Entry, int], Made]:
    """All there is is known: every row trains, and every row validates."""

    def made(_entry: Entry, _seed: int) -> Made:
        inputs, targets = read()
        return Made(inputs, targets, parts=(np.arange(len(inputs)), np.arange(len(inputs))))

    return made


def _memories(num_digits: int) -> Callable[[Entry, int], Made]:
    """Whole pictures train, damaged ones validate."""

    def made(_entry: Entry, seed: int) -> Made:
        inputs, targets = tables.memories(num_digits, seed)
        return Made(inputs, targets, parts=(np.arange(num_digits), np.arange(num_digits, len(inputs))))

    return made


_MAKERS: Mapping[str, Callable[[Entry, int], Made]] = {
    "digits32": _plain(bundled.digits32),
    "digits8": _plain(bundled.digits8),
    "iris": _plain(bundled.iris),
    "moons": _by_rule(generated.moons),
    "xor": _by_rule(generated.xor),
    "memory": _by_rule(generated.memory),
    "circles": _by_rule(generated.circles),
    "two_spirals": _by_rule(lambda count, seed: generated.spirals(count, seed, arms=2, turns=1.75, noise=0.015)),
    "spirals": _by_rule(lambda count, seed: generated.spirals(count, seed, arms=3, turns=1.0, noise=0.03)),
    "sine": _by_rule(generated.sine),
    "parity": _by_rule(generated.parity),
    "reverse": _by_rule(generated.reverse),
    "story": _text,
    "poems": _text,
    "digit_pictures": _again,
    "shape_masks": _masks,
    "shape_boxes": _boxes,
    "gate_and": _table(lambda: tables.gate("and")),
    "gate_or": _table(lambda: tables.gate("or")),
    "gate_nand": _table(lambda: tables.gate("nand")),
    "gate_xor": _table(lambda: tables.gate("xor")),
    "bars": _table(tables.bars_and_stripes),
    "memories3": _memories(3),
    "memories10": _memories(10),
}

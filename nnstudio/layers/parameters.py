"""The types of settings a layer can have: each checks a value and says how a form shows it.

``check`` returns the value in its normal form, or raises ValueError with what was expected and what came.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeGuard, Union

import msgspec

from nnstudio.core.graph import Value
from nnstudio.core.words import Words, tr

MAX_LENGTH = 10**12
"""The longest axis, in numbers: what a flattened sample may have."""

MAX_LENGTH_TEXT = 200

_LONGEST_TOLD = 60
"""Letters of a value that is refused."""

MAX_AXES = 6
"""How many axes a sample may have."""

_FREE_LENGTH = re.compile(r"([0-9]+·)?(?=.*[A-Za-z_])[A-Za-z_(⌊][A-Za-z0-9_()⌊⌋/·+-]*\Z")
"""A name such as ``T``, or what layers made of one, such as ``⌊(T-4)/2⌋`` and ``12·T``."""


class SettingError(ValueError):
    """A setting has a value that cannot be; the message calls it as programs do, `told` as its form does.

    Attributes:
        told: the same for people, with the setting's label: what was expected and what came.
    """

    def __init__(self, setting: _Named, expected: str, got: object, told: str = "") -> None:
        """Take the setting, what it can be, what it was, and what it can be in the words of its form."""
        text = repr(got)
        if len(text) > _LONGEST_TOLD:
            text = text[: _LONGEST_TOLD - 3] + "…"
        super().__init__(tr("{name}: expected {expected}, got {got}", name=setting.name, expected=expected, got=text))
        self.told = tr(
            "{name}: expected {expected}, got {got}", name=setting.label, expected=told or expected, got=text
        )


def told(error: ValueError) -> str:
    """Return what is wrong with a setting in the words of its form; of other errors, what they say."""
    return error.told if isinstance(error, SettingError) else str(error)


def _is_whole(value: object, low: int, high: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_length(value: object) -> TypeGuard[int | str]:
    if isinstance(value, str):
        return len(value) <= MAX_LENGTH_TEXT and _FREE_LENGTH.match(value) is not None
    return _is_whole(value, 1, MAX_LENGTH)


class _Named(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    label: Words
    help: Words


class Int(_Named, frozen=True, kw_only=True):
    """A whole number from ``low`` to ``high``."""

    default: int
    low: int = 1
    high: int = 1_000_000

    def check(self, value: Value) -> int:
        """Return the number, or say what was expected."""
        if not _is_whole(value, self.low, self.high):
            raise SettingError(
                self, tr("a whole number from {low} to {high}", low=self.low, high=f"{self.high:,}"), value
            )
        return value


class Float(_Named, frozen=True, kw_only=True):
    """A number from ``low`` to ``high``; whole numbers count too. ``empty`` allows None."""

    default: float | None
    low: float = 0.0
    high: float = 1.0
    step: float = 0.1
    empty: bool = False

    def check(self, value: Value) -> float | None:
        """Return the number (or None), or say what was expected."""
        if value is None and self.empty:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not self.low <= value <= self.high:
            expected = tr("a number from {low} to {high}", low=f"{self.low:g}", high=f"{self.high:g}")
            if self.empty:
                expected = tr("{numbers}, or nothing", numbers=expected)
            raise SettingError(self, expected, value)
        return float(value)


class Bool(_Named, frozen=True, kw_only=True):
    """Yes or no."""

    default: bool

    def check(self, value: Value) -> bool:
        """Return the answer, or say what was expected."""
        if not isinstance(value, bool):
            raise SettingError(self, tr("yes or no (true or false)"), value)
        return value


class Choice(_Named, frozen=True, kw_only=True):
    """One of a few words. ``titles`` are what the form shows, in the order of ``options``."""

    default: str
    options: tuple[str, ...]
    titles: tuple[Words, ...]

    def check(self, value: Value) -> str:
        """Return the word, or say which ones there are."""
        if not isinstance(value, str) or value not in self.options:
            titles = ", ".join(f"“{title}”" for title in self.titles)  # some have a comma themselves
            raise SettingError(
                self,
                tr("one of {options}", options=", ".join(self.options)),
                value,
                tr("one of {options}", options=titles),
            )
        return value


class Size(_Named, frozen=True, kw_only=True):
    """A height and a width, or one number for both; always comes out as a pair.

    ``axes`` says how many numbers there are if not two; they too may be one number for all. ``words`` are extra
    values in place of numbers, such as ``"same"``. ``empty`` allows None.
    """

    default: Value
    low: int = 1
    high: int = 10_000
    axes: int = 2
    words: tuple[str, ...] = ()
    empty: bool = False

    def check(self, value: Value) -> tuple[int, ...] | str | None:
        """Return the numbers (or the word, or None), or say what was expected."""
        if value is None and self.empty:
            return None
        if isinstance(value, str) and value in self.words:
            return value
        given = value if isinstance(value, (tuple, list)) else (value,) * self.axes
        good = tuple(side for side in given if _is_whole(side, self.low, self.high))
        if len(given) == len(good) == self.axes:
            return good
        raise SettingError(self, self._expected(), value)

    def _expected(self) -> str:
        low, high = self.low, f"{self.high:,}"
        if self.axes == 1:
            expected = tr("{low} to {high}", low=low, high=high)
        elif self.axes == 2:
            expected = tr("{low} to {high}, or a pair of them", low=low, high=high)
        else:
            expected = tr("{low} to {high}, or {count} of them", low=low, high=high, count=self.axes)
        if self.words:
            expected = tr("{numbers}, or {words}", numbers=expected, words=", ".join(self.words))
        if self.empty:
            expected = tr("{numbers}, or nothing", numbers=expected)
        return expected


class Axis(_Named, frozen=True, kw_only=True):
    """Which axis of a sample: 0 is the first, -1 the last; None leaves the choice to the layer."""

    default: int | None = None

    def check(self, value: Value) -> int | None:
        """Return the number (or None), or say what was expected."""
        if value is None:
            return None
        if not _is_whole(value, -MAX_AXES, MAX_AXES - 1):
            expected = tr("a whole number from {low} to {high}", low=-MAX_AXES, high=MAX_AXES - 1)
            raise SettingError(self, tr("{numbers}, or nothing", numbers=expected), value)
        return value


class Axes(_Named, frozen=True, kw_only=True):
    """The shape of one sample: whole numbers, and names for lengths that are free.

    ``rest`` allows one -1, for a length that follows from the others.
    """

    default: tuple[int | str, ...]
    most: int = MAX_AXES
    rest: bool = False

    def check(self, value: Value) -> tuple[int | str, ...]:
        """Return the shape, or say what was expected."""
        axes = value if isinstance(value, (tuple, list)) else () if value is None else (value,)
        lengths = tuple(axis for axis in axes if _is_length(axis) or (self.rest and _is_whole(axis, -1, -1)))
        if value is None or len(lengths) < len(axes) or len(lengths) > self.most or lengths.count(-1) > 1:
            expected = tr(
                "up to {most} lengths such as 3, 224, 224, or a name such as T for a free length", most=self.most
            )
            if self.rest:
                expected = tr("{lengths}; one of them may be -1", lengths=expected)
            raise SettingError(self, expected, value)
        return lengths


class AxisNumbers(_Named, frozen=True, kw_only=True):
    """Some axes of a sample by their numbers, each once: all from the start (0, 1) or all from the end (-1, -2).

    ``order`` wants every axis from 0 on, in any order.
    """

    default: tuple[int, ...]
    order: bool = False

    def check(self, value: Value) -> tuple[int, ...]:
        """Return the numbers, or say what was expected."""
        given = value if isinstance(value, (tuple, list)) else (value,)
        axes = tuple(axis for axis in given if _is_whole(axis, -MAX_AXES, MAX_AXES - 1))
        once = 0 < len(given) == len(axes) == len(set(axes))
        if self.order and not (once and sorted(axes) == list(range(len(axes)))):
            raise SettingError(self, tr("every axis once, such as 1, 2, 0"), value)
        if not once or len({axis < 0 for axis in axes}) > 1:
            raise SettingError(
                self,
                tr("different axes, all from the start such as 0, 1 or all from the end such as -1, -2"),
                value,
            )
        return axes


class Text(_Named, frozen=True, kw_only=True):
    """A line that the layer reads itself, such as a formula. ``read`` raises ValueError with what is wrong with it."""

    default: str
    most: int = 500
    read: Callable[[str], object] = str

    def check(self, value: Value) -> str:
        """Return the line without spaces at its ends, or say what was expected."""
        if not isinstance(value, str) or len(value) > self.most or not value.isprintable():
            raise SettingError(self, tr("one line of at most {most} signs", most=self.most), value)
        try:
            self.read(value.strip())
        except ValueError as error:
            raise SettingError(self, tr("a text that can be read ({fault})", fault=error), value) from error
        return value.strip()


class Preset(msgspec.Struct, frozen=True):
    """A table that has a name of its own."""

    name: str
    title: Words
    rows: tuple[str, ...]


class Table(_Named, frozen=True, kw_only=True):
    """Which columns every row has: rows of X (it has it) and . (it has not), all of one length.

    ``row`` and ``column`` say what they stand for. The name of one of the ``presets`` stands for its rows. ``empty``
    allows no rows at all, ``blank`` rows without an X.
    """

    default: tuple[str, ...]
    row: Words
    column: Words
    presets: tuple[Preset, ...] = ()
    empty: bool = False
    blank: bool = False
    most_rows: int = 256
    most_columns: int = 256

    def check(self, value: Value) -> tuple[str, ...]:
        """Return the rows, or say what was expected."""
        for preset in self.presets:
            if value == preset.name:
                return preset.rows
        given = value if isinstance(value, (tuple, list)) else (value,)
        rows = tuple(row for row in given if isinstance(row, str) and set(row) <= {"X", "."})
        lengths = {len(row) for row in rows}
        fits = len(rows) <= self.most_rows and len(lengths) == 1 and 0 < max(lengths) <= self.most_columns
        if len(rows) < len(given) or not (fits or (self.empty and not rows)):
            raise SettingError(self, self._expected(), value)
        if not self.blank and not all("X" in row for row in rows):
            raise SettingError(self, tr("an X in every row"), value)
        return rows

    def _expected(self) -> str:
        expected = tr(
            "1 to {rows} rows of 1 to {columns} signs X and ., all of one length",
            rows=self.most_rows,
            columns=self.most_columns,
        )
        if self.presets:
            names = ", ".join(preset.name for preset in self.presets)
            expected = tr("{numbers}, or {words}", numbers=expected, words=names)
        return tr("{numbers}, or nothing", numbers=expected) if self.empty else expected


Parameter = Union[Int, Float, Bool, Choice, Size, Axis, Axes, AxisNumbers, Text, Table]

"""Formulas whose numbers change all the time: set from pieces that are put in print once, away from the window.

ziamath takes up to a tenth of a second for a formula with its numbers. But only the numbers are new, and they are made
of ten digits: a formula is cut at its signs and numbers into pieces that come again and again. Those that are not known
yet are put in print in a thread; setting a formula of known ones takes a fraction of a millisecond.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, Union

from PySide6.QtCore import QByteArray, QPointF, QRectF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtSvg import QSvgRenderer

from nnstudio.ui import theme
from nnstudio.ui.inspector.formula import formula_svg

_MARGIN: Final = 1.0
"""What ziamath leaves around a picture."""
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_NUMERIC: Final = re.compile(r"[-\d.\s(){}^]*(?:\\cdot[-\d.\s(){}^]*)*")
_COMMAND: Final = re.compile(r"\\(?:[a-zA-Z]+|.)")
_ROOMY: Final = {"=": 5.0, "+": 4.0, r"\cdot": 3.0, ">": 4.0, "/": 2.0}
"""Signs between two things, and the room on either side."""
_ALONE: Final = ("(", ")", "|", "-")
_SPACE: Final = {r"\quad": 17.0, r"\;": 5.0}
_SMALL: Final = 0.7
_RAISED: Final = 7.5
_DIGIT: Final = 9.6
_POINT: Final = 5.0
"""How far the next sign stands from the beginning of a digit, and of a point."""


class Piece(NamedTuple):
    """What is put in print as one."""

    tex: str


class Number(NamedTuple):
    """Digits, set one by one."""

    digits: str


class Gap(NamedTuple):
    """Room."""

    width: float


class Raised(NamedTuple):
    """What stands higher, and small."""

    parts: tuple[Part, ...]


class Root(NamedTuple):
    """What stands under a root's sign."""

    parts: tuple[Part, ...]


Part = Union[Piece, Number, Gap, Raised, Root]


def split(tex: str) -> tuple[Part, ...]:
    """Cut a formula into pieces that come again: numbers, signs between them, and the symbols in between."""
    return tuple(_parts(tex.strip()))


def _parts(tex: str) -> Iterator[Part]:
    held, place = "", 0

    def flushed() -> Iterator[Part]:
        nonlocal held
        if held.strip():
            yield Piece(held.strip())
        held = ""

    while place < len(tex):
        rest = tex[place:]
        number = _NUMBER.match(rest) if not held.endswith(("_", "^")) else None
        command = _COMMAND.match(rest)
        word = command.group() if command else tex[place]
        if number is not None:
            yield from flushed()
            yield Number(number.group())
            place += number.end()
        elif word == r"\sqrt" and _NUMERIC.fullmatch(_group(rest, len(word))):
            yield from flushed()
            inner = _group(rest, len(word))
            yield Root(split(inner))
            place += len(word) + len(inner) + 2
        elif word == r"\frac":
            yield from flushed()
            above = _group(rest, len(word))
            below = _group(rest, len(word) + len(above) + 2)
            whole = rf"\frac{{{above}}}{{{below}}}"
            yield Piece(whole)
            place += len(whole)
        elif word == "^" and (not held.strip() or _NUMERIC.fullmatch(_group(rest, 1) or "x")):
            yield from flushed()
            inner = _group(rest, 1)
            yield Raised(split(inner or rest[1]))
            place += 1 + (len(inner) + 2 if inner else 1)
        elif word in _ROOMY:
            yield from flushed()
            yield from (Gap(_ROOMY[word]), Piece(word), Gap(_ROOMY[word]))
            place += len(word)
        elif word in _ALONE or word == r"\ldots":
            yield from flushed()
            yield Piece(word)
            place += len(word)
        elif word == ",":
            yield from flushed()
            yield from (Piece(word), Gap(3.0))
            place += 1
        elif word in _SPACE:
            yield from flushed()
            yield Gap(_SPACE[word])
            place += len(word)
        elif word == "{":
            inner = _group(rest, 0)
            held += f"{{{inner}}}"
            place += len(inner) + 2
        else:
            held += word
            place += len(word)
    yield from flushed()


def _group(text: str, start: int) -> str:
    """Return what stands between the braces that open at a place; empty where none do."""
    if not text.startswith("{", start):
        return ""
    depth = 0
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[start + 1 : place]
    return ""


def texts_of(parts: Iterable[Part]) -> Iterator[str]:
    """Give all that has to be put in print for these parts."""
    for part in parts:
        if isinstance(part, Piece):
            yield part.tex
        elif isinstance(part, Number):
            yield from part.digits
        elif isinstance(part, (Raised, Root)):
            yield from texts_of(part.parts)
            if isinstance(part, Root):
                yield r"\surd"


class Print:
    """Pieces in print in one colour, and the thread that makes more."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], QSvgRenderer] = {}
        self._made: dict[tuple[str, str], bytes] = {}
        self._wanted: set[tuple[str, str]] = set()
        self._thread: threading.Thread | None = None

    def has(self, parts: Iterable[Part], colour: str) -> bool:
        """Whether all of it can be painted; what is missing is being made after this."""
        missing = {(tex, colour) for tex in texts_of(parts)} - self._known.keys()
        for key in list(missing):
            made = self._made.pop(key, None)
            if made is not None:
                self._known[key] = QSvgRenderer(QByteArray(made))
                missing.discard(key)
        if missing:
            self._make(missing)
        return not missing

    def renderer(self, tex: str, colour: str) -> QSvgRenderer:
        """Return a piece that `has` has found."""
        return self._known[tex, colour]

    def rest(self) -> None:
        """Wait until no thread is at work."""
        if self._thread is not None:
            self._thread.join()

    def _make(self, keys: set[tuple[str, str]]) -> None:
        self._wanted |= keys - self._made.keys()
        if self._wanted and (self._thread is None or not self._thread.is_alive()):
            wanted, self._wanted = sorted(self._wanted), set()
            self._thread = threading.Thread(target=self._work, args=(wanted,), name="nnstudio-print", daemon=True)
            self._thread.start()

    def _work(self, keys: list[tuple[str, str]]) -> None:
        for tex, colour in keys:
            self._made[tex, colour] = formula_svg(tex, colour)


PRINT: Final = Print()
"""Shared by all formulas of the program."""


class Setting:
    """A formula of known pieces, each with its place; the baseline is at y = 0.

    Attributes:
        box: the room that it takes.
    """

    def __init__(self, parts: Iterable[Part], colour: str) -> None:
        self._colour = colour
        self._placed: list[tuple[QSvgRenderer, QRectF]] = []
        self._lines: list[tuple[QPointF, QPointF]] = []
        self.box = QRectF()
        self._set(parts, QPointF(0.0, 0.0), 1.0)

    def paint(self, painter: QPainter) -> None:
        """Paint it from the origin on."""
        for renderer, place in self._placed:
            renderer.render(painter, place)
        painter.setPen(QPen(theme.current().text, 1.0))
        for begin, end in self._lines:
            painter.drawLine(begin, end)

    def _set(self, parts: Iterable[Part], at: QPointF, scale: float) -> QPointF:
        for part in parts:
            if isinstance(part, Piece):
                at = self._put(part.tex, at, scale)
            elif isinstance(part, Number):
                for digit in part.digits:
                    self._put(digit, at, scale)
                    at = at + QPointF((_POINT if digit == "." else _DIGIT) * scale, 0.0)
            elif isinstance(part, Gap):
                at = at + QPointF(part.width * scale, 0.0)
            elif isinstance(part, Raised):
                end = self._set(part.parts, at - QPointF(-1.0, _RAISED * scale), scale * _SMALL)
                at = QPointF(end.x() + 1.0, at.y())
            else:
                at = self._put_root(part, at, scale)
        return at

    def _put(self, tex: str, at: QPointF, scale: float) -> QPointF:
        renderer = PRINT.renderer(tex, self._colour)
        natural = renderer.viewBoxF()
        place = QRectF(
            at.x() + natural.x() * scale,
            at.y() + natural.y() * scale,
            natural.width() * scale,
            natural.height() * scale,
        )
        self._placed.append((renderer, place))
        self.box = self.box.united(place)
        return QPointF(place.right() - (_MARGIN - 1.0) * scale, at.y())

    def _put_root(self, part: Root, at: QPointF, scale: float) -> QPointF:
        begin = self._put(r"\surd", at, scale)
        over = PRINT.renderer(r"\surd", self._colour).viewBoxF().top() * scale + at.y() + _MARGIN
        begin = QPointF(begin.x() - 2.0 * scale, begin.y())
        end = self._set(part.parts, begin, scale)
        self._lines.append((QPointF(begin.x() - scale, over), QPointF(end.x(), over)))
        return end

"""Finding what a few letters mean: letters in their order, better at the beginnings of words and side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from nnstudio.core.pinyin import initials

T = TypeVar("T")

_WORD = 8
_RUN = 5
_WHOLE = 20
_LETTER = 1
_LEAST = 2
"""So many first letters of Chinese characters mean something."""


def score(query: str, text: str) -> int | None:
    """Return how well ``query`` stands for ``text``, more is better; None where its letters do not occur in order.

    Spaces in the query are left out, case does not count. Of all ways to find the letters the best one counts.
    """
    wanted = "".join(query.casefold().split())
    if not wanted:
        return 0
    lower = text.casefold()
    beginnings = [
        place == 0 or not lower[place - 1].isalnum() or (text[place : place + 1].isupper() and len(text) == len(lower))
        for place in range(len(lower))
    ]
    # best[place]: best score of the letters so far, the last of them at this place
    best: dict[int, int] = {}
    for number, letter in enumerate(wanted):
        following: dict[int, int] = {}
        reached: int | None = None
        for place, here in enumerate(lower):
            if number and place - 1 in best and (reached is None or best[place - 1] > reached):
                reached = best[place - 1]
            if here != letter or (number and reached is None):
                continue
            gain = _LETTER + (_WORD if beginnings[place] else 0)
            before = [] if not number or reached is None else [reached]
            if number and place - 1 in best:
                before.append(best[place - 1] + _RUN)
            following[place] = gain + max(before, default=0)
        best = following
        if not best:
            return None
    return max(best.values()) + (_WHOLE if lower.startswith(wanted) else 0)


def score_initials(query: str, text: str) -> int | None:
    """Return how well ``query`` stands for the first letters of a Chinese text, such as "jj" for 二维卷积.

    They count only side by side, and from two letters on: else an English query would find half of everything.
    """
    wanted = "".join(query.casefold().split())
    if len(wanted) < _LEAST:
        return None
    spelled = [way.casefold() for way in initials(text)]
    if not any(wanted in way for way in spelled):
        return None
    side_by_side = len(wanted) * (_LETTER + _WORD + _RUN) - _RUN
    return side_by_side + (_WHOLE if wanted in spelled else 0)


def ranked(query: str, entries: Iterable[tuple[T, Sequence[str]]]) -> list[T]:
    """Return the entries that ``query`` may mean, the likeliest first; all in their order where it is empty.

    Args:
        query: what was typed.
        entries: each with all its names; a Chinese one is found by its first letters too.
    """
    found: list[tuple[int, int, T]] = []
    for place, (entry, names) in enumerate(entries):
        # Of two names that fit alike the shorter is meant.
        ways = [(name, found_by(query, name)) for name in names for found_by in (score, score_initials)]
        scores = [16 * hit - len(name) for name, hit in ways if hit is not None]
        if scores:
            found.append((-max(scores) if query.split() else 0, place, entry))
    return [entry for _, _, entry in sorted(found, key=lambda hit: hit[:2])]

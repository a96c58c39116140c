"""What the palette offers: layer kinds and blocks by family, and which of them a search finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import msgspec

from nnstudio.core.pinyin import initials
from nnstudio.core.words import Words
from nnstudio.layers.blocks import LIBRARY
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import FAMILIES
from nnstudio.ui.canvas.fuzzy import score_initials

BLOCK_PREFIX = "Block:"
"""What begins the key of a block: ``Block:ResidualBlock``."""

DRAWING, OWN = "drawing", "own"
HEADINGS: Mapping[str, Words] = {
    DRAWING: Words("Blocks of this drawing", "本图的模块"),
    OWN: Words("My blocks", "我的模块"),
    **FAMILIES,
}
"""Headings by key, in the order of the list."""


class Offer(msgspec.Struct, frozen=True):
    """One entry of the palette.

    Attributes:
        key: what is placed: a layer kind, or `BLOCK_PREFIX` and a block's name.
        family: a key of `FAMILIES`.
        title, summary: what the person reads.
        group: the heading it stands under, a key of `HEADINGS`; empty for that of its family.
    """

    key: str
    family: str
    title: Words
    summary: Words
    group: str = ""

    @property
    def icon(self) -> str:
        """The name of its picture."""
        return self.key

    @property
    def heading(self) -> str:
        """The heading it stands under, a key of `HEADINGS`."""
        return self.group or self.family

    @property
    def names(self) -> tuple[str, ...]:
        """What it is called: the title in both languages, and torch's name or the block's."""
        return self.title.en, self.title.zh, self.key.removeprefix(BLOCK_PREFIX)

    def matches(self, query: str) -> bool:
        """Whether every word of ``query`` occurs in one of its names, in either language, or begins its characters."""
        heading = HEADINGS[self.heading]
        text = " ".join((self.key, *self.names, heading.en, heading.zh)).casefold()
        return all(word in text or self._is_spelled(word) for word in query.casefold().split())

    def rank(self, query: str) -> int:
        """Order among what a search finds, the likeliest lowest.

        0 where a name is the query; 1 where one begins with it, and a word ends there ("max" is "Max pool"); 2 where
        one begins with it ("max" is "Maximum"); 3 where every word of the query begins a word of one name; 4 else.
        The first letters of the Chinese title count as one word: "qlj" is 全连接.
        """
        wanted = " ".join(query.casefold().split())
        if not wanted or any(name.casefold() == wanted for name in self.names):
            return 0
        ranks = [4]
        if self._is_spelled(wanted):
            ranks.append(1 if wanted in map(str.casefold, initials(self.title.zh)) else 3)
        for name in self.names:
            seams = _seams(name)
            if name.casefold().startswith(wanted):
                ranks.append(1 if len(wanted) in seams else 2)
            ends = [name[place:].casefold() for place in seams]
            if all(any(end.startswith(word) for end in ends) for word in wanted.split()):
                ranks.append(3)
        return min(ranks)

    def _is_spelled(self, word: str) -> bool:
        return score_initials(word, self.title.zh) is not None


def _seams(name: str) -> list[int]:
    """Return where words of a name begin, such as 0 and 3 in ``MaxPool``, and where those before them have ended."""
    return [
        place
        for place, letter in enumerate(name)
        if place == 0 or not (letter.islower() or (letter.isdigit() and name[place - 1].isdigit()))
    ]


@cache
def offers() -> tuple[Offer, ...]:
    """Return everything that can be placed, in the order of the families; blocks come last in theirs."""
    known = [Offer(spec.kind, spec.family, spec.title, spec.summary) for spec in catalog().values()]
    known += [Offer(BLOCK_PREFIX + name, block.family, block.title, block.summary) for name, block in LIBRARY.items()]
    places = {family: place for place, family in enumerate(FAMILIES)}
    return tuple(sorted(known, key=lambda offer: places[offer.family]))


def found(query: str, own: Iterable[Offer] = ()) -> list[Offer]:
    """Return what a search finds, the likeliest first; ``own`` are blocks that come and go."""
    fitting = [offer for offer in (*own, *offers()) if offer.matches(query)]
    return sorted(fitting, key=lambda offer: offer.rank(query))


def grouped(query: str = "", own: Iterable[Offer] = ()) -> list[tuple[str, list[Offer]]]:
    """Return each heading that has something for ``query``, with what it has.

    Without a query they come in the order of `HEADINGS`, else the likeliest first.
    """
    groups: dict[str, list[Offer]] = {} if query.strip() else {heading: [] for heading in HEADINGS}
    for offer in found(query, own):
        groups.setdefault(offer.heading, []).append(offer)
    return [(heading, fitting) for heading, fitting in groups.items() if fitting]


def best(query: str, own: Iterable[Offer] = ()) -> Offer | None:
    """Return what Enter in the search field places."""
    return next(iter(found(query, own)), None) if query.strip() else None

"""What the palette offers: layer kinds and blocks by family, and which of them a search finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import msgspec

from nnstudio.core.words import Words
from nnstudio.layers.blocks import LIBRARY
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import FAMILIES

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

    def matches(self, query: str) -> bool:
        """Whether every word of ``query`` occurs in one of its names, in either language."""
        heading = HEADINGS[self.group or self.family]
        names = (self.key, self.title.en, self.title.zh, heading.en, heading.zh)
        text = " ".join(names).casefold()
        return all(word in text for word in query.casefold().split())

    def rank(self, query: str) -> int:
        """Order among what matches: 0 where a title begins with the query, 1 where a word does, else 2."""
        wanted = query.casefold().strip()
        titles = (self.title.en.casefold(), self.title.zh.casefold(), self.key.casefold())
        if any(title.startswith(wanted) for title in titles):
            return 0
        return 1 if any(word.startswith(wanted) for title in titles for word in title.split()) else 2


@cache
def offers() -> tuple[Offer, ...]:
    """Return everything that can be placed, in the order of the families; blocks come first in theirs."""
    found = [Offer(BLOCK_PREFIX + name, block.family, block.title, block.summary) for name, block in LIBRARY.items()]
    found += [Offer(spec.kind, spec.family, spec.title, spec.summary) for spec in catalog().values()]
    places = {family: place for place, family in enumerate(FAMILIES)}
    return tuple(sorted(found, key=lambda offer: places[offer.family]))


def grouped(query: str = "", own: Iterable[Offer] = ()) -> Iterator[tuple[str, list[Offer]]]:
    """Yield each heading that has something for ``query``, with what it has; ``own`` are blocks that come and go."""
    everything = (*own, *offers())
    for heading in HEADINGS:
        fitting = [offer for offer in everything if (offer.group or offer.family) == heading and offer.matches(query)]
        if fitting:
            yield heading, fitting


def best(query: str, own: Iterable[Offer] = ()) -> Offer | None:
    """Return what Enter in the search field places."""
    fitting = [offer for offer in (*own, *offers()) if offer.matches(query)]
    return min(fitting, key=lambda offer: offer.rank(query)) if fitting and query.strip() else None

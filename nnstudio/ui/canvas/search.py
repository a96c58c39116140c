"""The search that opens at the pointer: a few letters, Enter, and the layer is there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nnstudio.core.words import tr
from nnstudio.ui.canvas.fuzzy import ranked
from nnstudio.ui.chooser import Choice, Chooser
from nnstudio.ui.palette.model import BLOCK_PREFIX, Offer, offers


class SearchPopup(Chooser):
    """Offers layers and blocks over the canvas."""

    def __init__(
        self,
        parent: QWidget,
        *,
        accept: Callable[[str], None],
        closed: Callable[[], None],
        fits: Callable[[str], bool] = lambda _key: True,
        own: tuple[Offer, ...] = (),
    ) -> None:
        """Build it hidden.

        Args:
            parent: the canvas.
            accept: called with the key of what is taken.
            closed: called once when it closes, before ``accept``.
            fits: which keys are offered at all.
            own: blocks that are offered besides what the program brings along.
        """
        self._all = [(offer, offer.names) for offer in (*own, *offers()) if fits(offer.key)]
        titles = (tr("Add a layer"), tr("Search layers"), tr("Layers found"), tr("Search layers…"))
        super().__init__(parent, name="canvas_search", titles=titles, find=self._fitting, accept=accept, closed=closed)

    def _fitting(self, query: str) -> list[Choice]:
        return [_choice(offer) for offer in sorted(ranked(query, self._all), key=lambda offer: offer.rank(query))]


def _choice(offer: Offer) -> Choice:
    title, name = str(offer.title), offer.key.removeprefix(BLOCK_PREFIX)
    return Choice(
        key=offer.key,
        title=title,
        aside=name if name != title else "",
        summary=str(offer.summary),
        icon=offer.icon,
        family=offer.family,
    )

"""Where the person is looking: what outlives the widgets, which are built anew for another language or theme."""

from __future__ import annotations

import msgspec


class View(msgspec.Struct):
    """What of one drawing is seen, and how large.

    Attributes:
        page: ``design`` or ``train``.
        tab: the open tab of the dock, by its key.
        insight: the view that was looked at last, by its key.
        windows: the views that are open in windows of their own, by their keys.
        window_places: where windows of a view stood last, by its key, as Qt writes it down in hexadecimal digits.
        experiments: the experiments whose windows are open, by their kinds.
        overlay: what wires show of a run: ``weights``, ``gradients`` or nothing.
        minimap: whether the canvas shows its minimap.
        folded: headings of the palette whose entries are folded away.
        recipe_open: headings of the recipe whose settings are seen.
        zoom, centre: the canvas' scale and the scene point in its middle; None before the first fit.
    """

    page: str = "design"
    tab: str = "progress"
    insight: str = ""
    windows: tuple[str, ...] = ()
    window_places: dict[str, list[str]] = {}
    experiments: tuple[str, ...] = ()
    overlay: str = ""
    minimap: bool = True
    folded: frozenset[str] = frozenset()
    recipe_open: frozenset[str] = frozenset({"loss", "optimizer", "run"})
    zoom: float | None = None
    centre: tuple[float, float] | None = None


class Outside(msgspec.Struct, frozen=True):
    """What to come back to when a block is left.

    Attributes:
        selection: ids of the nodes that were selected around it.
        zoom, centre: as in `View`.
    """

    selection: frozenset[str]
    zoom: float | None
    centre: tuple[float, float] | None

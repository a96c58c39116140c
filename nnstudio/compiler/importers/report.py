"""What an import gives: a drawing, its weights, and a report that leaves nothing out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import msgspec

from nnstudio.core.graph import Graph
from nnstudio.core.words import tr

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Weights = Mapping[str, npt.NDArray[np.generic]]

State = Literal["mapped", "noted", "placeholder"]
Check = Literal["equal", "close", "differs", "not_run"]


class BadImportError(ValueError):
    """Nothing could be imported; the message is one clear sentence."""


class Entry(msgspec.Struct, frozen=True):
    """One part of what was imported.

    Attributes:
        source: what it was called there, such as ``layer1.0.conv1`` or ``view``.
        node: name of the layer it became; several are joined by commas.
        kind: what kind of layer that is.
        state: ``mapped``: it computes the same; ``noted``: it does, but something about it should be known;
            ``placeholder``: no layer computes this, so it stands there with its wires and computes nothing.
        note: what should be known, in the reader's language.
    """

    source: str
    node: str
    kind: str
    state: State = "mapped"
    note: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a network that was imported.

    Attributes:
        origin: where it came from, such as ``net.py:Net`` or ``net.onnx``.
        entries: its parts, in the order of computation.
        notes: what concerns the whole, in the reader's language.
        check: whether the drawing computes what the original does: ``equal`` bit for bit, ``close`` within rounding,
            ``differs``, or ``not_run`` where one of them could not be run.
        difference: largest difference of the outputs, relative to their largest number; None where not run.
    """

    origin: str
    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()
    check: Check = "not_run"
    difference: float | None = None

    @property
    def placeholders(self) -> tuple[Entry, ...]:
        """The parts that no layer computes."""
        return tuple(entry for entry in self.entries if entry.state == "placeholder")

    @property
    def summary(self) -> str:
        """Say in one sentence what came of it."""
        lost, total = len(self.placeholders), len(self.entries)
        if lost:
            return tr(
                "{count} of {total} parts were mapped; {lost} are placeholders.",
                count=total - lost,
                total=total,
                lost=lost,
            )
        return tr("All {total} parts were mapped.", total=total)

    @property
    def verdict(self) -> str:
        """Say in one sentence whether the drawing computes the same."""
        match self.check:
            case "equal":
                return tr("Drawing and original give the same outputs, bit for bit.")
            case "close":
                return tr(
                    "The outputs of drawing and original differ by {share}, which is rounding.", share=self._share
                )
            case "differs":
                return tr("Careful: the outputs of drawing and original differ by {share}.", share=self._share)
            case _:
                return tr("The outputs of drawing and original were not compared.")

    @property
    def _share(self) -> str:
        return "∞" if self.difference is None else f"{self.difference:.1e}"

    def lines(self) -> list[str]:
        """Write the report for reading, one line for each thing; parts that were simply mapped are only counted."""
        found = [self.summary, self.verdict, *self.notes]
        for entry in self.entries:
            if entry.state != "mapped":
                word = tr("placeholder") if entry.state == "placeholder" else tr("note")
                found.append(
                    tr(
                        "{word}: {source} → {node}: {note}",
                        word=word,
                        source=entry.source,
                        node=entry.node,
                        note=entry.note,
                    )
                )
        return found


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """A network that came in.

    Attributes:
        name: what it is called.
        graph: the drawing, not yet laid out.
        weights: by the keys of the compiled module's ``state_dict``.
        report: what became of its parts.
    """

    name: str
    graph: Graph
    weights: Weights
    report: Report

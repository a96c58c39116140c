"""What the layers of the drawing gave for the chosen sample, in order, ready to be painted. No widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from nnstudio.core.words import figure, tr
from nnstudio.layers.catalog import catalog

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnstudio.ui.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class LayerValue:
    """One layer's value.

    Attributes:
        id: id of the node in the drawing.
        name: what the drawing calls it now.
        family: key of the layer's family, for its colour.
        values: (maps, height, width), or (units,) for a layer that gives a vector.
        is_sequence: whether the one map holds a row per feature and a column per time step.
        low: smallest finite number.
        high: largest finite number.
    """

    id: str
    name: str
    family: str
    values: npt.NDArray[np.float32]
    is_sequence: bool
    low: float
    high: float

    @property
    def is_vector(self) -> bool:
        """Whether it is shown as bars."""
        return self.values.ndim == 1

    @property
    def count(self) -> int:
        """How many maps, or units of a vector."""
        return int(self.values.shape[0])

    @property
    def caption(self) -> str:
        """Say how many maps of which size, or how many units."""
        if self.is_vector:
            return tr("1 unit") if self.count == 1 else tr("{count} units", count=self.count)
        height, width = self.values.shape[1:]
        if self.is_sequence:
            return tr("{features} features × {steps} time steps", features=height, steps=width)
        if self.count == 1:
            return tr("1 map of {height} × {width}", height=height, width=width)
        return tr("{count} maps of {height} × {width}", count=self.count, height=height, width=width)

    @property
    def span(self) -> str:
        """Say from where to where the values go; where all are the same, say that one."""
        if self.low == self.high:
            return figure(self.low, ".3g")
        return tr("{low:.3g} to {high:.3g}", low=self.low, high=self.high)

    def describe(self, index: int) -> str:
        """Say of one map, or one unit, what it is and what it holds; ``index`` counts from 0."""
        from nnstudio.ui.imagery import value_range

        if self.is_vector:
            return tr("{name}, unit {index}: {value:.4g}", name=self.name, index=index + 1, value=self.values[index])
        low, high = value_range(self.values[index])
        if self.is_sequence:
            return tr("{name}: {low:.3g} to {high:.3g}", name=self.name, low=low, high=high)
        return tr(
            "{name}, channel {index} of {count}: {low:.3g} to {high:.3g}",
            name=self.name,
            index=index + 1,
            count=self.count,
            low=low,
            high=high,
        )


def layer_values(session: Session) -> list[LayerValue]:
    """Return what is known of the layers that the drawing still has, sources first; an Output would repeat one."""
    bridge = session.bridge
    if bridge.snapshot is None:
        return []
    asked = (bridge.snapshot, bridge.project, session.project, session.model)
    known = _KNOWN.get(session)
    if known is not None and all(one is other for one, other in zip(asked, known[0], strict=True)):
        return list(known[1])
    found = []
    for id_ in session.model.order:
        node = session.project.graph.by_id[id_]
        value = layer_value(session, id_) if node.kind != "Output" else None
        if value is not None:
            found.append(value)
    _KNOWN[session] = (asked, tuple(found))
    return found


_KNOWN: WeakKeyDictionary[Session, tuple[tuple[object, ...], tuple[LayerValue, ...]]] = WeakKeyDictionary()
"""What was returned last for each window: several views of it ask in turn for the same."""


def layer_value(session: Session, id_: str) -> LayerValue | None:
    """Return what one layer of the drawing gave; None where nothing is known of it."""
    import numpy as np

    from nnstudio.ui.imagery import value_range

    raw = session.bridge.value(id_)
    node = session.project.graph.by_id.get(id_)
    if raw is None or node is None or node.bypassed or not raw.size:
        return None
    numbers = np.asarray(raw, dtype=np.float32)
    is_sequence = numbers.ndim == 2
    if numbers.ndim == 0:
        numbers = numbers.reshape(1)
    elif is_sequence:
        # Time runs to the right.
        numbers = numbers.T[np.newaxis]
    elif numbers.ndim > 3:
        numbers = numbers.reshape(-1, *numbers.shape[-2:])
    spec = catalog().get(node.kind)
    low, high = value_range(numbers)
    return LayerValue(id_, node.name, spec.family if spec else "merge", numbers, is_sequence, low, high)

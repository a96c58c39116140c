"""How much a run remembers of itself, however long it is: in its record, in its checkpoints and behind its curves."""

from __future__ import annotations

from typing import Final

MOST_ROWS: Final = 20_000
"""Steps; of more, every second one goes, or neighbours become their mean."""
MOST_EPOCHS: Final = 2_000
"""Epochs; of more, every second one goes. About 2 MB, with ten measures each."""

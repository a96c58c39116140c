"""Journeys use the windows of the UI's tests and are watched like them."""

from __future__ import annotations

from tests.ui.conftest import light, nothing_left, settled

__all__ = ["light", "nothing_left", "settled"]

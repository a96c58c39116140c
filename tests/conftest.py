"""What every test gets: an offscreen screen, and English texts."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Several test processes on few cores slow each other down twentyfold when each of them spins on all cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from nnstudio.core.words import set_language


@pytest.fixture(autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep recovery copies and preferences of the person who runs the tests out of it."""
    monkeypatch.setenv("NNSTUDIO_STATE", str(tmp_path_factory.mktemp("state")))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Begin and leave every test in English."""
    set_language("en")
    yield
    set_language("en")

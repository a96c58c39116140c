"""Preferences: kept from start to start, and never in the way of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnstudio.project.preferences import (
    NUM_RECENT,
    Preferences,
    load_preferences,
    preferences_file,
    reset_preferences,
    save_preferences,
)


def test_preferences_come_back() -> None:
    chosen = Preferences(language="zh_CN", theme="dark", recent=("/a.nns",), window="AAEC")
    save_preferences(chosen)
    assert load_preferences() == chosen
    reset_preferences()
    assert load_preferences() == Preferences()
    reset_preferences()


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"theme": 3}', b"\xff"])
def test_a_damaged_file_means_a_fresh_start(data: bytes) -> None:
    save_preferences(Preferences(theme="dark"))
    preferences_file().write_bytes(data)
    assert load_preferences() == Preferences()


def test_recent_projects_are_few_and_the_last_is_first(tmp_path: Path) -> None:
    preferences = Preferences()
    for number in range(NUM_RECENT + 3):
        preferences = preferences.with_recent(tmp_path / f"{number}.nns")
    preferences = preferences.with_recent(tmp_path / "5.nns")
    assert len(preferences.recent) == NUM_RECENT
    assert preferences.recent[:2] == (str(tmp_path / "5.nns"), str(tmp_path / f"{NUM_RECENT + 2}.nns"))

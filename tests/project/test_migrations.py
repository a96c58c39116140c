"""Migrations: one step per format, in order, on a copy."""

from __future__ import annotations

from typing import Any

from nnstudio.project.migrations import STEPS, migrate
from nnstudio.project.schema import FORMAT


def test_there_is_a_step_from_every_older_format() -> None:
    assert sorted(STEPS) == list(range(1, FORMAT))


def test_steps_are_taken_in_order_and_leave_the_old_data_alone() -> None:
    def rename(data: dict[str, Any]) -> dict[str, Any]:
        return {"title": data["name"], "format": data["format"]}

    def shout(data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "title": data["title"].upper()}

    old = {"format": 1, "name": "net"}
    steps = {1: rename, 2: shout}
    assert migrate(old, 1, steps=steps, newest=3) == {"format": 3, "title": "NET"}
    assert migrate({"format": 2, "title": "net"}, 2, steps=steps, newest=3) == {"format": 3, "title": "NET"}
    assert migrate(old, 1, steps=steps, newest=1) is old
    assert old == {"format": 1, "name": "net"}

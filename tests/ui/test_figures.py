"""Numbers as people read them."""

from __future__ import annotations

import pytest

from nnstudio.core.words import set_language
from nnstudio.ui.figures import duration, grouped, percent, rounded


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (18_730, "18,730"), (999_900, "999,900"), (999_960, "1 M"), (14_387_200, "14.4 M"), (4.1e9, "4.1 G")],
)
def test_rounded(count: float, text: str) -> None:
    assert rounded(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0 s"), (3.6, "4 s"), (59.6, "1 min 0 s"), (125, "2 min 5 s"), (4210, "1 h 10 min")]
)
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_others() -> None:
    assert grouped(61_706) == "61,706"
    assert percent(0.9783) == "97.8 %"
    set_language("zh_CN")
    assert duration(65) == "1 分 5 秒"

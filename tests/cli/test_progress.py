"""The progress bar: on a terminal a line that moves, elsewhere nothing but notes."""

from __future__ import annotations

import io

import pytest

from nnstudio.cli.progress import ProgressBar, clock_text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


def shown(terminal: Terminal) -> str:
    """Return what stands in the last line."""
    line = ""
    for part in terminal.getvalue().split("\n")[-1].split("\r"):
        line = part + line[len(part) :]
    return line.rstrip()


def test_the_bar_shows_share_time_left_and_text() -> None:
    terminal, clock = Terminal(), Clock()
    bar = ProgressBar(terminal, clock)
    bar.update(0.0, "loading")
    assert shown(terminal) == "·" * 28 + "   0 %  loading"
    clock.now += 30
    bar.update(0.25, "epoch 1")
    assert shown(terminal) == "█" * 7 + "·" * 21 + "  25 %  1:30 left  epoch 1"
    clock.now += 90
    bar.update(1.0)
    assert shown(terminal) == "█" * 28 + " 100 %  0:00 left"
    bar.clear()
    assert shown(terminal) == ""


def test_the_bar_is_not_painted_more_often_than_it_can_be_seen() -> None:
    terminal, clock = Terminal(), Clock()
    bar = ProgressBar(terminal, clock)
    for step in range(1000):
        clock.now += 0.001
        bar.update(step / 1000)
    assert 5 <= terminal.getvalue().count("\r") <= 12


def test_a_narrow_terminal_gets_one_line_even_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    terminal = Terminal()
    ProgressBar(terminal, Clock()).update(0.5, "第三轮，共十二轮，损失很小，而且还在变小")
    text = shown(terminal)
    assert sum(2 if character >= "　" else 1 for character in text) <= 49
    assert "\n" not in terminal.getvalue()


def test_notes_stand_above_the_bar() -> None:
    terminal = Terminal()
    bar = ProgressBar(terminal, Clock())
    bar.update(0.5, "working")
    bar.note("epoch 1 done")
    bar.update(0.6, "working")
    assert terminal.getvalue().split("\n")[0].endswith("\repoch 1 done")
    assert " 60 %" in shown(terminal)


def test_a_file_gets_the_notes_only() -> None:
    stream = io.StringIO()
    bar = ProgressBar(stream, Clock())
    bar.update(0.5, "working")
    bar.note("epoch 1 done")
    bar.clear()
    assert stream.getvalue() == "epoch 1 done\n"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (7.4, "0:07"), (59.6, "1:00"), (90, "1:30"), (3_723, "1:02:03")]
)
def test_clock(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text

"""Sentences and the numbers in them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from nnstudio.core import words
from nnstudio.core.words import Words, again, figure, how_said, joined, say, sentences, set_language, tr


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (-0.28, ".2f", "−0.28"),
        (0.28, "+.2f", "+0.28"),
        (-0.0001, ".2f", "0.00"),
        (-0.0, ".3g", "0"),
        (-1234.5, ",.1f", "−1,234.5"),
        (1.5e-7, ".3g", "1.5e−7"),
        (-2e12, ".0e", "−2e12"),
        (1.0, ".0e", "1e0"),
        (float("-inf"), ".3g", "−inf"),
        (float("nan"), ".3g", "nan"),
        (-3, "d", "−3"),
        (np.float32(-0.5), ".4g", "−0.5"),
    ],
)
def test_numbers_have_a_minus_sign(value: float, spec: str, text: str) -> None:
    assert figure(value, spec) == text


def test_sentences_write_numbers_the_same_way() -> None:
    assert tr("{a:.2f} to {b:.3g} in {c}", a=-0.28, b=np.float32(-1e-7), c="a-b") == "−0.28 to −1e−7 in a-b"
    assert tr("got {value}", value=-0.5) == "got -0.5", "what was typed stays as it was"


@pytest.fixture
def noting() -> Iterator[None]:
    words._here.are_noted = True
    yield
    words._here.are_noted = False
    set_language("en")


def in_chinese(text: str) -> str:
    set_language("zh_CN")
    said = again(text)
    set_language("en")
    return said


def test_what_was_said_can_be_said_again_with_all_that_stands_in_it(noting: None) -> None:
    cause = ValueError(tr("it is damaged"))
    text = str(ValueError(tr("The run in {folder} cannot be read: {detail}.", folder="/a-b", detail=cause)))
    assert text == "The run in /a-b cannot be read: it is damaged."
    assert in_chinese(text) == "无法读取 /a-b 中的训练：文件已损坏。"
    whole = sentences(text, "", tr("The weights are again those of step {step}.", step=7))
    assert in_chinese(whole).startswith("无法读取 /a-b 中的训练：文件已损坏。权重")
    assert (
        in_chinese(joined(": ", ("dense_1", Words("Name", "名称").en, tr("it is damaged"))))
        == "dense_1: Name: 文件已损坏"
    )


def test_what_was_said_is_a_text_like_any_other(noting: None) -> None:
    text = tr("Saved {path}", path="a")
    assert text == "Saved a"
    assert {text: 1} == {"Saved a": 1}
    assert again("Saved a") == "Saved a", "what knows nothing stays as it was"


def test_only_threads_that_ask_for_it_note_what_they_say(noting: None) -> None:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(tr("Saved {path}", path="a")))
    thread.start()
    thread.join()
    assert type(found[0]) is str


def test_numbers_and_words_within_are_said_again(noting: None) -> None:
    text = tr("{a:.2f} to {b:.3g} in {c}", a=-0.28, b=np.float32(-1e-7), c=Words("one", "一"))
    how = how_said(text)
    assert how == [
        "tr",
        "{a:.2f} to {b:.3g} in {c}",
        {"a": -0.28, "b": float(np.float32(-1e-7)), "c": ["words", "one", "一"]},
    ]


@pytest.mark.parametrize(
    "how",
    [
        ["tr", "{path.__class__}", {"path": "a"}],
        ["tr", "Saved {path}", {"path": {"deep": 1}}],
        ["tr", "Saved {path}"],
        ["nothing"],
        {"tr": 1},
        3,
        None,
    ],
)
def test_nonsense_from_a_file_is_not_said(how: object) -> None:
    assert say(how, "as it was") == "as it was"


def test_how_a_text_was_said_comes_back_from_a_file(noting: None) -> None:
    text = tr("Saved {path}", path="a")
    how = json.loads(json.dumps(how_said(text)))
    set_language("zh_CN")
    assert say(how, "") == "已保存 a"

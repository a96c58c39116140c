"""Classes are called something in every language."""

from __future__ import annotations

from nnstudio.core.words import set_language
from nnstudio.data.class_words import CLASS_WORDS, class_title
from nnstudio.data.entries import ENTRIES


def test_every_class_that_is_a_word_has_its_chinese() -> None:
    words = {name for entry in ENTRIES for name in entry.classes if len(name) > 1}
    assert words == set(CLASS_WORDS)
    assert all(name == word.en for name, word in CLASS_WORDS.items())
    set_language("zh_CN")
    assert [class_title(name) for name in ("disk", "7", "A")] == ["圆盘", "7", "A"]

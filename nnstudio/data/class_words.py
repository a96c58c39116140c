"""What classes are called in every language; data sets themselves keep the English, as do files and scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nnstudio.core.words import Words

CLASS_WORDS: Final[Mapping[str, Words]] = {
    words.en: words
    for words in (
        Words("ground", "背景"),
        Words("disk", "圆盘"),
        Words("square", "正方形"),
        Words("triangle", "三角形"),
        Words("even", "偶数"),
        Words("odd", "奇数"),
        Words("setosa", "山鸢尾"),
        Words("versicolor", "变色鸢尾"),
        Words("virginica", "维吉尼亚鸢尾"),
    )
}
"""Classes of the data sets that come with the program; digits and letters are the same everywhere."""


def class_title(name: str) -> str:
    """Return what a person calls a class, from the name that the data set has for it."""
    return str(CLASS_WORDS.get(name, name))

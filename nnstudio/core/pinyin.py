"""The first letters of Chinese words as they are typed: 全连接 is found by "qlj" (decision 11).

The 3,755 commoner characters of GB 2312 stand in the order of their reading, so where a character stands says what
its reading begins with. The others that our texts need are listed here by hand.
"""

from __future__ import annotations

from bisect import bisect
from functools import lru_cache
from itertools import product

_FIRST = "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝"
"""The first character in the order for each letter; no reading begins with i, u or v."""
_LETTERS = "abcdefghjklmnopqrstwxyz"
_ORDERED = range(0xB0A1, 0xD7FA)
_RARER = {"阈": "y", "熵": "s", "黏": "n"}
_BOTH_WAYS = {
    "重": "zc",
    "调": "td",
    "行": "xh",
    "长": "cz",
    "参": "cs",
    "率": "ls",
    "会": "hk",
    "校": "xj",
    "曾": "cz",
    "降": "jx",
    "藏": "cz",
    "弹": "td",
    "朝": "cz",
    "粘": "zn",
    "系": "xj",
    "省": "sx",
    "传": "cz",
    "便": "bp",
    "强": "qj",
    "屏": "pb",
    "栅": "sz",
}
"""Characters whose readings begin with different letters, the likelier one first."""
_MOST = 3
"""From the fourth of them in one text on, only the likelier reading counts."""


@lru_cache(maxsize=4096)
def initials(text: str) -> tuple[str, ...]:
    """Return what a text can be typed as: a capital for each Chinese character, other letters small, no spaces.

    One entry, or a few where a character is read in more than one way; none for a text without Chinese.
    """
    choices: list[str] = []
    chinese = several = 0
    for sign in text:
        letters = _letters(sign)
        if letters:
            chinese += 1
            several += len(letters) > 1
            choices.append(letters.upper() if several <= _MOST else letters[0].upper())
        elif sign.isalnum():
            choices.append(sign.lower()[:1])
    return tuple("".join(way) for way in product(*choices)) if chinese else ()


def _letters(sign: str) -> str:
    """Return the letters that the readings of a character begin with; nothing for any other sign."""
    if sign < "\u4e00" or sign > "\u9fff":
        return ""
    known = _BOTH_WAYS.get(sign) or _RARER.get(sign)
    if known is not None:
        return known
    place = _place(sign)
    return _LETTERS[bisect(_starts(), place) - 1] if place in _ORDERED else ""


def _place(sign: str) -> int:
    try:
        return int.from_bytes(sign.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return 0


@lru_cache(maxsize=1)
def _starts() -> tuple[int, ...]:
    return tuple(map(_place, _FIRST))

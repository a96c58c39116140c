"""Everything a person reads, in English and in Simplified Chinese.

English is the source: ``tr("Save {name}", name=...)`` looks the sentence up in the catalogue of the
current language and fills in the values, numbers as `figure` writes them. A layer carries its own texts
in both languages as `Words`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import SupportsFloat

import msgspec

from nnstudio.core.resources import resource

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
"""Language codes and what each language calls itself."""

_current = "en"


class Words(msgspec.Struct, frozen=True):
    """One text in every language; ``str()`` gives it in the current one."""

    en: str
    zh: str

    def __str__(self) -> str:
        return self.zh if _current == "zh_CN" else self.en


@cache
def catalogue(code: str) -> dict[str, str]:
    """Return English sentence -> translation, merged from every file of one language.

    Raises:
        ValueError: a sentence is translated in two files.
    """
    merged: dict[str, str] = {}
    for file in sorted(resource("translations", code).glob("*.json")):
        entries: dict[str, str] = json.loads(file.read_text("utf-8"))
        twice = merged.keys() & entries.keys()
        if twice:
            raise ValueError(f"{file.name}: translated in another file already: {sorted(twice)}")
        merged.update(entries)
    return merged


def in_all_languages(text: str) -> tuple[str, ...]:
    """Return a text of the program in every language, the English first, from what it is in any of them."""
    english = text if text in catalogue("zh_CN") else _english().get(text, text)
    return tuple(dict.fromkeys((english, catalogue("zh_CN").get(english, english))))


@cache
def _english() -> dict[str, str]:
    return {translation: text for text, translation in catalogue("zh_CN").items()}


def language() -> str:
    """Return the code of the current language."""
    return _current


def set_language(code: str) -> None:
    """Make one of `LANGUAGES` the current language; texts made from now on are in it.

    Raises:
        ValueError: the language is unknown.
    """
    global _current
    if code not in LANGUAGES:
        raise ValueError(f"language: expected one of {', '.join(LANGUAGES)}, got {code!r}")
    _current = code


def tr(text: str, /, **values: object) -> str:
    """Return ``text`` in the current language with its ``{fields}`` filled in."""
    if _current != "en":
        text = catalogue(_current).get(text, text)
    return text.format(**{name: _written(value) for name, value in values.items()}) if values else text


def sentences(*texts: str) -> str:
    """Put sentences after each other as the current language does: Chinese ones end in a wide sign, and need no space.

    >>> sentences("One.", "", "Two.")
    'One. Two.'
    """
    return ("" if _current == "zh_CN" else " ").join(filter(None, texts))


def figure(value: SupportsFloat, spec: str = ".4g") -> str:
    """Write a number as people read it: with a minus sign that is no hyphen, none before zero, and short powers of ten.

    >>> figure(-0.28, ".2f"), figure(-0.0001, ".2f"), figure(1.5e-7, ".3g")
    ('−0.28', '0.00', '1.5e−7')

    Args:
        value: any real number, numpy's too.
        spec: how, as for ``format``.
    """
    text = format(value, spec)
    if "e" in text:
        text = _POWER.sub(r"e\1\2", text).replace("e+", "e")
    if text.startswith("-") and not _NOT_ZERO.search(text):
        return text[1:]
    return text.replace("-", "−")


_POWER = re.compile(r"e([+-])0*(\d)")
_NOT_ZERO = re.compile("[1-9a-z]")


class _Figure:
    """A number in a sentence, which `figure` writes where the sentence says how."""

    __slots__ = ("_value",)

    def __init__(self, value: SupportsFloat) -> None:
        self._value = value

    def __format__(self, spec: str) -> str:
        return figure(self._value, spec) if spec else format(self._value)


def _written(value: object) -> object:
    return _Figure(value) if hasattr(value, "__float__") and not isinstance(value, int) else value

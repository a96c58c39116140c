"""Everything a person reads, in English and in Simplified Chinese.

English is the source: ``tr("Save {name}", name=...)`` looks the sentence up in the catalogue of the
current language and fills in the values, numbers as `figure` writes them. A layer carries its own texts
in both languages as `Words`.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final, SupportsFloat

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
    return _filled(text, values)


def _filled(text: str, values: Mapping[str, object]) -> str:
    source = text
    if _current != "en":
        text = catalogue(_current).get(text, text)
    if values:
        text = text.format(**{name: _written(value) for name, value in values.items()})
    if _here.are_noted:
        return Said(text, ["tr", source, {name: _noted(value) for name, value in values.items()}])
    return text


def sentences(*texts: str) -> str:
    """Put sentences after each other as the current language does: Chinese ones end in a wide sign, and need no space.

    >>> sentences("One.", "", "Two.")
    'One. Two.'
    """
    return joined("" if _current == "zh_CN" else " ", texts, "sentences")


def joined(between: str, texts: Iterable[str], _how: str = "join") -> str:
    """Put texts after each other with something between them, as ``between.join`` does, so that `again` knows them."""
    parts = [text for text in texts if text]
    text = between.join(parts)
    if any(isinstance(part, Said) for part in parts):
        return Said(text, [_how, between, *map(_noted, parts)])
    return text


# Texts that can be said again


class Said(str):
    """A text that knows how it was said, so that `again` can say it in another language.

    Attributes:
        how: what was said, as JSON may hold it: ``["tr", text, fields]``, parts put together, or words.
    """

    __slots__ = ("how",)
    how: list[Any]

    def __new__(cls, text: str, how: list[Any]) -> Said:
        """Take a text, and how it came about."""
        said = super().__new__(cls, text)
        said.how = how
        return said

    def __str__(self) -> str:
        return self  # what an error says keeps what it knows


class _Noting(threading.local):
    are_noted = False


_here: Final = _Noting()


def note_what_is_said() -> None:
    """Have `tr` give `Said` in this thread from now on.

    Threads that train or try something do: what they have to say is kept, and read later in whatever language.
    """
    _here.are_noted = True


def again(text: str) -> str:
    """Return a text in the language that is current now, where it knows how it was said; else as it is."""
    return _say(text.how) if isinstance(text, Said) else text


def how_said(text: str) -> list[Any] | None:
    """Return how a text was said, to be written into a file; None where it does not know."""
    return text.how if isinstance(text, Said) else None


def say(how: object, otherwise: str) -> str:
    """Return what `how_said` gave in the current language, as `again` does; ``otherwise`` where it makes no sense."""
    try:
        return _say(how) if isinstance(how, list) else otherwise
    except (ValueError, LookupError, TypeError, AttributeError):
        return otherwise


def _say(how: object) -> Any:
    match how:
        case ["tr", str(text), dict(fields)]:
            if text not in catalogue("zh_CN"):  # fields of a stranger's sentence could ask for anything
                raise ValueError("no sentence of this program")
            return _filled(text, {name: _say(value) for name, value in fields.items()})
        case ["sentences", str(_), *parts]:
            return sentences(*map(_say, parts))
        case ["join", str(between), *parts]:
            return joined(between, map(_say, parts))
        case ["words", str(en), str(zh)]:
            return str(Words(en, zh))
        case list() | dict():
            raise ValueError("nothing that was said")
    return how


def _noted(value: object) -> object:
    """Return a field's value as a file may hold it."""
    if isinstance(value, BaseException):
        value = str(value)
    match value:
        case Said():
            return value.how
        case Words():
            return ["words", value.en, value.zh]
        case None | bool() | int() | float() | str():
            return value
    return float(value) if hasattr(value, "__float__") else str(value)


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

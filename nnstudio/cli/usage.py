"""What argparse says, in the language of the program: headings of --help, and what is wrong with a command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from nnstudio.core.words import tr

_TEXTS: Mapping[str, Callable[[], str]] = {
    "usage: ": lambda: tr("usage: "),
    "positional arguments": lambda: tr("positional arguments"),
    "options": lambda: tr("options"),
    "show this help message and exit": lambda: tr("show this help message and exit"),
    "the following arguments are required: %s": lambda: tr("the following arguments are required: %s"),
    "unrecognized arguments: %s": lambda: tr("unrecognized arguments: %s"),
    "argument %(argument_name)s: %(message)s": lambda: tr("argument %(argument_name)s: %(message)s"),
    "expected one argument": lambda: tr("expected one argument"),
    "invalid %(type)s value: %(value)r": lambda: tr("invalid %(type)s value: %(value)r"),
    "invalid choice: %(value)r (choose from %(choices)s)": lambda: tr(
        "invalid choice: %(value)r (choose from %(choices)s)"
    ),
    "ignored explicit argument %r": lambda: tr("ignored explicit argument %r"),
    "ambiguous option: %(option)s could match %(matches)s": lambda: tr(
        "ambiguous option: %(option)s could match %(matches)s"
    ),
}


def speak() -> None:
    """Have argparse speak the language that is current whenever it says something.

    It asks gettext, under this name, for each of its texts as it stands in its source; one that is not known here,
    from a later Python, stays English.
    """
    vars(argparse)["_"] = _translated


def _translated(text: str) -> str:
    known = _TEXTS.get(text)
    return text if known is None else known()

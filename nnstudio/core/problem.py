"""Problems as values: each names its node, says what is wrong and may offer edits that mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from nnstudio.core.graph import Graph

Severity = Literal["error", "warning"]


class Fix(msgspec.Struct, frozen=True):
    """An edit that mends a problem; ``label`` is what the link and the Undo menu show."""

    label: str
    edit: Callable[[Graph], Graph]


class Problem(msgspec.Struct, frozen=True):
    """Something wrong with a drawing.

    Attributes:
        node: name of the node it belongs to; None for the drawing as a whole. Within a block: ``instance.inner``.
        code: one stable word for programs, such as ``shape`` or ``cycle``.
        message: what is wrong, in the reader's language.
        fixes: edits of the drawing that mend it.
        severity: an ``error`` keeps the drawing from compiling; a ``warning`` does not.
        id: id of the node in the drawing, for views.
    """

    node: str | None
    code: str
    message: str
    fixes: tuple[Fix, ...] = ()
    severity: Severity = "error"
    id: str | None = None


def errors_among(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems that keep a drawing from compiling or training."""
    return tuple(problem for problem in problems if problem.severity == "error")

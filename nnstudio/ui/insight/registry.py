"""The views that look inside: their names, what each shows in one line, and where it is built."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Literal

import msgspec

from nnstudio.core.words import Words

if TYPE_CHECKING:
    from nnstudio.ui.insight.view import StudyView
    from nnstudio.ui.session import Session

Group = Literal["layers", "learning", "answers", "space"]
GROUPS: dict[Group, Words] = {
    "layers": Words("Layers", "层"),
    "learning": Words("Learning", "学习过程"),
    "answers": Words("Answers", "结果"),
    "space": Words("Space", "空间"),
}


class ViewSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One view.

    Attributes:
        key: what the program calls it.
        group: under which heading it is offered.
        title: what a person calls it.
        line: one line on what it shows and how to read it.
        place: ``module:Class`` below this package; imported when it is first opened.
    """

    key: str
    group: Group
    title: Words
    line: Words
    place: str

    def build(self, session: Session) -> StudyView:
        """Make the view."""
        module, _, name = self.place.partition(":")
        made: StudyView = getattr(importlib.import_module(f"nnstudio.ui.insight.{module}"), name)(session)
        return made


VIEWS: tuple[ViewSpec, ...] = ()
"""Every view, in the order in which they are offered within their group."""

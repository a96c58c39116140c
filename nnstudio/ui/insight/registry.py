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
        sample: whether it is of one sample, which can then be chosen above it.
        place: ``module:Class`` below this package; imported when it is first opened.
    """

    key: str
    group: Group
    title: Words
    line: Words
    place: str
    sample: bool = False

    def build(self, session: Session) -> StudyView:
        """Make the view."""
        module, _, name = self.place.partition(":")
        made: StudyView = getattr(importlib.import_module(f"nnstudio.ui.insight.{module}"), name)(session)
        return made


LAYERS: tuple[ViewSpec, ...] = (
    ViewSpec(
        key="weights",
        group="layers",
        title=Words("Weights", "权重"),
        line=Words(
            "The weights of the selected layer as a picture, one cell each, and how often each value occurs.",
            "所选层的权重：每格一个数的图，旁边是各个值出现的多少。",
        ),
        place="weights:WeightsView",
    ),
)

LEARNING: tuple[ViewSpec, ...] = ()

ANSWERS: tuple[ViewSpec, ...] = ()

SPACE: tuple[ViewSpec, ...] = ()

VIEWS: tuple[ViewSpec, ...] = (*LAYERS, *LEARNING, *ANSWERS, *SPACE)
"""Every view, in the order in which they are offered; a new one is an entry in the tuple of its group."""


def view_spec(key: str) -> ViewSpec:
    """Return a view by its key; the first one where there is none of this key."""
    return next((spec for spec in VIEWS if spec.key == key), VIEWS[0])

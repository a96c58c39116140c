"""Blocks that the program does not bring along: those of the drawing, and those that the person has kept."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from nnstudio.core.words import Words, tr
from nnstudio.layers.blocks import LIBRARY
from nnstudio.project import definitions
from nnstudio.ui.palette.model import BLOCK_PREFIX, DRAWING, OWN, Offer
from nnstudio.ui.session import Session

_OF_DRAWING = Words("A block of this drawing.", "本图中的模块。")
_KEPT = Words("One of your own blocks.", "你自己的模块。")


def own_offers(session: Session) -> tuple[Offer, ...]:
    """Return the drawing's blocks and the kept ones; of two with one name the drawing's counts."""
    drawn = [block.name for block in session.project.blocks if block.name not in LIBRARY]
    kept = [name for name in session.kept.blocks if name not in drawn]
    return tuple(
        [Offer(BLOCK_PREFIX + name, "merge", Words(name, name), _OF_DRAWING, DRAWING) for name in drawn]
        + [Offer(BLOCK_PREFIX + name, "merge", Words(name, name), _KEPT, OWN) for name in kept]
    )


def block_menu(session: Session, offer: Offer, parent: QWidget) -> QMenu | None:
    """Return the menu of one of these blocks; None for everything else in the palette."""
    name = offer.key.removeprefix(BLOCK_PREFIX)
    if offer.group not in (DRAWING, OWN):
        return None
    menu = QMenu(parent)
    menu.setObjectName("palette_menu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if offer.group == DRAWING:
        menu.addAction(tr("Edit block"), partial(session.enter, name))
        menu.addAction(tr("Keep among my blocks"), partial(session.kept.keep, name))
        menu.addAction(tr("Duplicate"), partial(_duplicate, session, name))
        menu.addAction(tr("Delete"), partial(_remove, session, name))
    if name in session.kept.blocks:
        menu.addAction(tr("Remove from my blocks"), partial(session.kept.forget, name))
    return menu


def _duplicate(session: Session, name: str) -> None:
    project = session.project
    new = definitions.free_name(project, name)
    session.commit(tr("Duplicate"), project=definitions.duplicate_block(project, name, new))


def _remove(session: Session, name: str) -> None:
    try:
        project = definitions.remove_blocks(session.project, [name])
    except ValueError as error:
        session.refuse(str(error))
    else:
        session.commit(tr("Delete {name}", name=name), project=project)

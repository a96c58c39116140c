"""The menu of a right click: the few things that one does to what is under the pointer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from nnstudio.core.words import tr
from nnstudio.ui import sharing, skipping
from nnstudio.ui.canvas.arranging import side_titles, way_titles
from nnstudio.ui.canvas.gestures.base import Pointer

if TYPE_CHECKING:
    from nnstudio.ui.canvas.view import Canvas


def open_menu(canvas: Canvas, at: Pointer) -> QMenu:
    """Open the menu for what is under the pointer; a node that is not selected is selected first."""
    menu = QMenu(canvas)
    menu.setObjectName("canvas_menu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    under = canvas.under(at)
    if under.node is not None:
        if under.node.id not in canvas.session.selection:
            canvas.session.select((under.node.id,))
        if under.node.face.is_block and len(canvas.session.selection) == 1:
            menu.addAction(tr("Edit block"), canvas.enter)
            menu.addAction(tr("Unpack block"), canvas.commands.unpack)
        menu.addAction(tr("Look inside"), canvas.insight_wanted.emit)
        menu.addAction(tr("Group into block"), canvas.commands.group)
        menu.addAction(tr("Frame the selection"), canvas.framing.add)
        _add_arranging(menu, canvas)
        if sharing.may_share(canvas.session):
            menu.addAction(tr("Share weights"), lambda: sharing.share(canvas.session))
        if sharing.may_own(canvas.session):
            menu.addAction(tr("Give own weights"), lambda: sharing.give_own(canvas.session))
        menu.addAction(tr("Duplicate"), canvas.copying.duplicate)
        menu.addAction(tr("Copy"), canvas.copying.copy)
        menu.addAction(skipping.toggle_title(canvas.session), lambda: skipping.toggle(canvas.session))
        menu.addAction(tr("Delete"), canvas.delete_selection)
        menu.addAction(tr("Delete and reconnect"), canvas.delete_and_reconnect)
    elif under.wire is not None:
        edge = under.wire[0].edge
        from nnstudio.ui.canvas.inserting import search_on_wire  # of no use before somebody asks

        menu.addAction(tr("Insert a layer…"), lambda: search_on_wire(canvas, edge, at.view))
        menu.addAction(tr("Remove the wire"), lambda: canvas.commands.disconnect(edge))
    elif under.frame is not None:
        canvas.framing.pick(under.frame.id)
        menu.addAction(tr("Rename the frame"), canvas.framing.rename_picked)
        menu.addAction(tr("Edit the note"), canvas.framing.note_picked)
        menu.addAction(tr("Select what it holds"), canvas.framing.select_held)
        menu.addAction(tr("Delete the frame"), canvas.delete_selection)
    else:
        menu.addAction(tr("Add a layer…"), lambda: canvas.searching.open_here(at.view))
        menu.addAction(tr("Add a frame"), canvas.framing.add)
        menu.addAction(tr("Paste"), canvas.copying.paste)
        menu.addAction(tr("Select all"), canvas.select_all)
        menu.addAction(tr("Tidy up"), canvas.arranging.tidy)
    menu.popup(canvas.viewport().mapToGlobal(QPoint(round(at.view.x()), round(at.view.y()))))
    return menu


def _add_arranging(menu: QMenu, canvas: Canvas) -> None:
    """Add what is done with several cards; grey where too few are selected."""
    arranging, chosen = canvas.arranging, len(canvas.session.selection)
    inner = QMenu(tr("Arrange"), menu)
    menu.addMenu(inner)
    inner.addAction(tr("Tidy up"), arranging.tidy).setEnabled(chosen > 1)
    inner.addSeparator()
    for side, title in side_titles().items():
        inner.addAction(title, partial(arranging.align, side)).setEnabled(chosen > 1)
    inner.addSeparator()
    for way, title in way_titles().items():
        inner.addAction(title, partial(arranging.distribute, way)).setEnabled(chosen > 2)

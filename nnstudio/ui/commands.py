"""What the window can do: each action with its text, its keys and what it calls."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from nnstudio.core.words import tr
from nnstudio.exports.formats import FORMATS
from nnstudio.ui import skipping
from nnstudio.ui.actions import Actions
from nnstudio.ui.lookout import add_lookout_actions

if TYPE_CHECKING:
    from nnstudio.ui.design_page import DesignPage
    from nnstudio.ui.files import Files
    from nnstudio.ui.window import MainWindow


def add_file_actions(actions: Actions, window: MainWindow, files: Files) -> None:
    """New, open, save, export, quit."""
    group = tr("File")
    actions.add("new", tr("New"), files.new, "Ctrl+N|Ctrl+T", group=group)
    actions.add("open", tr("Open…"), files.ask_and_open, "Ctrl+O", group=group)
    actions.add("examples", tr("Examples…"), files.choose_example, "Ctrl+Shift+O", group=group)
    actions.add("import", tr("Import…"), files.ask_and_import, "Ctrl+I", group=group)
    actions.add("save", tr("Save"), lambda: files.save(), "Ctrl+S", group=group)
    actions.add("save_as", tr("Save as…"), files.save_as, "Ctrl+Shift+S", group=group)
    for key, chosen in FORMATS.items():
        keys = "Ctrl+E" if key == "python" else ""
        actions.add(f"export_{key}", chosen.title, partial(window.exports.export, key), keys, group=tr("Export"))
    actions.add("close_tab", tr("Close"), lambda: files.close(), "Ctrl+W", group=group)
    actions.add("quit", tr("Quit"), window.close, "Ctrl+Q", group=group)


def add_edit_actions(actions: Actions, window: MainWindow, design: DesignPage) -> None:
    """Undo, redo, and what is done with selected layers."""
    group, canvas = tr("Edit"), design.canvas
    session = window.session

    def copy_view() -> None:
        from nnstudio.ui.exports import snapshot

        snapshot.copy_view(canvas)

    actions.add("undo", tr("Undo"), session.undo, "Ctrl+Z", group=group)
    actions.add("redo", tr("Redo"), session.redo, "Ctrl+Shift+Z|Ctrl+Y", group=group)
    actions.add("cut", tr("Cut"), canvas.copying.cut, "Ctrl+X", group=group, within=canvas)
    actions.add("copy", tr("Copy"), canvas.copying.copy, "Ctrl+C", group=group, within=canvas)
    actions.add("copy_view", tr("Copy picture of the view"), copy_view, "Ctrl+Alt+C", group=group)
    actions.add("paste", tr("Paste"), canvas.copying.paste, "Ctrl+V", group=group, within=canvas)
    actions.add("duplicate", tr("Duplicate"), canvas.copying.duplicate, "Ctrl+D", group=group, within=canvas)
    actions.add("delete", tr("Delete"), canvas.delete_selection, "Del|Backspace", group=group, within=canvas)
    actions.add(
        "delete_reconnect",
        tr("Delete and reconnect"),
        canvas.delete_and_reconnect,
        "Ctrl+Del",
        group=group,
        within=canvas,
    )
    actions.add("bypass", tr("Bypass"), lambda: skipping.toggle(session), "Ctrl+B", group=group, within=canvas)
    actions.add("select_all", tr("Select all"), canvas.select_all, "Ctrl+A", group=group, within=canvas)
    actions.add("find", tr("Find in the drawing…"), window.find_layers, "Ctrl+F", group=group)
    actions.add("find_after", tr("Find next"), lambda: window.find_layers(1), "F3", group=group)
    actions.add("find_before", tr("Find previous"), lambda: window.find_layers(-1), "Shift+F3", group=group)
    actions.add("find_layer", tr("Search the palette"), window.focus_palette, "Ctrl+L", group=group)


def add_view_actions(actions: Actions, window: MainWindow, design: DesignPage) -> None:
    """Pages, zoom, panels."""
    group, canvas = tr("View"), design.canvas

    def zoom(steps: int) -> None:
        canvas.zoom_steps(QPointF(canvas.middle()), steps)

    actions.add("page_design", tr("Design page"), lambda: window.show_page("design"), "Ctrl+1", group=group)
    actions.add("page_train", tr("Train page"), lambda: window.show_page("train"), "Ctrl+2", group=group)
    step = window.sessions.step
    actions.add("next_tab", tr("Next drawing"), lambda: step(1), "Ctrl+Tab|Ctrl+PgDown", group=group)
    actions.add("previous_tab", tr("Previous drawing"), lambda: step(-1), "Ctrl+Shift+Tab|Ctrl+PgUp", group=group)
    actions.add("zoom_in", tr("Zoom in"), lambda: zoom(1), "Ctrl++|Ctrl+=", group=group)
    actions.add("zoom_out", tr("Zoom out"), lambda: zoom(-1), "Ctrl+-", group=group)
    actions.add("zoom_reset", tr("Zoom to 100 %"), canvas.reset_zoom, "Ctrl+0", group=group)
    actions.add("zoom_fit", tr("Show everything"), canvas.zoom_to_fit, "Home", group=group, within=canvas)
    actions.add("zoom_selection", tr("Show the selection"), canvas.zoom_to_selection, "F", group=group, within=canvas)
    minimap = actions.add("minimap", tr("Minimap"), canvas.toggle_minimap, "Alt+M", group=group)
    minimap.setCheckable(True)
    minimap.setChecked(window.session.view.minimap)
    titles = (tr("Palette"), tr("Inspector"), tr("Monitor"))
    keys = ("Ctrl+Shift+L", "Ctrl+Shift+I", "Ctrl+Shift+M")
    for panel, title, shortcut in zip(design.panels(), titles, keys, strict=True):
        action = actions.add(f"panel_{panel.objectName()}", title, lambda: None, shortcut, group=group)
        action.setCheckable(True)
        action.setChecked(not panel.isHidden())
        action.toggled.connect(panel.setVisible)
    add_lookout_actions(actions, window, design)


def add_run_actions(actions: Actions, window: MainWindow) -> None:
    """Train, pause, step forth and back."""
    group = tr("Run")
    actions.add("train", tr("Train"), window.running.train_or_stop, "F5", group=group)
    actions.add("pause", tr("Pause"), window.running.pause_or_resume, "F6", group=group)
    actions.add("step", tr("Step"), window.running.step, "F7", group=group)
    actions.add("step_epoch", tr("To the end of the epoch"), window.running.step_epoch, "Ctrl+F7", group=group)
    actions.add("step_back", tr("Step back"), window.running.step_back, "Shift+F7", group=group)
    actions.add("restart", tr("Back to the start"), window.running.restart, "Ctrl+Shift+F7", group=group)
    actions.add("choose_data", tr("Choose data…"), lambda: window.desk.choose_data(), group=group)
    apart = actions.add(
        "apart",
        tr("Train in a process of its own"),
        lambda: window.settings.set_apart(apart.isChecked()),
        group=group,
    )
    apart.setCheckable(True)
    apart.setChecked(window.settings.apart)


def add_help_actions(actions: Actions, window: MainWindow) -> None:
    """What explains the program."""
    group = tr("Help")
    actions.add("commands", tr("Command palette"), window.show_commands, "Ctrl+Shift+P", group=group)
    actions.add("shortcuts", tr("Keyboard and mouse"), window.show_shortcuts, "F1", group=group)
    actions.add("about", tr("About NN Studio"), window.show_about, group=group)


def gestures() -> list[tuple[str, str]]:
    """Return what the mouse does on the canvas, and how."""
    return [
        (tr("Add a layer"), tr("drag it from the palette, or double-click")),
        (tr("Search for a layer to add"), tr("Tab or Shift+A")),
        (tr("Go from layer to layer"), tr("arrow keys, Tab once they were used")),
        (tr("Edit the settings, enter a block"), tr("Enter; Esc comes back")),
        (tr("Move the selection"), tr("Ctrl and arrow keys, with Shift further")),
        (tr("Draw a wire with keys"), tr("W, arrow keys or Tab, Enter")),
        (tr("Connect"), tr("drag from dot to dot")),
        (tr("Cut wires"), tr("Alt and drag across them")),
        (tr("Pull a layer out of its wires"), tr("Alt and drag it")),
        (tr("Drag without grid and guides"), tr("hold Shift")),
        (tr("Move the view"), tr("middle or right drag, Space and drag")),
        (tr("Zoom"), tr("wheel")),
        (tr("Select several"), tr("drag a box, Shift+click")),
        (tr("Move a frame with what it holds"), tr("drag its title; Ctrl or Alt moves the frame alone")),
        (tr("Resize a frame"), tr("drag an edge or a corner")),
        (tr("Edit the title of a frame"), tr("double-click it")),
    ]

"""The menu bar, put together from the actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar

from nnstudio.core.words import LANGUAGES, language, tr
from nnstudio.exports.formats import FORMATS
from nnstudio.ui import theme
from nnstudio.ui.actions import Actions
from nnstudio.ui.files import Files
from nnstudio.ui.settings import Settings

Choose = Callable[[str], object]


def fill_menu_bar(
    bar: QMenuBar, actions: Actions, files: Files, settings: Settings, *, set_theme: Choose, set_language: Choose
) -> None:
    """Put the menus into an empty menu bar."""
    file = _menu(bar, tr("&File"), "menu_file")
    _fill(file, actions, "new", "open")
    _RecentMenu(file, files, settings)
    _fill(file, actions, "examples", "import", None, "save", "save_as", None)
    exports = _menu(file, tr("Export"), "menu_export")
    for key, chosen in FORMATS.items():
        _fill(exports, actions, f"export_{key}")
        actions[f"export_{key}"].setStatusTip(str(chosen.summary))
    _fill(file, actions, None, "close_tab", "quit")
    edit = _menu(bar, tr("&Edit"), "menu_edit")
    _fill(edit, actions, "undo", "redo", None, "cut", "copy", "copy_view", "paste", "paste_fed")
    _fill(edit, actions, "duplicate", "duplicate_fed", "delete", "delete_reconnect", "pull_out")
    _fill(edit, actions, None, "bypass", "share_weights", "own_weights")
    _fill(edit, actions, None, "add_layer", "edit_layer", "begin_wire", "pick_wire", None)
    _fill(_menu(edit, tr("Select"), "menu_select"), actions, "select_all", "select_upstream", "select_downstream")
    _fill(edit, actions, "find", "find_layer")
    fill_arrange_menu(_menu(bar, tr("&Arrange"), "menu_arrange"), actions)
    view = _menu(bar, tr("&View"), "menu_view")
    _fill(view, actions, "page_design", "page_train", None, "next_tab", "previous_tab", None)
    # Menus of their own: on the screen of a small laptop the whole would not be high enough for one column.
    zoom = _menu(view, tr("Zoom"), "menu_zoom")
    _fill(zoom, actions, "zoom_in", "zoom_out", "zoom_reset", "zoom_fit", "zoom_selection")
    panels = _menu(view, tr("Panels"), "menu_panels")
    _fill(panels, actions, "panel_palette", "panel_inspector", "panel_monitor_dock", "minimap")
    _fill(view, actions, None, "next_region", "previous_region", None, "insight", "insight_window", "insight_save")
    _fill(view, actions, "overlay_weights", "overlay_gradients", None)
    _fill(view, actions, "outline", "problems", "next_problem", "previous_problem", None, "presentation", None)
    themes = {name: str(title) for name, title in theme.THEMES.items()}
    _choices(_menu(view, tr("Theme"), "menu_theme"), themes, theme.current().name, set_theme)
    # Each language is offered in its own words, so that whoever is lost in the other one finds the way back.
    _choices(_menu(view, "Language / 语言", "menu_language"), dict(LANGUAGES), language(), set_language)
    run = _menu(bar, tr("&Run"), "menu_run")
    _fill(run, actions, "train", "pause", None, "step", "step_epoch", "step_back", "restart")
    _fill(run, actions, None, "choose_data", "find_rate", "sweep", "runs", None, "apart")
    _fill(_menu(bar, tr("&Help"), "menu_help"), actions, "commands", "shortcuts", "about")


def fill_arrange_menu(menu: QMenu, actions: Actions) -> None:
    """Put what is done with several cards, and with blocks and frames around them, into a menu."""
    _fill(menu, actions, "tidy", "tidy_down")
    inner = _menu(menu, tr("Align and distribute"), "menu_align")
    _fill(inner, actions, "align_left", "align_centre", "align_right", None)
    _fill(inner, actions, "align_top", "align_middle", "align_bottom", None)
    _fill(inner, actions, "distribute_across", "distribute_down")
    _fill(menu, actions, None, "group_block", "unpack_block", "edit_block", "leave_block")
    _fill(menu, actions, "separate_block", "keep_block")
    _fill(menu, actions, None, "add_frame", "rename", "note_frame", "next_frame")


class _RecentMenu(QMenu):
    """The projects used lately; not there while there are none."""

    def __init__(self, parent: QMenu, files: Files, settings: Settings) -> None:
        super().__init__(tr("Open recent"), parent)
        self.setObjectName("menu_recent")
        self._files = files
        self._settings = settings
        self._entry = parent.addMenu(self)
        parent.aboutToShow.connect(self._refill)
        self._refill()

    def _refill(self) -> None:
        self.clear()
        paths = self._settings.recent
        for path in paths:
            action = self.addAction(str(path).replace("&", "&&"))
            action.triggered.connect(partial(self._files.open, path))
        self._entry.setVisible(bool(paths))


def _menu(parent: QMenuBar | QMenu, title: str, name: str) -> QMenu:
    menu = parent.addMenu(title)
    menu.setObjectName(name)
    return menu


def _fill(menu: QMenu, actions: Actions, *ids: str | None) -> None:
    for id_ in ids:
        if id_ is None:
            menu.addSeparator()
        else:
            menu.addAction(actions[id_])


def _choices(menu: QMenu, titles: dict[str, str], now: str, choose: Choose) -> None:
    group = QActionGroup(menu)
    for key, title in titles.items():
        action = menu.addAction(title)
        action.setObjectName(f"{menu.objectName()}_{key}")
        action.setCheckable(True)
        action.setChecked(key == now)
        group.addAction(action)
        action.triggered.connect(partial(_chosen, choose, key))


def _chosen(choose: Choose, key: str, _checked: bool = False) -> None:
    choose(key)

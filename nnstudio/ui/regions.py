"""The parts of the window that Ctrl+F6 goes through: bars, palette, canvas, inspector, monitor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTabBar, QWidget

if TYPE_CHECKING:
    from nnstudio.ui.window import MainWindow


def go_to_region(window: MainWindow, ahead: int) -> None:
    """Put the keyboard into the next part of the window that is seen, or into the one before; around at the ends.

    Within a part it goes to where it was there last, else to the first thing that takes it.
    """
    parts = [(part, target) for part in regions(window) if (target := _target(part)) is not None]
    if not parts:
        return
    now = QApplication.focusWidget()
    here = next((number for number, (part, _) in enumerate(parts) if _holds(part, now)), None)
    number = (0 if ahead > 0 else -1) if here is None else (here + ahead) % len(parts)
    reason = Qt.FocusReason.TabFocusReason if ahead > 0 else Qt.FocusReason.BacktabFocusReason
    parts[number][1].setFocus(reason)


def regions(window: MainWindow) -> list[QWidget]:
    """Return the parts that are seen, in the order in which they are gone through."""
    design, page = window.design, window.desk.pages.currentWidget()
    parts: list[QWidget] = [window.top_bar]
    if page is design:
        parts += [design.palette_panel, design.canvas, design.inspector, design.dock]
    elif page is not None:
        parts.append(page)
    parts.append(window.status_bar)
    tabs = [bar for bar in window.findChildren(QTabBar, "drawing_tab_bar") if bar.isVisible()]
    return [part for part in (*tabs, *parts) if part.isVisible()]


def _holds(part: QWidget, widget: QWidget | None) -> bool:
    return widget is not None and (part is widget or part.isAncestorOf(widget))


def _target(part: QWidget) -> QWidget | None:
    if _takes_keys(part):
        return part
    last = part.focusWidget()
    if last is not None and _holds(part, last) and _takes_keys(last):
        return last
    return next((child for child in _in_tab_order(part) if _takes_keys(child)), None)


def _in_tab_order(part: QWidget) -> list[QWidget]:
    """Return what is in a part, in the order in which Tab goes through it."""
    found, widget = list[QWidget](), part.nextInFocusChain()
    while widget is not None and widget is not part and len(found) < 5000:
        if part.isAncestorOf(widget):
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def _takes_keys(widget: QWidget) -> bool:
    by_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return by_tab and widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None

"""What a view shows, as a file: its picture as PNG or SVG, its numbers as CSV."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMenu

from nnstudio.core.words import tr
from nnstudio.project.errors import FileError
from nnstudio.ui.insight.tables import has_table, table_of

if TYPE_CHECKING:
    from nnstudio.ui.insight.frame import ViewFrame

SUFFIXES = ("png", "svg", "csv")


def formats(frame: ViewFrame) -> tuple[str, ...]:
    """Return as what the view can be saved now; nothing while it is empty, and a text has no table."""
    if frame.view.shown_value is None:
        return ()
    return SUFFIXES if has_table(frame.spec.key) else SUFFIXES[:2]


def fill_menu(menu: QMenu, frame: ViewFrame) -> None:
    """Offer the formats, in the words of the plots; those that are of no use now are grey."""
    menu.clear()
    offered = formats(frame)
    for suffix in SUFFIXES:
        text = tr("Save as {format}…", format=suffix.upper())
        action = menu.addAction(text, partial(ask_and_save, frame, suffix))
        action.setObjectName(f"view_save_{suffix}")
        action.setEnabled(suffix in offered)


def ask_and_save(frame: ViewFrame, suffix: str = "png") -> None:
    """Ask for a file, offering this format first, and write the view; say so where nothing is shown."""
    session, offered = frame.session, formats(frame)
    if not offered:
        session.tell(tr("Nothing is shown yet that could be saved."))
        return
    folder = session.path.parent if session.path else Path.home()
    kinds = ";;".join(f"*.{kind}" for kind in sorted(offered, key=lambda kind: kind != suffix))
    chosen, kind = QFileDialog.getSaveFileName(
        frame, tr("Save this view"), str(folder / f"{frame.spec.key}.{suffix}"), kinds
    )
    if chosen:
        path = Path(chosen)
        save(frame, path if path.suffix else path.with_suffix(kind.lstrip("*")))


def save(frame: ViewFrame, path: Path) -> None:
    """Write the view as PNG, SVG or CSV; a fault is told and logged."""
    from nnstudio.ui.monitor.plot_export import write_shown

    try:
        write_shown(path, frame.view, partial(_csv_text, frame), str(frame.spec.title))
    except (FileError, ValueError) as error:
        frame.session.refuse(str(error))
    else:
        frame.session.tell(tr("Saved {path}", path=path))


def _csv_text(frame: ViewFrame) -> str:
    """Return the numbers that are shown.

    Raises:
        ValueError: there are none, or they are no table.
    """
    table = table_of(frame.spec.key, frame.view.shown_value)
    if table is None:
        raise ValueError(tr("{view} has no numbers to save as a table.", view=frame.spec.title))
    return table.csv_text()

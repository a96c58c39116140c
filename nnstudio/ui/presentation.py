"""Showing a drawing to a room: the whole screen for the canvas, large letters, and nothing that could be changed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup, QFont, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSplitter, QSplitterHandle, QVBoxLayout, QWidget

from nnstudio.compiler.facts import Facts
from nnstudio.core.words import tr
from nnstudio.ui import theme
from nnstudio.ui.canvas.face import compact_shape
from nnstudio.ui.canvas.reading import order_of, step_layer
from nnstudio.ui.controls import label
from nnstudio.ui.figures import grouped
from nnstudio.ui.inspector.subject import subject_of
from nnstudio.ui.topbar import ActionButton
from nnstudio.ui.trail import TrailBar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

    from nnstudio.ui.canvas.view import Canvas
    from nnstudio.ui.session import Session

ALLOWED = frozenset(
    {"presentation", "zoom_in", "zoom_out", "zoom_reset", "zoom_fit", "zoom_selection"}
    | {"train", "pause", "step", "step_epoch", "step_back", "restart"}
    | {"edit_block", "leave_block", "quit"}
)
"""What can be done meanwhile: look, go into blocks, train."""
_SECONDS_SHOWN = 3.0
_MARGIN = 24
_LESSON_WIDTH = 860


class Presentation(QObject):
    """One showing, from the moment it is made until `leave`."""

    def __init__(self, window: QMainWindow, canvas: Canvas, actions: Mapping[str, QAction]) -> None:
        """Begin: fill the screen with the canvas, and lock the session."""
        super().__init__(canvas)
        self._window, self._canvas = window, canvas
        session = canvas.session
        self._state, self._took_drops = window.windowState(), window.acceptDrops()
        self._looked = (canvas.zoom, QPointF(canvas.centre))
        self._splitters = [(splitter, splitter.sizes()) for splitter in _splitters_around(canvas)]
        self._away = _put_away(canvas)
        self._had_map = session.view.minimap
        if self._had_map:
            canvas.toggle_minimap()
        session.locked = True
        window.setAcceptDrops(False)
        # A group that is disabled keeps its actions so, whatever is said of each of them meanwhile.
        self._held = QActionGroup(self)
        self._held.setExclusionPolicy(QActionGroup.ExclusionPolicy.None_)
        for id_, action in actions.items():
            if id_ not in ALLOWED:
                self._held.addAction(action)
        self._held.setEnabled(False)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), window)
        self._escape.activated.connect(self._on_escape)
        self._leave_action = actions["presentation"]
        self.lesson = Lesson(canvas)
        self.bar = Bar(canvas, actions)
        self._shown = QTimer(self)
        self._shown.setSingleShot(True)
        self._shown.setInterval(round(1000 * _SECONDS_SHOWN))
        self._shown.timeout.connect(self._on_still)
        for watched in (window, canvas, canvas.viewport()):
            watched.installEventFilter(self)
        window.showFullScreen()
        self._place()
        self.lesson.show()
        self._show_bar()
        canvas.setFocus()
        canvas.zoom_to_fit()

    def leave(self) -> None:
        """End: everything is as it was, but for what was selected and what is open."""
        canvas, window = self._canvas, self._window
        for watched in (window, canvas, canvas.viewport()):
            watched.removeEventFilter(self)
        self._shown.stop()
        self._escape.setEnabled(False)
        self._escape.deleteLater()
        self._held.setEnabled(True)
        for action in self._held.actions():
            self._held.removeAction(action)
        for overlay in (self.bar, self.lesson):
            overlay.hide()
            overlay.deleteLater()
        canvas.session.locked = False
        window.setAcceptDrops(self._took_drops)
        window.setWindowState(self._state)
        for widget in self._away:
            widget.show()
        if canvas.session.view.minimap != self._had_map:
            canvas.toggle_minimap()
        for splitter, sizes in self._splitters:
            _put_back(splitter, sizes, canvas)
        if not canvas.session.trail:
            canvas.show_place(*self._looked)
        canvas.setFocus()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the bar and the lesson in their places; a closing window is put in order first."""
        kind = event.type()
        if watched is self._window:
            if kind == QEvent.Type.Close:
                self._leave_action.setChecked(False)
        elif kind == QEvent.Type.Resize and watched is self._canvas:
            self._place()
            if not self._canvas.session.selection:
                self._canvas.zoom_to_fit()
        elif kind == QEvent.Type.MouseMove:
            self._show_bar()
        return False

    def _place(self) -> None:
        wide, high = self._canvas.width(), self._canvas.height()
        self.bar.adjustSize()
        self.bar.move((wide - self.bar.width()) // 2, _MARGIN // 2)
        self.lesson.setFixedWidth(min(_LESSON_WIDTH, wide - 2 * _MARGIN))
        self.lesson.adjustSize()
        self.lesson.move((wide - self.lesson.width()) // 2, high - self.lesson.height() - _MARGIN)

    def _show_bar(self) -> None:
        if self.bar.isHidden():
            self.bar.show()
            self.bar.raise_()
        self._shown.start()

    def _on_still(self) -> None:
        """Put the bar away, unless the pointer or the keyboard is at it."""
        if self.bar.underMouse() or self.bar.isAncestorOf(self._window.focusWidget() or self._window):
            self._shown.start()
        else:
            self.bar.hide()

    def _on_escape(self) -> None:
        """Give up the gesture; else leave the block; else end the showing."""
        canvas = self._canvas
        if canvas.is_busy:
            canvas.let_go()
        elif canvas.session.trail:
            canvas.session.leave()
        else:
            self._leave_action.setChecked(False)


class Lesson(QFrame):
    """The layer that is selected, in large letters: what it is, what it does, what comes in and goes out."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.setObjectName("lesson")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        _frame(self)
        self._canvas, self._session = canvas, canvas.session
        self.title, self.summary, self.shapes = (label("", wrap=True) for _ in range(3))
        for text, size, name in (
            (self.title, 28, "lesson_title"),
            (self.summary, 19, "lesson_summary"),
            (self.shapes, 22, "lesson_shapes"),
        ):
            text.setObjectName(name)
            text.setFont(_large(size, strong=text is not self.summary))
        self.shapes.setStyleSheet(f"color: {theme.current().accent.name()};")
        column = QVBoxLayout(self)
        column.setContentsMargins(26, 18, 26, 20)
        column.setSpacing(8)
        for text in (self.title, self.summary, self.shapes):
            column.addWidget(text)
        for signal in (self._session.selection_changed, self._session.changed, self._session.entered):
            signal.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Tell what is selected now, or of the drawing as a whole."""
        title, summary, shapes = _lesson(self._session)
        for text, words in ((self.title, title), (self.summary, summary), (self.shapes, shapes)):
            text.setText(words)
            text.setVisible(bool(words))
        self.setAccessibleName(". ".join(filter(None, (title, summary, shapes))))
        bottom = self.y() + self.height()
        self.adjustSize()
        if self.isVisible():
            self.move(self.x(), bottom - self.height())


class Bar(QFrame):
    """The few buttons that a showing needs."""

    def __init__(self, canvas: Canvas, actions: Mapping[str, QAction]) -> None:
        super().__init__(canvas)
        self.setObjectName("presentation_bar")
        _frame(self)
        self._canvas = canvas
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 8, 10, 8)
        row.setSpacing(8)
        self._place = QLabel()
        self._place.setTextFormat(Qt.TextFormat.PlainText)
        self._place.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._place.setMinimumWidth(64)
        before = QAction(tr("Previous layer"), self)
        before.triggered.connect(partial(step_layer, canvas, -1))
        after = QAction(tr("Next layer"), self)
        after.triggered.connect(partial(step_layer, canvas, 1))
        parts: list[QWidget] = [
            _sign(before, "‹", "present_previous"),
            self._place,
            _sign(after, "›", "present_next"),
            _sign(actions["zoom_out"], "−", "present_zoom_out"),
            _sign(actions["zoom_in"], "+", "present_zoom_in"),
            ActionButton(actions["pause"], "present_pause"),
            ActionButton(actions["train"], "present_train", primary=True),
            _sign(actions["presentation"], "✕", "present_exit", tr("End (Esc)")),
        ]
        for part in parts:
            part.setFont(_large(15))
            row.addWidget(part)
        session = canvas.session
        session.selection_changed.connect(self.refresh)
        session.entered.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say which layer of how many is shown."""
        order, chosen = order_of(self._canvas), self._canvas.session.selection
        here = next((place for place, id_ in enumerate(order, start=1) if id_ in chosen), None)
        self._place.setText(f"{here or '–'} / {len(order)}")


def _lesson(session: Session) -> tuple[str, str, str]:
    if len(session.selection) != 1:
        analysis = session.analysis
        size = tr("{count} parameters", count=grouped(analysis.num_parameters))
        layers = tr("{count} layers", count=len(session.graph.nodes))
        return session.within or session.project.name, "", f"{layers} · {size}"
    (id_,) = session.selection
    node, facts = session.graph.by_id[id_], session.analysis.facts[id_]
    subject = subject_of(node, session.blocks)
    problem = next(iter(session.analysis.by_node.get(id_, ())), None)
    summary = problem.message if problem is not None else subject.summary
    title = subject.title if subject.title == node.name else f"{subject.title} · {node.name}"
    return title, summary, _shapes(facts)


def _shapes(facts: Facts) -> str:
    """Write ``1×28×28 → 6×24×24 · 156 parameters``."""
    into = ", ".join(compact_shape(signal.shape) for signal in facts.inputs if signal is not None)
    out = ", ".join(compact_shape(signal.shape) for signal in facts.outputs)
    parts = [" → ".join(filter(None, (into, out)))]
    if facts.cost.parameters:
        parts.append(tr("{count} parameters", count=grouped(facts.cost.parameters)))
    return " · ".join(filter(None, parts))


def _splitters_around(widget: QWidget) -> list[QSplitter]:
    """Return the splitters that a widget lies in."""
    found, parent = list[QSplitter](), widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QSplitter):
            found.append(parent)
        parent = parent.parentWidget()
    return found


def _put_away(canvas: QWidget) -> list[QWidget]:
    """Hide everything around a widget but the way to its window and the bar that says which block is open."""
    away, here = list[QWidget](), canvas
    while not here.isWindow():
        parent = here.parentWidget()
        assert parent is not None
        for child in parent.children():
            kept = child is here or isinstance(child, QSplitterHandle | TrailBar)
            if isinstance(child, QWidget) and not (kept or child.isWindow() or child.isHidden()):
                away.append(child)
        here = parent
    for widget in away:
        widget.hide()
    return away


def _put_back(splitter: QSplitter, sizes: list[int], canvas: QWidget) -> None:
    """Give the panels the sizes they had; the canvas takes what is left, as the window may be another size still."""
    parts = [splitter.widget(number) for number in range(splitter.count())]
    place = next(number for number, part in enumerate(parts) if part is not None and part.isAncestorOf(canvas))
    others = sum(sizes) - sizes[place]
    splitter.setSizes([max(1, sum(splitter.sizes()) - others) if n == place else s for n, s in enumerate(sizes)])


def _sign(action: QAction, sign: str, name: str, words: str = "") -> QPushButton:
    """Return a small button for an action that is known by a sign."""
    made = QPushButton(sign)
    made.setObjectName(name)
    made.setFixedWidth(44)
    made.setToolTip(words or action.iconText())
    made.setAccessibleName(words or action.iconText())
    made.clicked.connect(action.trigger)
    return made


def _large(size: int, *, strong: bool = False) -> QFont:
    made = theme.font("strong" if strong else "body")
    made.setPixelSize(size)
    return made


def _frame(widget: QFrame) -> None:
    dress = theme.current()
    widget.setStyleSheet(
        f"QFrame#{widget.objectName()} {{ background: {dress.raised.name()};"
        f" border: 1px solid {dress.line.name()}; border-radius: 12px; }}"
    )

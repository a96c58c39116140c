"""What may be wrong with the run, with what may help: a strip that is there only when there is something to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnstudio.core.words import sentences, tr
from nnstudio.ui import theme
from nnstudio.ui.controls import label, link
from nnstudio.ui.scope import Level

if TYPE_CHECKING:
    from nnstudio.project.document import Project
    from nnstudio.training.diagnosis.finding import Finding
    from nnstudio.training.diagnosis.mends import Mend
    from nnstudio.ui.session import Session

_MOST: Final = 3
"""Findings shown at a time; the weightiest come first."""
_GAP: Final = 14
_SHARE: Final = 0.34
"""What the cards may take of a low place, as below the drawing; the others are scrolled to."""
_REST: Final = 350
"""Pixels that are left to all else in a high place, such as the Train page."""


class DiagnosisStrip(QScrollArea):
    """One card per finding: what it is, what was seen and why, the layer it shows at, and buttons that mend it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("diagnosis_strip")
        self.setAccessibleName(tr("What may be wrong"))
        self._session = session
        self._shown: tuple[object, ...] = ()
        self._cards = QWidget()
        self._column = QVBoxLayout(self._cards)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the links in it have it
        self.setWidgetResizable(True)
        self.setWidget(self._cards)
        self.viewport().setAutoFillBackground(False)
        self._cards.setAutoFillBackground(False)
        self._cards.installEventFilter(self)
        self._around = self.parentWidget()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        session.bridge.progressed.connect(self._on_progressed)
        session.bridge.state_changed.connect(self.refresh)
        session.changed.connect(self.refresh)
        self.refresh()

    @property
    def texts(self) -> tuple[str, ...]:
        """What the cards say, one line each."""
        return tuple(card.text for card in self.findChildren(FindingCard) if not card.isHidden())

    def _on_progressed(self) -> None:
        if self._state() != self._shown:
            # A new card moves all that is below it, so it has a turn of its own.
            self._session.bridge.in_turn(self.refresh)

    def _state(self) -> tuple[object, ...]:
        findings = self._session.bridge.findings[:_MOST]
        return (*((finding.key, dict(finding.facts)) for finding in findings), self._session.project)

    def refresh(self) -> None:
        """Show what is known now; widgets change only when it does."""
        state = self._state()
        if state == self._shown:
            return
        self._shown = state
        findings = self._session.bridge.findings[:_MOST]
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for finding in findings:
            self._column.addWidget(FindingCard(self._session, finding))
        self.setVisible(bool(findings))
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Look after the height of whatever it comes to stand in."""
        handled = super().event(event)
        if event.type() in (QEvent.Type.ParentChange, QEvent.Type.Polish):
            if self._around is not None:
                self._around.removeEventFilter(self)
            self._around = self.parentWidget()
            if self._around is not None:
                self._around.installEventFilter(self)
        return handled

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take another height where the cards or what they stand in have another one."""
        if event.type() == (QEvent.Type.LayoutRequest if watched is self._cards else QEvent.Type.Resize):
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words take more lines where it is narrower."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Be as high as the cards where there is room for them, else as high as can be spared."""
        if self._around is not None and self._column.hasHeightForWidth():  # else there are no cards
            around = self._around.height()
            room = max(round(_SHARE * around), around - _REST)
            self.setFixedHeight(min(self._column.totalHeightForWidth(self.viewport().width()), room))


class FindingCard(QWidget):
    """One finding."""

    def __init__(self, session: Session, finding: Finding) -> None:
        from nnstudio.training.diagnosis.mends import mends_of
        from nnstudio.training.diagnosis.words import tell

        super().__init__()
        self.setObjectName(f"finding_{finding.kind}")
        self._session = session
        self._theme = theme.current()
        told = tell(finding)
        self.text = told.text
        self.setAccessibleName(told.title)
        self.setAccessibleDescription(sentences(told.seen, told.why))
        head = self._head = QHBoxLayout()
        head.setSpacing(_GAP)
        head.addWidget(label(told.title, "strong"))
        way = way_to(session.project, finding.node or "")
        if way is not None:
            show = link(tr("Show {node}", node=finding.node))
            show.setObjectName("finding_layer")
            show.clicked.connect(self._shower(*way))
            head.addWidget(show)
        head.addStretch(1)
        self._mends = _Mends([self._button(mend) for mend in mends_of(finding, session.project)[:3]])
        head.addWidget(self._mends)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(18, 8, 14, 9)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(_words(sentences(told.seen, told.why)))

    def minimumSizeHint(self) -> QSize:
        """What does not fit beside the title stands below the words."""
        return QSize(200, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the mends stand beside the title where there is room for their words, else below."""
        super().resizeEvent(event)
        widgets = [item.widget() for item in map(self._head.itemAt, range(self._head.count())) if item is not None]
        needed = sum(widget.sizeHint().width() + _GAP for widget in widgets if widget not in (None, self._mends))
        margins = self._column.contentsMargins()
        room = event.size().width() - margins.left() - margins.right()
        is_below = needed + self._mends.full_width > room
        self._mends.fit(room if is_below else self._mends.full_width)
        if is_below != (self._column.indexOf(self._mends) >= 0):
            if is_below:
                self._column.addWidget(self._mends, 0, Qt.AlignmentFlag.AlignLeft)
            else:
                self._head.addWidget(self._mends)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a sheet with a stripe in the colour of warnings."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sheet = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        colour = QColor(self._theme.warn)
        painter.setPen(QPen(self._theme.line, 1.0))
        painter.setBrush(theme.blend(self._theme.panel, colour, 0.06))
        painter.drawRoundedRect(sheet, 8, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(6, 9, 3, self.height() - 18), 1.5, 1.5)

    def _button(self, mend: Mend) -> QToolButton:
        made = link(mend.label)
        made.setObjectName("finding_mend")
        made.clicked.connect(self._mender(mend))
        return made

    def _mender(self, mend: Mend) -> Callable[[], None]:
        def apply() -> None:
            if mend.rate is not None:
                self._session.bridge.set_rate(mend.rate)
                self._session.tell(tr("{mend}: counts from the next step on.", mend=mend.label))
                return
            self._session.commit(mend.label, project=mend.edit(self._session.project))
            self._session.tell(tr("{mend}: counts from the next run on.", mend=mend.label))

        return apply

    def _shower(self, trail: tuple[Level, ...], node: str) -> Callable[[], None]:
        return lambda: self._session.reveal(trail, node)


class _Mends(QWidget):
    """Links beside each other, in as many rows as their words need."""

    def __init__(self, links: list[QToolButton]) -> None:
        super().__init__()
        self._links = links
        self._taken = [0] * len(links)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._rows = [QHBoxLayout() for _ in links]
        for row in self._rows:
            row.setSpacing(_GAP)
            column.addLayout(row)
            column.setAlignment(row, Qt.AlignmentFlag.AlignLeft)
        for made in links:
            self._rows[0].addWidget(made)

    @property
    def full_width(self) -> int:
        """Pixels that all take in one row."""
        return sum(made.sizeHint().width() + _GAP for made in self._links) - _GAP

    def fit(self, room: int) -> None:
        """Begin another row where one would be wider than this."""
        rows, row, used = [], 0, 0
        for made in self._links:
            width = made.sizeHint().width()
            if used and used + width > room:
                row, used = row + 1, 0
            used += width + _GAP
            rows.append(row)
        if rows != self._taken:
            self._taken = rows
            for made, number in zip(self._links, rows, strict=True):
                self._rows[number].removeWidget(made)
                self._rows[number].addWidget(made)


def _words(text: str) -> QLabel:
    made = label(text, "small", mute=True, wrap=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def way_to(project: Project, path: str) -> tuple[tuple[Level, ...], str] | None:
    """Return the blocks to enter for a layer's path such as ``stage1.0.conv_1``, and its id; None if it is gone."""
    graph, trail = project.graph, []
    *outer, last = [part for part in path.split(".") if not part.isdigit()] or [""]
    for name in outer:
        node = graph.by_name.get(name)
        block = project.blocks_by_name.get(str(node.params.get("block"))) if node is not None else None
        if node is None or block is None:
            return None
        trail.append(Level(block.name, node.id))
        graph = block.graph
    found = graph.by_name.get(last)
    return None if found is None else (tuple(trail), found.id)

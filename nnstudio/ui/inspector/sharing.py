"""Whose weights a layer uses, and which layers use its own: links that lead there, and the way out."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.core.graph import Node
from nnstudio.core.words import tr
from nnstudio.ui.controls import label, link
from nnstudio.ui.session import Session
from nnstudio.ui.sharing import give_own

_MOST = 6


class SharedWeights(QWidget):
    """A few lines about one node; not there at all while it shares no weights."""

    def __init__(self, session: Session, id_: str) -> None:
        super().__init__()
        self.setObjectName("shared_weights")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._session = session
        self._id = id_
        self._shown: tuple[Node | None, tuple[Node, ...]] = (None, ())
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.setVisible(False)

    def refresh(self) -> None:
        """Show what is true now."""
        graph = self._session.graph
        owner = graph.by_id.get(graph.by_id[self._id].shares or "")
        users = tuple(node for node in graph.nodes if node.shares == self._id)
        if (owner, users) == self._shown:
            return
        self._shown = (owner, users)
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if owner is not None:
            self._add_link(tr("Uses the weights of {name}", name=owner.name), owner.id, "weights_owner")
            button = QPushButton(tr("Give own weights"))
            button.setObjectName("own_weights")
            button.clicked.connect(self._on_own_wanted)
            self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        for user in users[:_MOST]:
            self._add_link(tr("{name} uses these weights too", name=user.name), user.id, f"weights_user_{user.name}")
        if len(users) > _MOST:
            self._column.addWidget(label(tr("and {count} more", count=len(users) - _MOST), "small", mute=True))
        self.setVisible(owner is not None or bool(users))

    def _add_link(self, text: str, id_: str, name: str) -> None:
        made = link(text)
        made.setObjectName(name)
        made.clicked.connect(partial(self._on_followed, id_))
        self._column.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)

    def _on_followed(self, id_: str, _checked: bool = False) -> None:
        self._session.select((id_,))

    def _on_own_wanted(self) -> None:
        give_own(self._session, (self._id,))

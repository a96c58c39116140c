"""The validation samples with the highest loss, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from nnstudio.core.words import tr
from nnstudio.training.studies.answers import Answered, Answers
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.figures import grouped, percent
from nnstudio.ui.insight.classes import class_name
from nnstudio.ui.insight.layout import lay_out
from nnstudio.ui.insight.thumbs import Thumb, Thumbs
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

MOST: Final = 60


class MistakesView(StudyView):
    """Samples with answer, truth, confidence and loss; right answers come last, if they come at all."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.caption = ElidedLabel("", "small", mute=True)
        self.thumbs = Thumbs(session, tr("Worst mistakes"))
        lay_out(self, [self.caption], self.thumbs)

    def study(self) -> Study | None:
        """Ask for the answers."""
        return Answers(any_task=True)

    def show_value(self, value: object) -> None:
        """Show the worst of them."""
        assert value is None or isinstance(value, Answered)
        for part in (self.caption, self.thumbs):
            part.setVisible(value is not None)
        dataset = self.session.bridge.dataset
        if value is None or dataset is None:
            return
        mean, count = float(value.losses.mean()), grouped(len(value.rows))
        if not len(value.answer):
            self.caption.setText(tr("{count} validation samples, mean loss {loss:.4g}", count=count, loss=mean))
        else:
            wrong = grouped(int((value.answer != value.truth).sum()))
            self.caption.setText(
                tr(
                    "{wrong} of {count} validation samples wrong, mean loss {loss:.4g}",
                    wrong=wrong,
                    count=count,
                    loss=mean,
                )
            )
        self.thumbs.show_thumbs([_thumb(value, place, dataset.classes) for place in value.worst()[:MOST]])


def _thumb(value: Answered, place: int, classes: tuple[str, ...]) -> Thumb:
    if not len(value.answer):
        return Thumb(int(value.rows[place]), tr("loss {loss:.3g}", loss=float(value.losses[place])))
    answer, truth = class_name(classes, int(value.answer[place])), class_name(classes, int(value.truth[place]))
    bad = bool(value.answer[place] != value.truth[place])
    first = tr("{answer}, not {truth}", answer=answer, truth=truth) if bad else tr("{answer}, right", answer=answer)
    confidence = percent(float(value.confidence[place]))
    second = tr("{confidence}, loss {loss:.3g}", confidence=confidence, loss=float(value.losses[place]))
    return Thumb(int(value.rows[place]), first, second, bad)

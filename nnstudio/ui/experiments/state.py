"""What the experiments of a drawing know: kept with its session, while windows come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject

from nnstudio.ui.experiments.rate_search import RateSearch
from nnstudio.ui.experiments.sweeping import Sweeping

if TYPE_CHECKING:
    from nnstudio.ui.session import Session

_NAME = "experiments"


class Experiments(QObject):
    """The experiments of one drawing.

    Attributes:
        rates: the learning-rate finder's.
        sweeping: the sweep's.
        places: where each window stood last, as Qt writes it down.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.setObjectName(_NAME)
        self.rates = RateSearch(session, self)
        self.sweeping = Sweeping(session, self)
        self.places: dict[str, QByteArray] = {}
        session.leaving.connect(self.shutdown)

    def shutdown(self) -> None:
        """End all work, and wait for it; what is done of a sweep is kept."""
        self.rates.shutdown()
        self.sweeping.shutdown()


def experiments_of(session: Session) -> Experiments:
    """Return what a drawing's experiments know; made when first asked for."""
    found = session.findChild(Experiments, _NAME)
    return found if found is not None else Experiments(session)

"""The metrics of a run, as the Train page shows them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from nnstudio.training.events import EpochDone
from nnstudio.ui.monitor.explanation import NameLabel, words_of
from nnstudio.ui.monitor.metric_row import MetricRow
from nnstudio.ui.session import Session
from tests.ui.monitor.conftest import Show, WrittenRun


def tell(written: WrittenRun, epoch: int, metrics: Mapping[str, float]) -> None:
    written.events.append(
        EpochDone(
            epoch=epoch,
            train_loss=1.0,
            train_accuracy=None,
            validation_loss=1.0,
            validation_accuracy=metrics.get("accuracy"),
            seconds=0.1,
            metrics=metrics,
        )
    )


def shown(row: MetricRow) -> dict[str, str]:
    return {name: figure.text() for name, figure in row.figures.items()}


def test_it_shows_the_metrics_of_the_last_epoch(
    session: Session, written: WrittenRun, show: Show, qtbot: QtBot
) -> None:
    row = show(MetricRow(session), 700, 120)
    assert isinstance(row, MetricRow)
    assert row.figures == {}
    written.begin()
    written.add_steps([1.0] * 5)
    tell(written, 1, {"accuracy": 0.5, "f1": 0.25})
    qtbot.waitUntil(lambda: shown(row) == {"accuracy": "50.0 %", "f1": "25.0 %"})
    assert not row.isHidden()
    written.add_steps([0.5] * 5)
    tell(written, 2, {"accuracy": 0.75, "f1": 0.5})
    qtbot.waitUntil(lambda: shown(row) == {"accuracy": "75.0 %", "f1": "50.0 %"})


def test_a_click_on_a_metric_says_what_it_means(
    session: Session, written: WrittenRun, show: Show, qtbot: QtBot
) -> None:
    row = show(MetricRow(session), 700, 200)
    assert isinstance(row, MetricRow)
    written.begin()
    written.add_steps([1.0] * 5)
    tell(written, 1, {"mae": 0.125, "r2": 0.9, "perplexity": 3.5})
    qtbot.waitUntil(lambda: shown(row) == {"mae": "0.125", "r2": "0.9", "perplexity": "3.5"})
    (name,) = [part for part in row.findChildren(NameLabel) if part.text() == "R²"]
    QTest.mouseClick(name, Qt.MouseButton.LeftButton)
    assert row.explanation is not None
    assert words_of(row.explanation).startswith("Which share of the spread is explained")
    QTest.mouseClick(name, Qt.MouseButton.LeftButton)
    assert row.explanation is None


def test_no_figure_is_cut_where_there_is_little_room(
    session: Session, written: WrittenRun, show: Show, qtbot: QtBot
) -> None:
    row = show(MetricRow(session), 900, 120)
    assert isinstance(row, MetricRow)
    written.begin()
    tell(written, 1, {"accuracy": 0.922, "top_k": 0.997, "precision": 0.924, "recall": 0.922, "f1": 0.922})
    qtbot.waitUntil(lambda: len(row.figures) == 5)
    more = row.findChild(QLabel, "metric_more")
    assert more is not None

    def seen() -> int:
        figures = [figure for figure in row.figures.values() if figure.isVisible()]
        assert all(figure.width() >= figure.sizeHint().width() for figure in figures)
        return len(figures)

    qtbot.waitUntil(lambda: seen() == 5 and more.isHidden())
    row.resize(330, 120)
    qtbot.waitUntil(lambda: 1 <= seen() < 5 and more.isVisible())
    assert "92.2 %" in more.toolTip()
    row.resize(900, 120)
    qtbot.waitUntil(lambda: seen() == 5 and more.isHidden())

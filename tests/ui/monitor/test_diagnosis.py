"""The strip that says what may be wrong with a run."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.core.words import set_language
from nnstudio.project.builder import Builder
from nnstudio.training.diagnosis.finding import Finding, Kind
from nnstudio.training.diagnosis.words import tell
from nnstudio.training.events import Diagnosed
from nnstudio.ui.monitor.diagnosis import DiagnosisStrip, FindingCard, way_to
from nnstudio.ui.scope import Level
from nnstudio.ui.session import Session
from tests.ui.monitor.conftest import Show, WrittenRun

HIGH = Finding(kind="rate_high", node="conv", step=40, facts={"moved": 3.0, "rate": 1.0})


def shown(session: Session, show: Show) -> DiagnosisStrip:
    strip, host = DiagnosisStrip(session), QWidget()
    QVBoxLayout(host).addWidget(strip)
    show(host, 900, 200)
    return strip


def test_strip_says_what_may_be_wrong(session: Session, written: WrittenRun, show: Show, qtbot: QtBot) -> None:
    strip = shown(session, show)
    assert not strip.isVisible()
    written.begin()
    written.events.append(Diagnosed(40, (HIGH,)))
    qtbot.waitUntil(strip.isVisible)
    assert strip.texts[0].startswith(
        "The learning rate is too high. One step moved the weights by 300 % of their size."
    )
    written.events.append(Diagnosed(60, ()))
    qtbot.waitUntil(lambda: not strip.isVisible())


def test_long_steps_are_told_in_times_and_chinese_sentences_have_no_gap() -> None:
    wild = tell(Finding(kind="rate_high", node=None, step=4, facts={"moved": 87.3, "rate": 1.0}))
    assert wild.seen == "One step moved the weights by 87 times their size."
    set_language("zh_CN")
    chinese = tell(HIGH)
    assert chinese.text.startswith("学习率太高。一步就让权重移动了自身大小的 300 %。")
    assert "。 " not in chinese.text


def test_large_numbers_are_told_in_groups_and_one_layer_as_one() -> None:
    def seen(kind: Kind, **facts: float) -> str:
        return tell(Finding(kind=kind, step=4, facts=facts)).seen

    assert "by 1,230 times" in seen("rate_high", moved=1234.5)
    assert "vary 2,340 times" in seen("unscaled", spread=2344.0)
    assert "is 12,300 times" in seen("clipped", times=12345.0, clip_at=0.001)
    assert "for 1,000 steps" in seen("momentum", momentum=0.999, steps=1000.0)
    assert "takes 12,000 steps" in seen("schedule", long=1, warm=12000, steps=400)
    assert seen("small_batch", layers=1, size=2).startswith("One layer normalises")
    assert seen("small_batch", layers=3, size=2).startswith("3 layers normalise")
    assert "by 1e9 times" in seen("rate_high", moved=1e9)


def test_a_rate_of_zero_is_not_put_down_to_frozen_layers() -> None:
    assert "Frozen" not in tell(Finding(kind="frozen", facts={"rate": 0.0})).why
    assert "Frozen" in tell(Finding(kind="frozen", facts={"rate": 0.01})).why


def test_a_mend_is_one_step_to_undo(session: Session, written: WrittenRun, show: Show, qtbot: QtBot) -> None:
    before = msgspec.structs.replace(session.project, recipe={"learning_rate": 1.0})
    session.commit("High", project=before)
    strip = shown(session, show)
    written.begin()
    written.events.append(Diagnosed(40, (HIGH,)))
    qtbot.waitUntil(strip.isVisible)
    button = strip.findChild(QToolButton, "finding_mend")
    assert isinstance(button, QToolButton)
    assert button.text() == "Set the learning rate to 0.003"
    button.click()
    assert session.project.recipe == {"learning_rate": 0.003}
    assert session.undo_label == "Set the learning rate to 0.003"
    session.undo()
    assert session.project == before


def test_the_layer_is_one_click_away(session: Session, written: WrittenRun, show: Show, qtbot: QtBot) -> None:
    strip = shown(session, show)
    written.begin()
    written.events.append(Diagnosed(40, (HIGH,)))
    qtbot.waitUntil(strip.isVisible)
    button = strip.findChild(QToolButton, "finding_layer")
    assert isinstance(button, QToolButton)
    with qtbot.waitSignal(session.revealed):
        button.click()
    assert session.selection == {session.project.graph.by_name["conv"].id}


def test_mends_are_read_whole_in_a_narrow_window(
    session: Session, written: WrittenRun, show: Show, qtbot: QtBot
) -> None:
    strip = shown(session, show)
    written.begin()
    written.events.append(Diagnosed(40, (HIGH,)))
    qtbot.waitUntil(strip.isVisible)
    host = strip.parentWidget()
    assert host is not None

    def is_below() -> bool:
        title, mend = strip.findChild(QLabel), strip.findChild(QToolButton, "finding_mend")
        assert title is not None
        assert mend is not None
        assert mend.width() >= mend.sizeHint().width()
        return mend.mapTo(strip, QPoint()).y() > title.mapTo(strip, QPoint()).y() + title.height()

    assert not is_below()
    host.resize(320, 300)
    qtbot.waitUntil(is_below)
    host.resize(900, 260)
    qtbot.waitUntil(lambda: not is_below())


def test_mends_take_as_many_rows_as_their_words_need(
    session: Session, written: WrittenRun, show: Show, qtbot: QtBot
) -> None:
    facts = {"best": 0.1, "best_epoch": 4, "now": 0.2, "train": 0.01}
    strip = shown(session, show)
    written.begin()
    written.events.append(Diagnosed(40, (Finding(kind="overfitting", node=None, step=40, facts=facts),)))
    qtbot.waitUntil(strip.isVisible)
    host = strip.parentWidget()
    assert host is not None

    def rows() -> int:
        mends = strip.findChildren(QToolButton, "finding_mend")
        assert len(mends) == 3
        if any(mend.width() < mend.sizeHint().width() for mend in mends):
            return 0
        return len({mend.mapTo(strip, QPoint()).y() for mend in mends})

    host.resize(1100, 400)
    qtbot.waitUntil(lambda: rows() == 1)
    host.resize(600, 400)
    qtbot.waitUntil(lambda: rows() == 2)
    host.resize(320, 400)
    qtbot.waitUntil(lambda: rows() == 3)
    host.resize(1100, 400)
    qtbot.waitUntil(lambda: rows() == 1)


def test_cards_keep_their_height_in_a_low_place_and_are_scrolled_to(
    session: Session, written: WrittenRun, show: Show, qtbot: QtBot
) -> None:
    strip = shown(session, show)
    host = strip.parentWidget()
    assert host is not None
    written.begin()
    low, none = Finding(kind="rate_low", step=40, facts={"moved": 2e-5}), Finding(kind="single_class", step=40)
    written.events.append(Diagnosed(40, (HIGH, low, none)))
    qtbot.waitUntil(strip.isVisible)

    def cards_are_whole() -> bool:
        cards = strip.findChildren(FindingCard)
        return len(cards) == 3 and all(card.height() >= card.heightForWidth(card.width()) > 40 for card in cards)

    host.resize(900, 190)
    qtbot.waitUntil(cards_are_whole)
    assert strip.height() <= 0.4 * 190
    assert strip.verticalScrollBar().maximum() > 0
    host.resize(900, 700)
    qtbot.waitUntil(lambda: strip.verticalScrollBar().maximum() == 0 and cards_are_whole())
    assert strip.height() < 350


def test_way_leads_into_blocks() -> None:
    b = Builder()
    h = b.add("ResidualBlock", b.input("x", shape=(4, 8, 8)), channels=4, repeat=2, name="stage")
    b.output(h)
    project = b.project()
    stage = project.graph.by_name["stage"].id
    conv = project.blocks_by_name["ResidualBlock"].graph.by_name["conv1"].id
    assert way_to(project, "stage.1.conv1") == ((Level("ResidualBlock", stage),), conv)
    assert way_to(project, "stage") == ((), stage)
    assert way_to(project, "gone.conv1") is None
    assert way_to(project, "") is None

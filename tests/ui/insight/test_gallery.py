"""The gallery: views by group, built when seen, remembered, in windows of their own."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea, QToolButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from nnstudio.core.words import set_language
from nnstudio.ui.command_palette import found
from nnstudio.ui.insight.frame import ViewFrame, ViewWindow
from nnstudio.ui.insight.gallery import Gallery
from nnstudio.ui.insight.registry import GROUPS, VIEWS, view_spec
from nnstudio.ui.insight.view import StudyView
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
from tests.ui.conftest import send_deletions
from tests.ui.insight.conftest import Show


def _gallery(session: Session, show: Show) -> Gallery:
    made = show(Gallery(session), 1000, 320)
    assert isinstance(made, Gallery)
    return made


def test_keys_are_unique_and_groups_are_known() -> None:
    keys = [spec.key for spec in VIEWS]
    assert len(set(keys)) == len(keys)
    assert {spec.group for spec in VIEWS} <= set(GROUPS)


@pytest.mark.parametrize("spec", VIEWS, ids=lambda spec: spec.key)
def test_every_view_says_in_both_languages_what_it_shows(spec: object) -> None:
    from nnstudio.ui.insight.registry import ViewSpec

    assert isinstance(spec, ViewSpec)
    for words in (spec.title, spec.line):
        assert words.en.strip()
        assert words.zh.strip()
        assert words.en != words.zh
    assert len(spec.line.en) <= 160, "one line"


def test_only_what_is_seen_is_built_and_asks(session: Session, show: Show) -> None:
    gallery = _gallery(session, show)
    assert gallery.key == VIEWS[0].key
    assert [view.objectName() for view in gallery.findChildren(StudyView)] == [f"view_{VIEWS[0].key}"]
    asked = session.bridge._studies
    view = gallery.frame.view
    session.select({session.graph.by_name["conv_1"].id})
    assert set(asked) <= {view}
    gallery.hide()
    assert not asked


def test_the_list_is_led_by_keys(session: Session, show: Show) -> None:
    gallery = _gallery(session, show)
    for spec in sorted(VIEWS, key=lambda spec: list(GROUPS).index(spec.group))[1:]:
        QTest.keyClick(gallery.list, Qt.Key.Key_Down)
        assert gallery.key == spec.key
        assert gallery.frame.isVisible()


def test_the_last_view_is_remembered(session: Session, show: Show) -> None:
    gallery = _gallery(session, show)
    gallery.open_view(VIEWS[-1].key)
    assert session.view.insight == VIEWS[-1].key
    assert _gallery(session, show).key == VIEWS[-1].key


def test_views_open_in_windows_of_their_own(session: Session, show: Show) -> None:
    gallery = _gallery(session, show)
    button = gallery.frame.findChild(QToolButton, "view_detach")
    assert button is not None
    button.click()
    button.click()
    first, second = (window for window in gallery.findChildren(ViewWindow))
    assert first.isVisible()
    assert second.isVisible()
    assert str(VIEWS[0].title) in first.windowTitle()
    assert first.frame.view is not second.frame.view
    QTest.keyClick(first, Qt.Key.Key_Escape)
    assert not first.isVisible()
    assert second.isVisible()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_everything_has_a_name(session: Session, show: Show, language: str) -> None:
    set_language(language)
    gallery = _gallery(session, show)
    for spec in VIEWS:
        gallery.open_view(spec.key)
        frame = gallery.frame
        assert frame.accessibleName() == str(spec.title)
        assert frame.view.accessibleName()
        assert frame.accessibleDescription() == str(spec.line)


def test_the_menu_and_a_right_click_open_it(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    session.select({session.graph.by_name["conv_1"].id})
    window.design.canvas.insight_wanted.emit()
    assert session.view.tab == "insight"
    assert window.design.dock.isVisible()
    gallery = window.design.dock.view("insight")
    assert isinstance(gallery, Gallery)
    qtbot.waitUntil(gallery.isVisible)
    window.actions_["insight_window"].trigger()
    assert len(gallery.findChildren(ViewWindow)) == 1


def test_windows_stay_as_large_as_they_are_in_another_language(window: MainWindow, qtbot: QtBot) -> None:
    gallery = window.design.dock.view("insight")
    assert isinstance(gallery, Gallery)
    for height in (540, 580):
        gallery.open_window("confusion").resize(800, height)
    gallery.open_window("weights")

    def heights() -> list[tuple[str, int]]:
        shown = (one for one in window.desk.findChildren(ViewWindow) if one.isVisible())
        return sorted((one.frame.spec.key, one.height()) for one in shown)

    before = heights()
    assert [height for _, height in before[:2]] == [540, 580]
    window.choose_language("zh_CN")
    qtbot.waitUntil(lambda: [one.windowTitle()[:2] for one in window.desk.findChildren(ViewWindow)][:1] == ["混淆"])
    qtbot.waitUntil(lambda: heights() == before)


def test_views_are_found_by_their_names(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    assert "view_units" not in window.actions_
    window.show_commands()
    for language in ("dead", "饱和"):
        keys = [choice.key for choice in found(language, window.actions_, ())]
        assert "view_units" in keys
    window.show_commands()
    window.actions_["view_units"].trigger()
    assert session.view.insight == "units"
    gallery = window.design.dock.view("insight")
    assert isinstance(gallery, Gallery)
    qtbot.waitUntil(gallery.isVisible)
    assert gallery.key == "units"


def test_windows_outlive_another_theme(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    window.actions_["insight"].trigger()
    gallery = window.design.dock.view("insight")
    assert isinstance(gallery, Gallery)
    for key in ("weights", "units"):
        gallery.open_window(key)
    gallery.findChildren(ViewWindow)[0].close()
    assert session.view.windows == ("units",)
    window.choose_theme("dark")
    qtbot.waitUntil(lambda: len(window.findChildren(ViewWindow)) == 1)
    assert window.findChildren(ViewWindow)[0].frame.spec.key == "units"
    send_deletions()
    assert all(isValid(key) for key in session.bridge._studies), "a view that is gone asks nothing"


@pytest.mark.parametrize(("width", "height"), [(400, 260), (1071, 171)])
def test_a_view_with_too_little_room_is_scrolled(session: Session, show: Show, width: int, height: int) -> None:
    frame = ViewFrame(session, view_spec("arithmetic"))
    show(frame, width, height)
    frame.view.setMinimumSize(200, 420)
    area = frame.findChild(QScrollArea, "view_area")
    assert area is not None
    QCoreApplication.processEvents()
    assert (frame.width(), frame.height()) == (width, height), "it fits into its place"
    assert area.verticalScrollBar().maximum() > 0
    detach = frame.findChild(QToolButton, "view_detach")
    assert detach is not None
    assert detach.text() == ("↗" if width < 560 else "Open in a window")
    assert detach.accessibleName() == "Open in a window"
    assert detach.geometry().right() < width

"""PySide6 keeps its references: some versions lose one to None or True with nearly every call, and then abort."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QImage, QPainter, QPen
from PySide6.QtWidgets import QApplication, QGraphicsItem, QGraphicsRectItem, QGraphicsScene, QStyleOptionGraphicsItem
from PySide6.QtWidgets import QWidget as Widget

NUM_CALLS = 10_000
Call = Callable[[], object]
SLACK = 200
"""What other threads and caches may change meanwhile; a fault changes thousands."""


class _Painted(QGraphicsItem):
    def boundingRect(self) -> QRectF:  # noqa: N802
        return QRectF(0, 0, 5, 5)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: Widget | None = None) -> None:
        painter.drawRect(0, 0, 5, 5)


@contextmanager
def _painting() -> Iterator[QPainter]:
    image = QImage(10, 10, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    yield painter
    painter.end()


@contextmanager
def _painter_calls() -> Iterator[Call]:
    pen, brush, rect = QPen(), QBrush(), QRectF(0, 0, 5, 5)
    with _painting() as painter:

        def call() -> None:
            painter.setPen(pen)
            painter.setBrush(brush)
            painter.drawRect(rect)
            painter.save()
            painter.restore()

        yield call


@contextmanager
def _item_calls() -> Iterator[Call]:
    item = QGraphicsRectItem()
    place = QPointF(1, 1)

    def call() -> None:
        item.setPos(place)
        item.setVisible(item.isVisible())
        item.setZValue(1)
        item.parentItem()
        item.update()

    yield call


@contextmanager
def _scene_calls() -> Iterator[Call]:
    scene = QGraphicsScene()
    scene.addItem(_Painted())
    with _painting() as painter:
        yield lambda: scene.render(painter)


@contextmanager
def _event_calls() -> Iterator[Call]:
    yield QApplication.processEvents


@pytest.mark.parametrize("calls", [_painter_calls, _item_calls, _scene_calls, _event_calls])
def test_constants_keep_their_references(qapp: QApplication, calls: Callable[[], AbstractContextManager[Call]]) -> None:
    with calls() as call:
        call()
        gc.collect()
        before = [sys.getrefcount(thing) for thing in (None, True, False)]
        for _ in range(NUM_CALLS):
            call()
        gc.collect()
        after = [sys.getrefcount(thing) for thing in (None, True, False)]
    assert [abs(new - old) < SLACK for new, old in zip(after, before, strict=True)] == [True] * 3, (before, after)

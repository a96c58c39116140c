"""What must hold at every place a card is dragged to."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPointF, QRectF

from nnstudio.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH
from nnstudio.ui.canvas.routing import route
from tests.ui.canvas.hand import Hand


@pytest.mark.parametrize("down", [0.0, 150.0, -180.0, 300.0, 900.0])
@pytest.mark.parametrize("ahead", [-40.0, 0.0, 60.0, 131.0, 400.0])
def test_a_wire_finds_a_way_wherever_the_next_card_is(ahead: float, down: float) -> None:
    """Cards stand wherever the wire would go."""
    end = QPointF(ahead, down)
    half = QPointF(CARD_WIDTH, CARD_HEIGHT) / 2
    path = route(QPointF(0.0, 0.0), end, lambda rect: [QRectF(rect.center() - half, rect.center() + half)])
    assert path.currentPosition() == end


def test_a_card_is_led_all_around_its_neighbours(hand: Hand) -> None:
    """Every step lays the wires anew; none of them fails."""
    start = hand.card("conv")
    hand.press(start)
    for number in range(180):
        angle = number * math.tau / 60
        reach = 120.0 + 3.0 * number
        hand.move(start + QPointF(reach * math.cos(angle), reach * math.sin(angle) / 2))
        assert all(not wire.path().isEmpty() for wire in hand.canvas.board.wires.values())
    hand.release(start)

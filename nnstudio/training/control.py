"""Control: the switches of a run and the orders given to it, asked by the run between two batches.

Neither torch nor Qt is known here. One thread steers; the thread that trains asks; any thread may look.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable
from typing import Union

import msgspec

from nnstudio.core.words import tr


class GoTo(msgspec.Struct, frozen=True, tag=True):
    """Be as after ``step`` steps: back on the run's own way, or forward as far as it has been."""

    step: int


class Reset(msgspec.Struct, frozen=True, tag=True):
    """Be as before the first step, and forget all that came after."""


class SetRate(msgspec.Struct, frozen=True, tag=True):
    """Take this learning rate from the next step on."""

    rate: float


class SetWeight(msgspec.Struct, frozen=True, tag=True):
    """Put one number into the weights.

    Attributes:
        key: of the tensor, as in ``state_dict``.
        index: its place there, one number per axis.
        value: the number.
    """

    key: str
    index: tuple[int, ...]
    value: float


_PATIENCE = 0.03
"""Seconds that a run rests at most to let somebody else work."""

Order = Union[GoTo, Reset, SetRate, SetWeight]


class Change(msgspec.Struct, frozen=True):
    """What the person changed in the midst of a run.

    Attributes:
        step: steps done at that time.
        epoch: which epoch was being worked at; it tells whether the validation after ``step`` came before.
        order: the change.
    """

    step: int
    epoch: int
    order: SetRate | SetWeight


class Control:
    """Says whether a run may go on, and holds what it shall do first.

    Args:
        stop: asked before each batch, in the thread that trains; yes ends the run like `stop`.
    """

    def __init__(self, stop: Callable[[], bool] | None = None) -> None:
        self._also_stop = stop
        self._turn = threading.Condition()
        self._held = False
        self._steps_allowed = 0
        self._epoch_allowed = False
        self._stopping = False
        self._orders: deque[Order] = deque()
        self._gives_way = False

    # By those who steer

    def pause(self) -> None:
        """Hold before the next batch."""
        self._switch(held=True)

    def resume(self) -> None:
        """Go on."""
        self._switch(held=False)

    def step(self) -> None:
        """Do one batch and hold."""
        with self._turn:
            self._held = True
            self._steps_allowed += 1
            self._turn.notify_all()

    def step_epoch(self) -> None:
        """Go on to the end of the epoch and hold."""
        with self._turn:
            self._held = True
            self._epoch_allowed = True
            self._turn.notify_all()

    def stop(self) -> None:
        """End the run within one batch."""
        with self._turn:
            self._stopping = True
            self._turn.notify_all()

    def give(self, order: Order) -> None:
        """Have this done between two batches; of several steps to go to, only the newest counts.

        Raises:
            ValueError: a step, a learning rate or a weight that cannot be.
        """
        _check(order)
        with self._turn:
            if isinstance(order, GoTo) and self._orders and isinstance(self._orders[-1], GoTo):
                self._orders.pop()
            self._orders.append(order)
            self._turn.notify_all()

    def give_way(self, *, yes: bool) -> None:
        """Have the run rest between two batches until this is taken back, for a moment at most."""
        if yes:
            self._gives_way = True
        elif self._gives_way:
            with self._turn:
                self._gives_way = False
                self._turn.notify_all()

    # By the run

    @property
    def stopping(self) -> bool:
        """Whether the run shall end here."""
        return self._stopping or (self._also_stop is not None and self._also_stop())

    def __call__(self) -> bool:
        """Return `stopping`: whoever asks only that may take a control for a plain function."""
        return self.stopping

    @property
    def held(self) -> bool:
        """Whether a pause was asked for; single steps and an epoch may still be allowed."""
        return self._held

    @property
    def is_last_allowed(self) -> bool:
        """Whether the run will hold after the step that was just done."""
        return self._held and self._steps_allowed <= 1 and not self._epoch_allowed

    @property
    def waits(self) -> bool:
        """Whether there is nothing to do now: held, with no step allowed, no order given, and not to be stopped."""
        return self._held and not (self._steps_allowed or self._epoch_allowed or self._orders or self._stopping)

    @property
    def is_overtaken(self) -> bool:
        """Whether the next order makes it needless to come to the step of the last one."""
        with self._turn:
            return bool(self._orders) and isinstance(self._orders[0], (GoTo, Reset))

    def take(self) -> Order | None:
        """Take the oldest order; None where there is none."""
        if not self._orders:  # asked before each batch: quick where nothing is to be done
            return None
        with self._turn:
            return self._orders.popleft()

    def on_step_done(self) -> None:
        """Count one of the steps that were allowed."""
        if self._steps_allowed:
            with self._turn:
                self._steps_allowed = max(0, self._steps_allowed - 1)

    def on_epoch_done(self) -> None:
        """End the epoch that was allowed."""
        with self._turn:
            self._epoch_allowed = False

    @property
    def gives_way(self) -> bool:
        """Whether somebody is in a hurry, and the run had better rest."""
        return self._gives_way

    def let_pass(self) -> None:
        """Rest until nobody is in a hurry any more, but never long."""
        with self._turn:
            self._turn.wait_for(lambda: not self._gives_way, _PATIENCE)
            self._gives_way = False

    def wait(self, rouse: Callable[[], bool]) -> None:
        """Wait while held, until there is something to do or ``rouse`` says yes."""
        with self._turn:
            self._turn.wait_for(lambda: not self.waits or rouse())

    def wake(self) -> None:
        """Have those who `wait` look again."""
        with self._turn:
            self._turn.notify_all()

    def _switch(self, *, held: bool) -> None:
        with self._turn:
            self._held = held
            self._steps_allowed = 0
            self._epoch_allowed = False
            self._turn.notify_all()


def _check(order: Order) -> None:
    if isinstance(order, GoTo) and order.step < 0:
        raise ValueError(tr("A run has no step {step}.", step=order.step))
    if isinstance(order, SetRate) and not (math.isfinite(order.rate) and order.rate >= 0):
        raise ValueError(tr("The learning rate must be a number from 0 up, not {rate}.", rate=order.rate))
    if isinstance(order, SetWeight) and not math.isfinite(order.value):
        raise ValueError(tr("A weight must be a finite number, not {value}.", value=order.value))

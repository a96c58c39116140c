"""How the worker shares the computer: what it sets, it sets back."""

from __future__ import annotations

import sys
from contextlib import ExitStack

import pytest
import torch

from nnstudio.training.threads import SWITCH_INTERVAL, quick_turns, worker_pace


def test_settings_are_restored() -> None:
    interval, num_threads = sys.getswitchinterval(), torch.get_num_threads()
    with worker_pace():
        assert sys.getswitchinterval() == pytest.approx(min(interval, SWITCH_INTERVAL))
        assert torch.get_num_threads() == max(1, num_threads - 1)
    assert sys.getswitchinterval() == pytest.approx(interval)
    assert torch.get_num_threads() == num_threads


def test_last_of_two_restores_the_interval() -> None:
    interval = sys.getswitchinterval()
    with ExitStack() as first, ExitStack() as second:
        first.enter_context(quick_turns())
        second.enter_context(quick_turns())
        first.close()
        assert sys.getswitchinterval() == pytest.approx(min(interval, SWITCH_INTERVAL))
    assert sys.getswitchinterval() == pytest.approx(interval)

"""The epochs of a run are remembered within bounds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nnstudio.training.bounds import MOST_EPOCHS
from nnstudio.training.epochs import Epochs
from nnstudio.training.events import EpochDone
from nnstudio.training.recorder import Recorder, blank_record


def done(number: int, loss: float = 1.0) -> EpochDone:
    return EpochDone(
        epoch=number, train_loss=loss, train_accuracy=None, validation_loss=loss, validation_accuracy=None, seconds=0.0
    )


def numbers(epochs: Epochs) -> list[int]:
    return [epoch.epoch for epoch in epochs]


def test_a_run_of_usual_length_is_remembered_whole() -> None:
    epochs = Epochs(map(done, range(1, 9)), most=8)
    assert numbers(epochs) == list(range(1, 9))
    assert [epoch.epoch for epoch in epochs[-2:]] == [7, 8]


def test_of_a_long_run_every_second_one_goes_and_the_newest_stays() -> None:
    epochs = Epochs(map(done, range(1, 10)), most=8)
    assert numbers(epochs) == [1, 3, 5, 7, 9]
    epochs.append(done(10))
    assert numbers(epochs) == [1, 3, 5, 7, 9, 10]
    epochs.append(done(11))
    assert numbers(epochs) == [1, 3, 5, 7, 9, 11]


def test_a_run_that_goes_back_does_its_epochs_again() -> None:
    epochs = Epochs(map(done, range(1, 7)))
    epochs.append(done(4, loss=0.5))
    assert [(epoch.epoch, epoch.train_loss) for epoch in epochs[-2:]] == [(3, 1.0), (4, 0.5)]
    epochs.cut(2.5)
    assert numbers(epochs) == [1, 2]
    assert [epoch.epoch for epoch in epochs.until(1)] == [1]
    assert epochs.until(9) == list(epochs)


def test_the_record_of_a_very_long_run_is_bounded() -> None:
    blank = blank_record(title="long", fingerprint="", recipe={}, data={}, project={})
    recorder = Recorder(blank, lambda _record: None)
    for _ in recorder.follow(map(done, range(1, MOST_EPOCHS + 2))):
        pass
    record = recorder.record
    assert len(record.epochs) == len(record.curves["train_loss"]) <= MOST_EPOCHS
    assert (record.epochs[0], record.epochs[-1]) == (1, MOST_EPOCHS + 1)


@given(st.lists(st.integers(1, 60), max_size=80), st.integers(2, 9))
def test_at_most_so_many_are_remembered_in_order_with_the_first_and_the_newest(places: list[int], most: int) -> None:
    epochs = Epochs(most=most)
    at = 0
    for place in places:
        start = min(place, at + 1)
        for number in range(start, place + 1):
            epochs.append(done(number))
        at = place
        known = numbers(epochs)
        assert len(known) <= most
        assert known == sorted(set(known))
        assert known[0] == 1
        assert known[-1] == at

"""What measures are called."""

from __future__ import annotations

from nnstudio.core.words import tr
from nnstudio.training.metric_words import METRICS


def measure_words(name: str) -> str:
    """Return what a person calls a measure of `nnstudio.training`."""
    known = {
        "train_loss": tr("training loss"),
        "train_accuracy": tr("training accuracy"),
        "validation_loss": tr("validation loss"),
        "validation_accuracy": tr("validation accuracy"),
        "fit_loss": tr("training loss at the end"),
        "fit_accuracy": tr("training accuracy at the end"),
    }
    metric = METRICS.get(name)
    return known.get(name) or (str(metric.label) if metric is not None else name)

"""Sentences and the numbers in them."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.core.words import figure, tr


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (-0.28, ".2f", "−0.28"),
        (0.28, "+.2f", "+0.28"),
        (-0.0001, ".2f", "0.00"),
        (-0.0, ".3g", "0"),
        (-1234.5, ",.1f", "−1,234.5"),
        (1.5e-7, ".3g", "1.5e−7"),
        (-2e12, ".0e", "−2e12"),
        (1.0, ".0e", "1e0"),
        (float("-inf"), ".3g", "−inf"),
        (float("nan"), ".3g", "nan"),
        (-3, "d", "−3"),
        (np.float32(-0.5), ".4g", "−0.5"),
    ],
)
def test_numbers_have_a_minus_sign(value: float, spec: str, text: str) -> None:
    assert figure(value, spec) == text


def test_sentences_write_numbers_the_same_way() -> None:
    assert tr("{a:.2f} to {b:.3g} in {c}", a=-0.28, b=np.float32(-1e-7), c="a-b") == "−0.28 to −1e−7 in a-b"
    assert tr("got {value}", value=-0.5) == "got -0.5", "what was typed stays as it was"

"""The loss of one sample, as the last line of the arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.core.words import tr
from nnstudio.training.drill.attention import log_share
from nnstudio.training.drill.sheet import Number, Sheet


def loss_of(
    sheet: Sheet, loss: str, outputs: Sequence[Number], target: int | Sequence[float], margin: float = 1.0
) -> Number:
    """Write out the loss of one sample.

    Args:
        sheet: where the lines go.
        loss: as a recipe names it.
        outputs: what the network gives.
        target: the right class, or the right values.
        margin: j of LeNet-5's loss for distances.

    Raises:
        ValueError: this loss is not written out.
    """
    minus = sheet.constant(-1.0)
    if loss == "cross_entropy" and isinstance(target, int):
        return sheet.dot("L", [minus], [log_share(sheet, outputs, target)])
    if loss == "nll" and isinstance(target, int):
        return sheet.dot("L", [minus], [outputs[target]])
    if loss == "rbf" and isinstance(target, int):
        # y_D + log(e^(−j) + Σ e^(−y_i)) (LeCun and others 1998, equation 9); the largest power is taken out for safety.
        highest = max(-margin, *(-output.value for output in outputs))
        out = sheet.constant(-highest)
        near = [sheet.dot("s", [minus], [output], [out]) for output in outputs]
        near.append(sheet.total("s", [sheet.constant(-margin), out]))
        log = sheet.apply("l", "log", sheet.total("Z", [sheet.apply("e", "exp", number) for number in near]))
        return sheet.total("L", [outputs[target], log, sheet.constant(highest)])
    if loss in ("mse", "mae") and not isinstance(target, int):
        offs = [
            sheet.total("d", [output, sheet.constant(-value)]) for output, value in zip(outputs, target, strict=True)
        ]
        share = sheet.constant(1.0 / len(offs))
        name = "square" if loss == "mse" else "absolute"
        return sheet.dot("L", [share] * len(offs), [sheet.apply("q", name, off) for off in offs])
    if loss == "bce" and not isinstance(target, int):
        parts = []
        for output, value in zip(outputs, target, strict=True):
            # −log σ(x) for 1, −log(1 − σ(x)) = softplus(x) for 0: softplus(x) − y x.
            soft = sheet.apply("q", "softplus_exact", output)
            parts.append(sheet.dot("d", [sheet.constant(-value)], [output], [soft]))
        share = sheet.constant(1.0 / len(parts))
        return sheet.dot("L", [share] * len(parts), parts)
    raise ValueError(tr("The arithmetic of this loss is not written out; cross-entropy, BCE, MSE and MAE are."))

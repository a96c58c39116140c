"""Saliency and Grad-CAM over the sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from nnstudio.core.words import tr
from nnstudio.training.studies.saliency import GradCam, Heat, Saliency, Salient
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.figures import grouped
from nnstudio.ui.insight.classes import class_name, sign_names
from nnstudio.ui.insight.layout import lay_out
from nnstudio.ui.insight.picker import LayerPicker, Picker
from nnstudio.ui.insight.relevance import Relevance
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    from nnstudio.data.dataset import Task
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session


class SaliencyView(StudyView):
    """The gradient of one output by the sample."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.target = Picker("saliency_class", tr("Which output is asked about"), self)
        self.caption = ElidedLabel("", "small", mute=True)
        self.relevance = Relevance(tr("What matters in the sample"))
        self.header = lay_out(self, [self.target, self.caption], self.relevance)
        self.target.picked.connect(self.ask)

    def study(self) -> Study | None:
        """Ask about the sample shown."""
        sample = self.session.bridge.sample
        return None if sample is None else Saliency(sample, self._wanted())

    def reason(self) -> str:
        """Say what is missing."""
        return tr("The data are being loaded.")

    def show_value(self, value: object) -> None:
        """Show another sample or gradient."""
        assert value is None or isinstance(value, Salient)
        self._show_parts(value is not None)
        if value is None:
            return
        self._tell(value)
        signed = value.gradient.ndim == 1
        signs: tuple[str, ...] = ()
        if value.inputs.dtype.kind == "i":
            signs = sign_names(self.session.bridge.dataset, value.inputs.reshape(-1).tolist())
        self.relevance.show_relevance(value.inputs, value.gradient if signed else value.strength, signs=signs)
        if value.strength.ndim == 1:
            longest = float(value.strength.max(initial=0.0))
            self.caption.setText(tr("{text}; the longest bar is {value:.3g}", text=self.caption.text(), value=longest))

    def _wanted(self) -> int | None:
        return self.target.currentIndex() - 1 if self.target.currentIndex() > 0 else None

    def _show_parts(self, shown: bool) -> None:
        self.caption.setVisible(shown)
        self.relevance.setVisible(shown)

    def _tell(self, value: Salient | Heat) -> None:
        dataset = self.session.bridge.dataset
        if dataset is None:
            return
        names = [class_name(dataset.classes, number) for number in range(dataset.num_outputs)]
        name = class_name(dataset.classes, value.target)
        offered = [tr("its own answer"), *names]
        wanted = self._wanted()
        self.target.offer(offered, offered[0] if wanted is None else offered[wanted + 1])
        self.caption.setText(_caption(dataset.task, value.sample, name, value.score))


class GradCamView(SaliencyView):
    """Where a convolution sees what speaks for a class."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.layer = LayerPicker(session, "gradcam_layer", self)
        self.header.insertWidget(1, self.layer)
        self.layer.picked.connect(self.ask)

    def study(self) -> Study | None:
        """Ask about the sample shown and the layer chosen."""
        sample = self.session.bridge.sample
        return None if sample is None else GradCam(sample, self.layer.wanted, self._wanted())

    def show_value(self, value: object) -> None:
        """Show another heat."""
        assert value is None or isinstance(value, Heat)
        self._show_parts(value is not None)
        if value is None:
            return
        self._tell(value)
        self.layer.offer(value.layers, value.layer)
        self.relevance.show_relevance(value.inputs, value.heat, smooth=True)


def _caption(task: Task, sample: int, name: str, score: float) -> str:
    """Say what was asked about: of masks and boxes a sum, of sequences the end."""
    if task == "segmentation":
        return tr(
            "sample {sample}: the scores for {name} of all pixels add up to {score:.4g}",
            sample=grouped(sample),
            name=name,
            score=score,
        )
    if task == "detection":
        return tr(
            "sample {sample}: the shares for {name} of all cells add up to {score:.3g}",
            sample=grouped(sample),
            name=name,
            score=score,
        )
    if task in ("sequence", "next_token"):
        return tr(
            "sample {sample}: at the last place the output for {name} is {score:.4g}",
            sample=grouped(sample),
            name=name,
            score=score,
        )
    return tr("sample {sample}: the output for {name} is {score:.4g}", sample=grouped(sample), name=name, score=score)

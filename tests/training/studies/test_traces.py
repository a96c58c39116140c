"""No study of answers leaves a trace in the run: weights, running means, gradients, modes and chance stay bit-equal."""

from __future__ import annotations

from itertools import count

import pytest
import torch

import nnstudio
from nnstudio.project.document import Project
from nnstudio.runs.apart.plain import decode, encode
from nnstudio.training.events import StepDone
from nnstudio.training.loop import run
from nnstudio.training.studies.answers import Answers
from nnstudio.training.studies.attention import AttentionMaps
from nnstudio.training.studies.base import Scene, Seen, Study
from nnstudio.training.studies.boundary import Boundary
from nnstudio.training.studies.gates import GateTraces
from nnstudio.training.studies.landscape import LossLine, LossPlane
from nnstudio.training.studies.projection import Pca, Tsne
from nnstudio.training.studies.saliency import GradCam, Saliency
from nnstudio.training.studies.story import Story
from nnstudio.training.taps import Taps
from tests.training.studies.subjects import Trace, digits, example, points, scene_of, see
from tests.training.tasks import recipe


@pytest.mark.parametrize(
    ("project", "study"),
    [
        (points(), Answers()),
        (digits(), Answers()),
        (points(), Saliency(3)),
        (digits(), Saliency(3, target=2)),
        (example("lstm-memory"), Saliency(3)),
        (example("transformer-memory"), Saliency(3)),
        (digits(), GradCam(3)),
        (points(), Boundary(size=8, inner=4)),
        (digits(), Pca(count=50)),
        (points(), Tsne(count=30)),
        (digits(), LossLine(levels=2)),
        (points(), LossPlane(levels=1)),
        (example("transformer-memory"), AttentionMaps(3)),
        (example("lstm-memory"), GateTraces(3)),
        (digits(), Story(3)),
    ],
    ids=lambda thing: thing.name if isinstance(thing, Project) else type(thing).__name__,
)
def test_studies_leave_no_trace(project: Project, study: Study) -> None:
    scene = scene_of(project)
    before = Trace(scene)
    value = see(study, scene, object)
    before.assert_same()
    # Question and answer go to another process and back.
    assert decode(encode(study)) == study
    back = decode(encode(value))
    assert type(back) is type(value)
    assert encode(back) == encode(value)


@pytest.mark.parametrize("study", [Saliency(5000), GradCam(5000), AttentionMaps(5000), GateTraces(5000), Story(5000)])
def test_a_sample_that_other_data_had_is_refused_in_words(study: Study) -> None:
    with pytest.raises(ValueError, match="no sample 5000"):
        study.see(scene_of(points()))


def test_what_torch_cannot_do_is_told_and_the_run_goes_on() -> None:
    class Broken(Study, frozen=True):
        def see(self, scene: Scene) -> object:
            raise RuntimeError("out of memory\nin a long trace")

    scene, taps = scene_of(points()), Taps()
    taps.attach(lambda _names, _sample, _step: None, scene)
    taps.follow("view", Broken())
    taps.refresh()
    assert taps.found("view") == Seen(0, refusal="out of memory")


def test_a_run_that_is_looked_into_at_every_step_stays_bit_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count()
    monkeypatch.setattr("nnstudio.training.taps.time.monotonic", lambda: float(next(ticks)))
    monkeypatch.setattr("nnstudio.training.taps.SHARE", 10.0)
    data, settings = scene_of(points(), training=100).dataset, recipe(seed=3)
    studies: tuple[Study, ...] = (
        Answers(),
        Saliency(3),
        Boundary(size=8, inner=4),
        Pca(count=40),
        Tsne(count=30),
        LossLine(levels=2),
        LossPlane(levels=1),
        Story(3),
    )

    def train(taps: Taps | None) -> tuple[list[float], dict[str, torch.Tensor]]:
        torch.manual_seed(0)
        module = nnstudio.compile(points()).module
        losses = [event.loss for event in run(module, data, settings, taps) if isinstance(event, StepDone)]
        return losses, module.state_dict()

    taps = Taps()
    for number, study in enumerate(studies):
        taps.follow(number, study)
    losses, weights = train(taps)
    plain_losses, plain_weights = train(None)
    assert losses == plain_losses
    for name, weight in plain_weights.items():
        assert torch.equal(weight, weights[name]), name
    # Eight steps see eight things in turn, then the snapshot; those that need more looks are not through.
    answered = [taps.found(number) for number in range(len(studies))]
    assert sum(seen is not None and not seen.refusal for seen in answered) >= len(studies) - 1

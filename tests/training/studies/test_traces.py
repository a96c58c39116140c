"""No study of answers leaves a trace in the run: weights, running means, gradients, modes and chance stay bit-equal."""

from __future__ import annotations

import pytest

from nnstudio.project.document import Project
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
    see(study, scene, object)
    before.assert_same()


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

"""Attention maps are the weights by which the layers mix."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
import torch
from torch import nn

import nnstudio
from nnstudio.layers.modules.causal_decoder_layer import CausalDecoderLayer
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.project.examples import EXAMPLES
from nnstudio.training.calls import Call
from nnstudio.training.events import EpochDone
from nnstudio.training.loop import run
from nnstudio.training.recipe import recipe_of
from nnstudio.training.scene import Scene
from nnstudio.training.studies.attention import Attention, AttentionMaps, weights_of
from tests.training.studies.subjects import example, points, scene_of, see


def attentive(*, causal: bool) -> Project:
    """Return a network with both kinds of attention that are drawn by themselves."""
    b = Builder("Attentive")
    h = b.input("signs", shape=(24,), element="index")
    h = b.add("Embedding", h, num_embeddings=8, embedding_dim=8, name="embedding")
    h = b.add("MultiheadAttention", h, num_heads=2, is_causal=causal, name="heads")[0]
    q, k, v = (b.add("Linear", h, out_features=8, name=name) for name in ("q", "k", "v"))
    h = b.add("ScaledDotProductAttention", q, k, v, is_causal=causal, name="dots")
    h = b.add("LastStep", h, name="last")
    b.output(b.add("Linear", h, out_features=4, name="scores"))
    return b.project(data={"name": "memory"})


@pytest.mark.parametrize("causal", [False, True])
def test_heads_and_dot_products(causal: bool) -> None:
    scene = scene_of(attentive(causal=causal))
    found = see(AttentionMaps(3, layer="heads"), scene, Attention)
    assert found.layers == ("heads", "dots")
    assert found.weights.shape == (2, 24, 24)
    assert found.weights.sum(2) == pytest.approx(np.ones((2, 24)), abs=1e-6)
    assert list(found.tokens) == scene.dataset.inputs[3].tolist()
    module = scene.module.eval()
    values: dict[str, torch.Tensor] = {}
    scene.inside.look(torch.from_numpy(scene.dataset.inputs[[3]]), values.__setitem__)
    with torch.no_grad():
        heads = module.get_submodule("heads")
        assert isinstance(heads, nn.MultiheadAttention)
        q, k, _ = (values["embedding"][0] @ heads.in_proj_weight.T + heads.in_proj_bias).chunk(3, dim=1)
        for head in range(2):
            part = slice(4 * head, 4 * head + 4)
            scores = q[:, part] @ k[:, part].T / math.sqrt(4)
            if causal:
                scores = scores.masked_fill(torch.ones(24, 24, dtype=torch.bool).triu(1), -math.inf)
            assert found.weights[head] == pytest.approx(scores.softmax(1).numpy(), abs=1e-6)
        dots = see(AttentionMaps(3, layer="dots"), scene, Attention)
        assert dots.weights.shape == (1, 24, 24)
        mixed = torch.from_numpy(dots.weights[0]).float() @ values["v"][0]
        assert mixed.numpy() == pytest.approx(values["dots"][0].numpy(), abs=1e-6)


def test_transformer_layers_of_an_example() -> None:
    scene = scene_of(example("transformer-memory"))
    found = see(AttentionMaps(3, layer="encoder2"), scene, Attention)
    assert found.layers == ("encoder1", "encoder2")
    assert found.layer == "encoder2"
    assert found.weights.sum(2) == pytest.approx(np.ones(found.weights.shape[:2]), abs=1e-6)


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("kind", [nn.TransformerDecoderLayer, CausalDecoderLayer, nn.TransformerEncoderLayer])
def test_what_transformer_layers_hand_to_their_attention(kind: type[nn.Module], norm_first: bool) -> None:
    """The layer itself, listened to while it works, hands on just the values that give these weights."""
    torch.manual_seed(0)
    layer = kind(8, 2, 16, batch_first=True, norm_first=norm_first).double().eval()
    given = [torch.randn(1, 5, 8, dtype=torch.float64)]
    if not isinstance(layer, nn.TransformerEncoderLayer):
        given.append(torch.randn(1, 7, 8, dtype=torch.float64))
    for part, name in (("self", "self_attn"), ("memory", "multihead_attn"))[: len(given)]:
        heard: list[torch.Tensor] = []
        attention = layer.get_submodule(name)
        hook = attention.register_forward_pre_hook(
            lambda module, args, kwargs, heard=heard: heard.append(
                type(module).forward(module, *args, **{**kwargs, "need_weights": True, "average_attn_weights": False})[
                    1
                ]
            ),
            with_kwargs=True,
        )
        layer(*given)
        hook.remove()
        with torch.no_grad():
            assert weights_of(Call("layer", layer, tuple(given), {}), part).numpy() == pytest.approx(
                heard[0].detach().numpy(), abs=1e-12
            )


def test_networks_without_attention_say_so() -> None:
    with pytest.raises(ValueError, match="no attention"):
        AttentionMaps(0).see(scene_of(points()))


def reversing(*, positions: bool) -> Project:
    """Return one head of attention that is to say a row backwards: 5,130 parameters with positions."""
    b = Builder("Reversing")
    h = b.add("Embedding", b.input("row", shape=(8,), element="index"), num_embeddings=10, embedding_dim=32)
    if positions:
        h = b.add("LearnedPosition", h, max_length=8)
    h = b.add("MultiheadAttention", h, num_heads=1, name="attention")[0]
    b.output(b.add("Linear", h, out_features=10, name="scores"))
    recipe = {"epochs": 2, "batch_size": 128, "learning_rate": 0.02}
    return b.project(data={"name": "reverse"}, recipe=recipe)


def trained(project: Project) -> tuple[float, Scene]:
    """Return the accuracy on rows that were never seen, and the network."""
    scene = scene_of(project, training=3200, validation=800)
    events = run(scene.module, scene.dataset, recipe_of(project.recipe))
    held = [event.validation_accuracy for event in events if isinstance(event, EpochDone)]
    return held[-1] or 0.0, scene


def looks_at(scene: Scene, layer: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return for each place of unseen rows the place that it takes most from, ``(rows, 8)``."""
    rows = scene.dataset.validation[:20].tolist()
    return np.stack([see(AttentionMaps(row, layer), scene, Attention).weights[0].argmax(1) for row in rows])


def test_reversing_one_head_finds_the_anti_diagonal_with_positions_and_guesses_without() -> None:
    """Fifty steps, as in the lecture."""
    assert nnstudio.compile(reversing(positions=True)).num_parameters == 5130
    held, scene = trained(reversing(positions=True))
    assert held > 0.98
    assert (looks_at(scene, "attention") == np.arange(8)[::-1]).mean() > 0.95
    blind, _ = trained(reversing(positions=False))
    assert 0.2 < blind < 0.4


def test_the_decoder_of_an_example_looks_back_from_the_end() -> None:
    project = EXAMPLES["seq2seq-attention"]()
    held, scene = trained(msgspec.structs.replace(project, recipe={**project.recipe, "epochs": 5}))
    assert held > 0.9
    assert (looks_at(scene, "attention") == np.arange(8)[::-1]).mean() > 0.85

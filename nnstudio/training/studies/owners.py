"""What of the module belongs to a layer: modules and their parameters, by the name that the drawing gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstudio.core.words import tr

if TYPE_CHECKING:
    from torch import fx, nn

    from nnstudio.training.studies.base import Scene


def module_paths(scene: Scene, layer: str) -> tuple[str, ...]:
    """Return the paths of the modules that a layer is computed with: its own, or those whose weights it uses."""
    known = {path for path, _ in scene.module.named_modules()}
    return (layer,) if layer in known else _lent(scene, layer)


def parameters(scene: Scene, layer: str) -> dict[str, nn.Parameter]:
    """Return the parameters of a layer, or of all layers in a block, by their names below it.

    Args:
        scene: the network.
        layer: the layer's name; one in a block by its path. One that uses another's weights gives those.

    Raises:
        ValueError: there is no such layer with weights.
    """
    found = {
        name: weight
        for path in module_paths(scene, layer)
        for name, weight in scene.module.get_submodule(path).named_parameters()
    }
    if not found:
        raise ValueError(tr("{layer} has no weights. Select a layer that learns, as Dense or Conv.", layer=layer))
    return found


def weighted_layers(scene: Scene) -> dict[str, dict[str, nn.Parameter]]:
    """Return every layer that has parameters, in the order of the forward pass; shared ones come once."""
    found: dict[str, dict[str, nn.Parameter]] = {}
    for node in scene.inside.graph.nodes:
        path = _module_path(node)
        if path is not None and path not in found:
            named = dict(scene.module.get_submodule(path).named_parameters())
            if named:
                found[path] = named
    return found


def _module_path(node: fx.Node) -> str | None:
    if node.op == "call_module":
        return str(node.target)
    return str(node.target).rpartition(".")[0] if node.op == "get_attr" else None


def _lent(scene: Scene, layer: str) -> tuple[str, ...]:
    """Return the modules that a layer without one of its own is computed with."""
    waiting = [node for node in scene.inside.graph.nodes if node.meta.get("layer") == layer]
    found: list[str] = []
    while waiting:
        node = waiting.pop()
        path = _module_path(node)
        if path is not None:
            found.append(path)
            continue
        waiting += [before for before in node.all_input_nodes if "layer" not in before.meta]
    return tuple(dict.fromkeys(found))

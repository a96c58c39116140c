"""Edits of frames: functions from drawing to drawing, as in `edits`.

A frame holds the nodes whose cards lie wholly within it. Nothing is written down of that: who drags a card out of a
frame has taken it out. How large cards are is known where they are painted; what is not in ``sizes`` is of the usual
size.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from nnstudio.core.graph import Frame, Graph

Rect = tuple[float, float, float, float]
"""Left, top, width and height."""
Sizes = Mapping[str, tuple[float, float]]
"""Width and height of cards by the nodes' ids."""

CARD: Final = (168.0, 112.0)
"""Width and height of a usual card."""
MARGIN: Final = 24.0
"""Room between a frame and the cards it is made around; at the top there is twice as much, for the note."""
SMALLEST: Final = (96.0, 48.0)
"""A frame is not made smaller than this."""
EMPTY: Final = (480.0, 240.0)
"""Size of a new frame around nothing."""
_ROOMY: Final = 96.0
"""When its nodes are laid out anew, a frame keeps the room it had around them, up to this."""
_USUAL: Final[Sizes] = MappingProxyType({})

replace = msgspec.structs.replace


def fresh_frame_id(graph: Graph, taken: Collection[str] = ()) -> str:
    """Return an id that no frame of the drawing has, and none of ``taken``."""
    known = {frame.id for frame in graph.frames}
    number = len(known) + 1
    while f"f{number}" in known or f"f{number}" in taken:
        number += 1
    return f"f{number}"


def frame_of(graph: Graph, id_: str) -> Frame:
    """Return a frame by its id.

    Raises:
        KeyError: the drawing has no such frame.
    """
    for frame in graph.frames:
        if frame.id == id_:
            return frame
    raise KeyError(id_)


def held(graph: Graph, rect: Rect, sizes: Sizes = _USUAL) -> frozenset[str]:
    """Return the nodes whose cards lie wholly within a rectangle."""
    return frozenset(node.id for node in graph.nodes if _contains(rect, (*node.xy, *sizes.get(node.id, CARD))))


def held_frames(graph: Graph, frame: Frame) -> frozenset[str]:
    """Return the frames that lie wholly within another; of two of the same size, the later one lies within."""
    order = {other.id: place for place, other in enumerate(graph.frames)}
    return frozenset(
        other.id
        for other in graph.frames
        if other.id != frame.id
        and _contains(frame.rect, other.rect)
        and (other.rect != frame.rect or order[other.id] > order[frame.id])
    )


def whole_frames(graph: Graph, ids: Collection[str], sizes: Sizes = _USUAL) -> tuple[Frame, ...]:
    """Return the frames that hold some of these nodes and no others: copies of the nodes bring them along."""
    return tuple(frame for frame in graph.frames if (inside := held(graph, frame.rect, sizes)) and inside <= set(ids))


def add_frame(
    graph: Graph,
    title: str,
    ids: Collection[str],
    middle: tuple[float, float] = (0.0, 0.0),
    sizes: Sizes = _USUAL,
) -> tuple[Graph, str]:
    """Put a frame around nodes, or an empty one around a place; return the drawing and the frame's id.

    Frames that lie around some of the nodes already come to lie within.
    """
    cards = [(*node.xy, *sizes.get(node.id, CARD)) for node in graph.nodes if node.id in ids]
    if cards:
        inner = [frame.rect for frame in whole_frames(graph, ids, sizes)]
        left, top, wide, high = _around([*cards, *inner])
        rect = (left - MARGIN, top - 2 * MARGIN, wide + 2 * MARGIN, high + 3 * MARGIN)
    else:
        rect = (middle[0] - EMPTY[0] / 2, middle[1] - EMPTY[1] / 2, *EMPTY)
    frame = Frame(id=fresh_frame_id(graph), title=title, rect=rect)
    return replace(graph, frames=(*graph.frames, frame)), frame.id


def set_frame(graph: Graph, frame: Frame) -> Graph:
    """Put ``frame`` in the place of the one with its id."""
    _ = frame_of(graph, frame.id)
    return replace(graph, frames=tuple(frame if known.id == frame.id else known for known in graph.frames))


def remove_frames(graph: Graph, ids: Collection[str]) -> Graph:
    """Remove frames; what they held stays."""
    return replace(graph, frames=tuple(frame for frame in graph.frames if frame.id not in ids))


def move_frame(graph: Graph, id_: str, by: tuple[float, float], *, alone: bool = False, sizes: Sizes = _USUAL) -> Graph:
    """Move a frame with all that it holds, or alone."""
    frame = frame_of(graph, id_)
    frames = {id_} if alone else {id_, *held_frames(graph, frame)}
    nodes = frozenset[str]() if alone else held(graph, frame.rect, sizes)
    return replace(
        graph,
        nodes=tuple(replace(node, xy=_shifted(node.xy, by)) if node.id in nodes else node for node in graph.nodes),
        frames=tuple(shifted(known, by) if known.id in frames else known for known in graph.frames),
    )


def moves_all(graph: Graph, ids: Collection[str]) -> bool:
    """Say whether to move these nodes is to move the whole drawing, so that all frames go along."""
    return len(graph.nodes) > 1 and len(ids) == len(graph.nodes)


def shift_nodes(graph: Graph, ids: Collection[str], by: tuple[float, float]) -> Graph:
    """Move nodes; with all nodes, all frames go along."""
    moved = tuple(replace(node, xy=_shifted(node.xy, by)) if node.id in ids else node for node in graph.nodes)
    frames = tuple(shifted(frame, by) for frame in graph.frames) if moves_all(graph, ids) else graph.frames
    return replace(graph, nodes=moved, frames=frames)


def paste_frames(graph: Graph, frames: Iterable[Frame], offset: tuple[float, float]) -> Graph:
    """Add copies of frames, with fresh ids."""
    for frame in frames:
        copy = replace(shifted(frame, offset), id=fresh_frame_id(graph))
        graph = replace(graph, frames=(*graph.frames, copy))
    return graph


def shifted(frame: Frame, by: tuple[float, float]) -> Frame:
    """Return a frame at another place."""
    left, top, wide, high = frame.rect
    return replace(frame, rect=(*_shifted((left, top), by), wide, high))


def resized(rect: Rect, across: int, down: int, to: tuple[float, float]) -> Rect:
    """Return a rectangle one of whose edges or corners is held and brought elsewhere; it keeps a smallest size.

    Args:
        rect: as it was.
        across: -1 where the left edge is held, 1 for the right one, else 0.
        down: -1 where the upper edge is held, 1 for the lower one, else 0.
        to: where what is held goes.
    """
    left, top, wide, high = rect
    right, bottom = left + wide, top + high
    if across < 0:
        left = min(to[0], right - SMALLEST[0])
    elif across > 0:
        right = max(to[0], left + SMALLEST[0])
    if down < 0:
        top = min(to[1], bottom - SMALLEST[1])
    elif down > 0:
        bottom = max(to[1], top + SMALLEST[1])
    return (left, top, right - left, bottom - top)


def fit_frames(
    old: Graph,
    new: Graph,
    sizes: Sizes = _USUAL,
    became: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Graph:
    """Let each frame hold in the new drawing what it held in the old one, as after the nodes were laid out anew.

    A frame keeps the room it had around its nodes, up to a measure. One whose nodes all went the same way goes with
    them as it is; one that held nothing, or whose nodes are where they were, stays.

    Args:
        old: the drawing before.
        new: the drawing after, with the same frames.
        sizes: sizes of cards that are not of the usual size, in both.
        became: what stands in the place of nodes of the old drawing that are not in the new one.
    """
    done: dict[str, Rect] = {frame.id: frame.rect for frame in old.frames}
    # From the inside out: of two that are equally large, the later one lies within.
    for _, frame in sorted(enumerate(old.frames), key=lambda one: (one[1].rect[2] * one[1].rect[3], -one[0])):
        nodes = [old.by_id[id_] for id_ in sorted(held(old, frame.rect, sizes))]
        heirs = [[new.by_id[id_] for id_ in became.get(node.id, (node.id,)) if id_ in new.by_id] for node in nodes]
        frames = sorted(held_frames(old, frame))
        before = [(*node.xy, *sizes.get(node.id, CARD)) for node in nodes]
        before += [frame_of(old, id_).rect for id_ in frames]
        after = [(*heir.xy, *sizes.get(heir.id, CARD)) for group in heirs for heir in group]
        after += [done[id_] for id_ in frames]
        if not after or before == after:
            continue
        ways = {(b[0] - a[0], b[1] - a[1], b[2] - a[2], b[3] - a[3]) for a, b in zip(before, after, strict=False)}
        if len(ways) == 1 and len(before) == len(after) and (way := ways.pop())[2:] == (0.0, 0.0):
            done[frame.id] = shifted(frame, way[:2]).rect
        else:
            done[frame.id] = _with_room(_around(after), frame.rect, _around(before))
    frames_now = tuple(replace(frame, rect=done.get(frame.id, frame.rect)) for frame in new.frames)
    return new if frames_now == new.frames else replace(new, frames=frames_now)


def _with_room(inner: Rect, frame: Rect, held_before: Rect) -> Rect:
    """Return ``inner`` with the room around it that ``frame`` had around ``held_before``."""
    left = min(_ROOMY, held_before[0] - frame[0])
    top = min(_ROOMY, held_before[1] - frame[1])
    right = min(_ROOMY, frame[0] + frame[2] - held_before[0] - held_before[2])
    bottom = min(_ROOMY, frame[1] + frame[3] - held_before[1] - held_before[3])
    return (inner[0] - left, inner[1] - top, inner[2] + left + right, inner[3] + top + bottom)


def _contains(outer: Rect, inner: Rect) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[0] + inner[2] <= outer[0] + outer[2]
        and inner[1] + inner[3] <= outer[1] + outer[3]
    )


def _around(rects: Iterable[Rect]) -> Rect:
    known = list(rects)
    left, top = min(rect[0] for rect in known), min(rect[1] for rect in known)
    right, bottom = max(rect[0] + rect[2] for rect in known), max(rect[1] + rect[3] for rect in known)
    return (left, top, right - left, bottom - top)


def _shifted(place: tuple[float, float], by: tuple[float, float]) -> tuple[float, float]:
    return (place[0] + by[0], place[1] + by[1])

"""Projects of any kind, for hypothesis: known and unknown layers, odd names, loose ends, blocks."""

from __future__ import annotations

from hypothesis import strategies as st

from nnstudio.core.graph import Block, BlockParameter, Edge, Frame, Graph, Node, Value
from nnstudio.project.document import Project

text = st.text(st.characters(codec="utf-8"), max_size=20)
ids = st.text("abcnxyz0123456789", min_size=1, max_size=4)
identifiers = st.from_regex(r"[a-z]{1,6}_[0-9]{1,3}", fullmatch=True)
whole = st.integers(-(10**18) + 1, 10**18 - 1)
decimals = st.floats(allow_nan=False, allow_infinity=False)
values: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    whole,
    decimals,
    text,
    st.lists(st.one_of(whole, text, st.booleans(), decimals), max_size=4).map(tuple),
)
params = st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12), values, max_size=4)
places = st.floats(-1e6, 1e6)
kinds = st.sampled_from(["Input", "Output", "Conv2d", "Linear", "Add", "Block", "Mystery", "层"])


@st.composite
def graphs(draw: st.DrawFn, max_nodes: int = 6) -> Graph:
    keys = draw(st.lists(ids, unique=True, max_size=max_nodes))
    nodes = tuple(
        Node(
            id=key,
            kind=draw(kinds),
            name=draw(text),
            params=draw(params),
            xy=draw(st.tuples(places, places)),
            shares=draw(st.none() | ids),
            bypassed=draw(st.booleans()),
        )
        for key in keys
    )
    ports = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
    ends = st.sampled_from(keys) if keys else st.nothing()
    edges = tuple(draw(st.lists(st.builds(Edge, ends, ports, ends, ports), max_size=6))) if keys else ()
    lengths = st.floats(0.0, 2e6, exclude_min=True)
    rects = st.tuples(places, places, lengths, lengths)
    frame = st.builds(Frame, id=ids, title=text, rect=rects, note=text)
    frames = draw(st.lists(frame, max_size=2, unique_by=lambda f: f.id))
    return Graph(nodes=nodes, edges=edges, frames=tuple(frames))


@st.composite
def projects(draw: st.DrawFn) -> Project:
    scalars = st.one_of(st.booleans(), whole, decimals, text)
    parameters = st.lists(
        st.builds(BlockParameter, name=identifiers, default=scalars, later=st.none() | scalars),
        max_size=3,
        unique_by=lambda parameter: parameter.name,
    ).map(tuple)
    block = st.builds(Block, name=identifiers, parameters=parameters, graph=graphs(max_nodes=3))
    return Project(
        name=draw(text),
        graph=draw(graphs()),
        blocks=tuple(draw(st.lists(block, max_size=2, unique_by=lambda b: b.name))),
        data=draw(params),
        recipe=draw(params),
    )

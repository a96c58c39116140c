"""Two other editors of node graphs in Python, driven like the canvas; what an editor cannot do is left out.

Their nodes carry a title and ports, without the lines of settings that ours carry.
"""

from __future__ import annotations

import importlib
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRectF

from benchmarks.stage import HEIGHT, WIDTH, Subject, middle
from nnstudio.project.document import Project


def make_peer(name: str, project: Project) -> Subject:
    """Return an editor over a network; it has to be installed."""
    return {"NodeGraphQt": NodeGraph, "pyqtgraph": Flowchart}[name](project)


class NodeGraph(Subject):
    """NodeGraphQt."""

    view: Any

    lacks = frozenset({"worst zoom frame"})

    def __init__(self, project: Project) -> None:
        kit: Any = importlib.import_module("NodeGraphQt")

        def begin(node: Any) -> None:
            kit.BaseNode.__init__(node)
            node.add_input("in", multi_input=True)
            node.add_output("out", multi_output=True)

        layer = type("Layer", (kit.BaseNode,), {"__identifier__": "deep", "NODE_NAME": "Layer", "__init__": begin})
        self._graph = kit.NodeGraph()
        self._graph.register_node(layer)
        self.view = self._graph.viewer()
        self._file = self._written(project)
        self._name = project.graph.nodes[middle(len(project.graph.nodes))].name
        self._graph.widget.resize(WIDTH, HEIGHT)
        self._graph.widget.show()

    def _written(self, project: Project) -> Any:
        """Return the network as the editor would save it; connecting so many nodes by its methods takes minutes."""
        self._graph.create_node("deep.Layer", selected=False, push_undo=False)
        saved = self._graph.serialize_session()
        self._graph.clear_session()
        (form,) = saved["nodes"].values()
        saved["nodes"] = {node.id: {**form, "name": node.name, "pos": list(node.xy)} for node in project.graph.nodes}
        saved["connections"] = [
            {"out": [edge.source, "out"], "in": [edge.target, "in"]} for edge in project.graph.edges
        ]
        return saved

    def open(self) -> None:
        """Read the saved graph."""
        self._graph.deserialize_session(self._file)
        self._middle = self._graph.get_node_by_name(self._name)
        self.fit()

    def close(self) -> None:
        """Remove everything."""
        self._graph.clear_session()

    def fit(self) -> None:
        """Show everything."""
        chosen = self._graph.selected_nodes()
        if not chosen:
            self._graph.fit_to_selection()
            return
        self.view.zoom_to_nodes([node.view for node in self._graph.all_nodes()])

    def show_middle(self) -> None:
        """Go to the node in the middle."""
        self._graph.reset_zoom()
        self._graph.center_on([self._middle])

    def zoom(self, factor: float) -> None:
        """Zoom a step; it has its own."""
        self.view._set_viewer_zoom(1 if factor > 1.0 else -1, 0.0)

    def pan(self, across: int, down: int) -> None:
        """Move what is shown."""
        self.view._set_viewer_pan(across, down)

    def grip(self) -> QPoint:
        """Return a place on the node's title."""
        place: QPoint = self.view.mapFromScene(self._middle.view.mapToScene(QPointF(60.0, 12.0)))
        return place

    def place(self) -> tuple[float, float]:
        """Return where the node is."""
        corner = self._middle.view.scenePos()
        return (corner.x(), corner.y())

    def select(self, *, everything: bool) -> None:
        """Select all, or none."""
        if everything:
            self._graph.select_all()
        else:
            self._graph.clear_selection()

    def undo(self) -> None:
        """Take the last step back."""
        self._graph.undo_stack().undo()


class Flowchart(Subject):
    """The flowchart of pyqtgraph. It drags one node at a time, and has no undo."""

    view: Any

    lacks = frozenset({"worst zoom frame", "move all, one step", "undo of that"})

    def __init__(self, project: Project) -> None:
        charts: Any = importlib.import_module("pyqtgraph.flowchart")
        library: Any = importlib.import_module("pyqtgraph.flowchart.library")
        importlib.import_module("pyqtgraph").setConfigOption("mouseRateLimit", -1)  # each move is an event
        self._project = project

        def begin(node: Any, name: str) -> None:
            charts.Node.__init__(node, name, terminals={"in": {"io": "in", "multi": True}, "out": {"io": "out"}})

        layer = type("Layer", (charts.Node,), {"nodeName": "Layer", "__init__": begin, "process": lambda _s, **_k: {}})
        kinds = library.LIBRARY.copy()
        kinds.addNodeType(layer, [("Deep",)])
        self._chart = charts.Flowchart(terminals={"i": {"io": "in"}, "o": {"io": "out"}})
        self._chart.setLibrary(kinds)
        self._box = self._chart.widget().chartWidget
        self.view = self._box.view
        window = self._chart.widget().cwWin
        window.resize(WIDTH, HEIGHT + 394)  # a list below the chart takes the rest
        window.show()

    def open(self) -> None:
        """Build the chart; reading its own file builds it the same way."""
        nodes = {}
        for node in self._project.graph.nodes:
            nodes[node.id] = self._chart.createNode("Layer", name=node.name, pos=QPointF(*node.xy))
        for edge in self._project.graph.edges:
            self._chart.connectTerminals(nodes[edge.source]["out"], nodes[edge.target]["in"])
        self._nodes = [node.graphicsItem() for node in nodes.values()]
        self.fit()

    def fit(self) -> None:
        """Show everything."""
        rect = QRectF()
        for item in self._nodes:
            place = item.pos()
            rect = rect.united(QRectF(place.x(), place.y(), 100.0, 100.0))
        self._box.viewBox().setRange(rect, padding=0.02)

    def show_middle(self) -> None:
        """Go to the node in the middle."""
        across, down = self.place()
        pane = self.view.viewport()
        rect = QRectF(across - pane.width() / 2, down - pane.height() / 2, pane.width(), pane.height())
        self._box.viewBox().setRange(rect, padding=0)

    def zoom(self, factor: float) -> None:
        """Scale the view."""
        self._box.viewBox().scaleBy((1 / factor, 1 / factor))

    def pan(self, across: int, down: int) -> None:
        """Move what is shown."""
        self._box.viewBox().translateBy((across, down))

    def grip(self) -> QPoint:
        """Return a place on the node."""
        place: QPoint = self.view.mapFromScene(self._middle.mapToScene(QPointF(50.0, 28.0)))
        return place

    def place(self) -> tuple[float, float]:
        """Return where the node is."""
        corner = self._middle.pos()
        return (corner.x(), corner.y())

    def select(self, *, everything: bool) -> None:
        """Select all, or none."""
        for item in self._nodes:
            item.setSelected(everything)

    def undo(self) -> None:
        """Do nothing: there is none."""

    @property
    def _middle(self) -> Any:
        return self._nodes[middle(len(self._nodes))]

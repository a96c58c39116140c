"""Layered layout: a drawing set in order, in ranks along the way that data takes.

`arrange` is what others need. It follows Sugiyama, Tagawa and Toda (1981) in four steps, one module each: `ranks` says
how far along every node stands, `ordering` in which order those of one rank stand so that few wires cross,
`coordinates` where exactly, with the trunk of the network on a straight line, and `components` packs what is not
connected. It is plain Python without any long call into C, so it can run in a thread beside the window.

`nnstudio.project.placement` is its sister for drawings made by program: it breaks a network into lines like a text, so
that all of it is seen at once. `arrange` never breaks: its ranks go on in one direction, however many there are.
"""

from __future__ import annotations

from nnstudio.project.layout.arranging import Box, Stopped, arrange

__all__ = ["Box", "Stopped", "arrange"]

"""The drawing as LaTeX: one file that compiles by itself and needs no package but tikz.

Cards are nodes that bear the layers' names, at their places on the canvas; wires are the very curves. Words are English
in every language of the program, as plain LaTeX lacks Chinese letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

from nnstudio.compiler.analysis import Analysis
from nnstudio.core.words import language, set_language
from nnstudio.project.document import Project
from nnstudio.ui.canvas.card import (
    DIAMOND_MORE,
    INDENT,
    OPTIONAL_LESS,
    RADIUS,
    SHEET,
    STRIPE,
    Style,
    diamond,
    dots,
    fit,
    passing_path,
)
from nnstudio.ui.canvas.face import Dot, Face
from nnstudio.ui.canvas.frame_items import LETTERS, TITLE_PLACE, FrameItem
from nnstudio.ui.canvas.geometry import CARD_WIDTH, PORT_RADIUS
from nnstudio.ui.canvas.items import NodeItem
from nnstudio.ui.exports.pictures import POINTS, Sheet, make_sheet, sheet_rect
from nnstudio.ui.theme import blend

MOST_POINTS: Final = 12_000.0
"""Longest side of the figure: TeX counts to 16,383 points."""
_SPECIAL: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "`": r"\textasciigrave{}",
    "“": "``",
    "”": "''",
    "‘": "`",
    "’": "'",
    "–": "--",
    "—": "---",
    "…": r"\dots{}",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "−": "$-$",
    "±": r"$\pm$",
    "→": r"$\to$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "≠": r"$\neq$",
    "≈": r"$\approx$",
    "√": r"$\surd$",
    "∞": r"$\infty$",
    "⌊": r"$\lfloor$",
    "⌋": r"$\rfloor$",
    "⌈": r"$\lceil$",
    "⌉": r"$\rceil$",
    "²": "$^2$",
    "³": "$^3$",
    "°": r"$^\circ$",
    "ᵀ": r"$^{\mathsf{T}}$",
    "′": r"$'$",
    "½": r"$\frac12$",
    "‹": r"$\langle$",
    "›": r"$\rangle$",
    "α": r"$\alpha$",
    "β": r"$\beta$",
    "γ": r"$\gamma$",
    "δ": r"$\delta$",
    "ε": r"$\varepsilon$",
    "η": r"$\eta$",
    "θ": r"$\theta$",
    "κ": r"$\kappa$",
    "λ": r"$\lambda$",
    "μ": r"$\mu$",
    "ν": r"$\nu$",
    "ξ": r"$\xi$",
    "π": r"$\pi$",
    "ρ": r"$\rho$",
    "σ": r"$\sigma$",
    "τ": r"$\tau$",
    "φ": r"$\varphi$",
    "ω": r"$\omega$",
    "Δ": r"$\Delta$",
    "Σ": r"$\Sigma$",
    "Φ": r"$\Phi$",
    "\u00a0": "~",
    "\u202f": r"\,",
    "\u200b": "",
}


def write_tikz(project: Project, theme_name: str, analysis: Analysis | None = None) -> str:
    """Return the LaTeX of a drawing.

    Args:
        project: what to write.
        theme_name: a key of `theme.THEMES`.
        analysis: what is known of the drawing; None works it out, with all problems told in English.

    Raises:
        ValueError: nothing is drawn.
    """
    speech = language()
    set_language("en")
    try:
        sheet = make_sheet(project, theme_name, analysis)
        try:
            return "\n".join(_Writer(sheet, project.name).lines()) + "\n"
        finally:
            sheet.deleteLater()
    finally:
        set_language(speech)


def escape(text: str) -> str:
    """Write a text so that TeX shows it as it is; letters that LaTeX has no command for stay what they are."""
    return "".join(_SPECIAL.get(letter, letter) for letter in text if letter.isprintable() or letter in _SPECIAL)


class _Writer:
    """Writes one sheet; colours are gathered on the way and defined at the top."""

    def __init__(self, sheet: Sheet, title: str) -> None:
        self._sheet = sheet
        self._title = title
        self._rect = sheet_rect(sheet)
        self._style: Style = sheet.style_
        self._unit = min(POINTS, MOST_POINTS / max(self._rect.width(), self._rect.height()))
        self._colours: dict[str, None] = {}

    def lines(self) -> Iterator[str]:
        """Give the whole file."""
        picture = list(self._picture())
        wide, high = self._length(self._rect.width()), self._length(self._rect.height())
        yield f"% {_comment(self._title)}: drawn in NN Studio. Compile it by itself, or take the tikzpicture out of it."
        if not all(line.isascii() for line in picture):
            yield "% Some names have letters that need XeLaTeX or LuaLaTeX, and a font that has them."
        yield r"\documentclass{article}"
        yield r"\usepackage{tikz}"
        yield from (rf"\definecolor{{{_colour_name(code)}}}{{HTML}}{{{code}}}" for code in self._colours)
        yield r"% The page is as large as the figure."
        yield rf"\paperwidth={wide} \paperheight={high} \textwidth=\paperwidth \textheight=\paperheight"
        yield r"\ifdefined\pagewidth \pagewidth=\paperwidth \pageheight=\paperheight"
        yield r"\else\ifdefined\pdfpagewidth \pdfpagewidth=\paperwidth \pdfpageheight=\paperheight \fi\fi"
        yield r"\hoffset=-1in \voffset=-1in \oddsidemargin=0pt \topmargin=0pt \headheight=0pt \headsep=0pt"
        yield r"\topskip=0pt \parindent=0pt \pagestyle{empty}"
        yield r"\begin{document}"
        yield from picture
        yield r"\end{document}"

    def _picture(self) -> Iterator[str]:
        unit, rect, theme = self._length(1.0), self._rect, self._style.theme
        title, small = self._length(13.0), self._length(12.0)
        yield r"\begin{tikzpicture}["
        yield f"  x={unit}, y=-{unit}, inner sep=0pt, outer sep=0pt,"
        yield f"  card/.style={{minimum width={self._length(CARD_WIDTH)}, rounded corners={self._length(RADIUS)}}},"
        yield f"  title/.style={{font=\\sffamily\\bfseries\\fontsize{{{title}}}{{{title}}}\\selectfont}},"
        yield f"  words/.style={{font=\\sffamily\\fontsize{{{small}}}{{{small}}}\\selectfont}},"
        yield f"  port/.style={{line width={self._length(2.0)}, fill={self._colour(theme.raised)}}},"
        yield "]"
        corners = f"{_place(rect.topLeft())} rectangle {_place(rect.bottomRight())}"
        yield rf"\fill[{self._colour(theme.bg)}] {corners};"
        yield rf"\useasboundingbox {corners};"
        frames = self._sheet.frames.items.values()
        if frames:
            yield "% frames"
        for frame in frames:
            yield from self._frame(frame)
        paths = [item for item in self._sheet.items() if isinstance(item, QGraphicsPathItem)]
        yield "% wires"
        # Sorted, so that one drawing gives one text.
        yield from sorted(line for item in paths for line in self._path(item))
        for node in sorted(self._sheet.nodes.values(), key=lambda node: node.zValue()):
            yield f"% {_comment(node.face.name)}"
            yield from self._card(node)
        for frame in frames:
            yield from self._tab(frame)
        yield r"\end{tikzpicture}"

    def _frame(self, item: FrameItem) -> Iterator[str]:
        """Give the sheet of a frame, with its note."""
        rect, ground = item.rect, item.ground()
        corners = f"{_place(rect.topLeft())} rectangle {_place(rect.bottomRight())}"
        line, thin = self._colour(item.line()), self._length(1.0)
        look = f"draw={line}, line width={thin}, fill={self._colour(ground)}, fill opacity={ground.alphaF():.2f}"
        yield rf"\draw[{look}] {corners};"
        if item.frame.note:
            room, mute = item.note_rect(), self._colour(self._style.theme.mute)
            look = f"words, text={mute}, text width={self._length(room.width())}, anchor=north west, align=flush left"
            words = r" \\ ".join(escape(line) for line in item.frame.note.splitlines() if line.strip())
            yield rf"\node[{look}] at {_place(room.topLeft())} {{{words}}};"

    def _tab(self, item: FrameItem) -> Iterator[str]:
        """Give the tab of a frame, with its title."""
        rect, size = item.tab.rect(1.0), self._length(LETTERS)
        line, ground = self._colour(item.line()), self._colour(item.tab.ground())
        look = f"draw={line}, line width={self._length(1.0)}, fill={ground}"
        yield rf"\draw[{look}] {_curve(item.tab.path(1.0).translated(rect.bottomLeft()))} -- cycle;"
        font = rf"\sffamily\bfseries\fontsize{{{size}}}{{{size}}}\selectfont"
        look = f"font={font}, text={self._colour(self._style.theme.text)}, anchor=base west"
        yield rf"\node[{look}] at {_place(rect.bottomLeft() + TITLE_PLACE)} {{{escape(item.tab.words(1.0))}}};"

    def _path(self, item: QGraphicsPathItem) -> Iterator[str]:
        path, pen = item.mapToScene(item.path()), item.pen()
        if path.isEmpty() or pen.style() == Qt.PenStyle.NoPen:
            return
        look = [self._colour(pen.color()), f"line width={self._length(pen.widthF())}"]
        if pen.style() != Qt.PenStyle.SolidLine:
            look.append("dashed")
        yield rf"\draw[{', '.join(look)}] {_curve(path)};"

    def _card(self, item: NodeItem) -> Iterator[str]:
        face, card, style = item.face, item.card, self._style
        theme, family = style.theme, style.theme.family(item.face.family)
        outline, paper = self._colour(style.outline(face)), self._colour(style.paper(face))
        middle, high = _place(card.center()), f"minimum height={self._length(card.height())}"
        name = _node_name(face.name)
        if face.is_block:
            for sheet in (2, 1):
                ground = self._colour(blend(style.paper(face), theme.bg, 0.28 * sheet))
                behind = card.adjusted(SHEET * sheet, -SHEET * sheet, 0.0, 0.0)
                look = f"draw={outline}, fill={ground}, rounded corners={self._length(RADIUS)}"
                yield rf"\draw[{look}] {_place(behind.topLeft())} rectangle {_place(behind.bottomRight())};"
        thick = self._length(1.5 if face.is_wrong else 1.0)
        dashes = ", dashed" if face.is_bypassed else ""
        look = f"draw={outline}, line width={thick}{dashes}, fill={paper}"
        yield rf"\node[card, {high}, {look}] ({name}) at {middle} {{}};"
        stripe = QRectF(card.left(), card.top(), STRIPE, card.height())
        colour = self._colour(blend(family, theme.raised, 0.5) if face.is_quiet else family)
        clip = f"{_place(card.topLeft())} rectangle {_place(card.bottomRight())}"
        yield rf"\begin{{scope}}\clip[rounded corners={self._length(RADIUS)}] {clip};"
        yield rf"\fill[{colour}] {_place(stripe.topLeft())} rectangle {_place(stripe.bottomRight())};\end{{scope}}"
        if face.is_run_through:
            way = passing_path(face).translated(card.topLeft())
            tint = self._colour(style.wire(index=face.carries(face.outputs[0]) == "index"))
            yield rf"\draw[{tint}, line width={self._length(2.0)}] {_curve(way)};"
        yield from self._words(face, card)
        for place, _, _, dot in dots(face):
            yield self._port(face, card.topLeft() + place, dot)
        if face.trouble is not None:
            wide = self._length(CARD_WIDTH)
            below = _place(card.bottomLeft() + QPointF(0.0, 8.0))
            look = f"words, text={self._colour(style.tone(face.trouble.tone))}, text width={wide}, anchor=north west"
            yield rf"\node[{look}, align=flush left] at {below} {{{escape(face.trouble.message)}}};"

    def _port(self, face: Face, place: QPointF, dot: Dot) -> str:
        """Give one port: a round dot, a diamond, or open; see `card.paint_dot`."""
        colour = self._colour(self._style.dot(face, dot))
        look = f"port, draw={colour}" + ("" if dot.carries is None or dot.optional else f", fill={colour}")
        radius = PORT_RADIUS - 0.5 - (OPTIONAL_LESS if dot.optional else 0.0)
        if dot.carries != "index":
            return rf"\draw[{look}] {_place(place)} circle ({radius:g});"
        corners = " -- ".join(map(_place, diamond(place, radius + DIAMOND_MORE).toList()))
        return rf"\draw[{look}] {corners} -- cycle;"

    def _words(self, face: Face, card: QRectF) -> Iterator[str]:
        """Give the three rows of a card: title and name, settings, shape and parameters."""
        small, theme = self._style.small_metrics, self._style.theme
        copies = f" × {face.copies}" if face.copies > 1 else ""
        room = CARD_WIDTH - INDENT - 12.0
        wide = self._style.title_metrics.horizontalAdvance(face.title) + small.horizontalAdvance(copies)
        beside = wide + 12.0 + small.horizontalAdvance(face.name) <= room
        line_room = room if beside else room - small.horizontalAdvance(face.name) - 8.0
        line = fit(face.line, small, line_room)
        left, right, text, mute = card.left() + INDENT, card.right() - 12.0, theme.text, theme.mute
        first, second, last = card.top() + 23.5, card.top() + 44.0, card.bottom() - 12.0
        yield self._text("title", text, left, first, face.title + copies)
        yield self._text("words", mute, right, first if beside else second, face.name, east=True)
        yield self._text("words", mute, left, second, line)
        yield self._text("words", text, left, last, face.shape)
        yield self._text("words", mute, right, last, face.parameters, east=True)

    def _text(self, look: str, colour: QColor, x: float, y: float, words: str, *, east: bool = False) -> str:
        anchor = "base east" if east else "base west"
        place = _place(QPointF(x, y))
        return rf"\node[{look}, text={self._colour(colour)}, anchor={anchor}] at {place} {{{escape(words)}}};"

    def _colour(self, colour: QColor) -> str:
        code = colour.name()[1:].upper()
        self._colours[code] = None
        return _colour_name(code)

    def _length(self, units: float) -> str:
        return f"{units * self._unit:.5g}pt"


def _colour_name(code: str) -> str:
    return f"nn{code}"


def _place(place: QPointF) -> str:
    return f"({place.x():.6g}, {place.y():.6g})"


def _curve(path: QPainterPath) -> str:
    """Write a path as TikZ does."""
    kinds, parts, number = QPainterPath.ElementType, list[str](), 0
    while number < path.elementCount():
        element = path.elementAt(number)
        here = _place(QPointF(element.x, element.y))
        if element.type == kinds.MoveToElement:
            parts.append(here)
        elif element.type == kinds.LineToElement:
            parts.append(f"-- {here}")
        else:
            second, end = (path.elementAt(number + step) for step in (1, 2))
            controls = f"{here} and {_place(QPointF(second.x, second.y))}"
            parts.append(f".. controls {controls} .. {_place(QPointF(end.x, end.y))}")
            number += 2
        number += 1
    return " ".join(parts)


def _node_name(name: str) -> str:
    """A name that is no Python identifier, which the drawing complains of, is none of TikZ's either."""
    return re.sub(r"[^A-Za-z0-9_]", "-", name)


def _comment(text: str) -> str:
    """A comment is one line, whatever the text holds."""
    return re.sub(r"[^\x20-\x7e]+", " ", text).strip() or "Untitled"

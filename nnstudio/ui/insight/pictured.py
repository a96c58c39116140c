"""Boxes and masks over pictures, truth beside answer; and samples beside what came out for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.training.studies.pictured import Again, Box, Boxed, Boxes, Masked, Masks, Reconstructions
from nnstudio.ui import theme
from nnstudio.ui.figures import grouped, percent
from nnstudio.ui.insight.classes import class_colour, class_name, mask_colour
from nnstudio.ui.insight.legend import Legend
from nnstudio.ui.insight.rows import Column, Frame, Tile, TileRows, shown_rows
from nnstudio.ui.insight.view import StudyView
from nnstudio.ui.monitor.bars import bars_image
from nnstudio.ui.monitor.sample import sample_image

if TYPE_CHECKING:
    from nnstudio.data.arrays import Array, Indices
    from nnstudio.data.dataset import Dataset
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

_TINT = 0.62
"""How much of a pixel's colour is that of its class."""


class PicturesView(StudyView):
    """The chosen sample and those that follow it, with a picture in each row."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.legend = Legend()
        self.tiles = TileRows(self.name())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.legend)
        column.addWidget(self.tiles, 1)

    def name(self) -> str:
        """Say what a screen reader calls the pictures."""
        raise NotImplementedError

    def headings(self) -> tuple[str, ...]:
        """Return what stands before each row."""
        return (tr("Truth"), tr("Answer"))

    def about(self, rows: tuple[int, ...]) -> Study:
        """Return what to ask about these rows of the data."""
        raise NotImplementedError

    def column(self, dataset: Dataset, value: object) -> Column:
        """Return the pictures of one sample."""
        raise NotImplementedError

    def study(self) -> Study | None:
        """Ask about the samples shown."""
        rows = shown_rows(self.session)
        return None if rows is None else self.about(rows)

    def reason(self) -> str:
        """Say what is missing."""
        return tr("The data are being loaded.")

    def show_value(self, value: object) -> None:
        """Show other answers."""
        dataset = self.session.bridge.dataset
        there = isinstance(value, tuple) and dataset is not None
        for part in (self.legend, self.tiles):
            part.setVisible(there)
        if isinstance(value, tuple) and dataset is not None:
            self.legend.show_classes(dataset.classes, first=1 if dataset.task == "segmentation" else 0)
            self.tiles.show_columns(self.headings(), [self.column(dataset, one) for one in value])


class BoxesView(PicturesView):
    """Objects in their boxes."""

    def name(self) -> str:
        """Say what a screen reader calls the pictures."""
        return tr("Boxes")

    def about(self, rows: tuple[int, ...]) -> Study:
        """Ask for the objects."""
        return Boxes(rows)

    def column(self, dataset: Dataset, value: object) -> Column:
        """Return true boxes above found ones."""
        assert isinstance(value, Boxed)
        image = sample_image(value.image)
        mean = sum(box.overlap for box in value.truth) / len(value.truth) if value.truth else 0.0
        return Column(
            (
                Tile(image, tuple(_frame(box) for box in value.truth)),
                Tile(image, tuple(_frame(box, f"{100 * box.score:.0f} %") for box in value.found)),
            ),
            tr("IoU {overlap:.2f}", overlap=mean),
            tr(
                "Sample {row}: {true}; found: {found}",
                row=grouped(value.row),
                true=_names(dataset, value.truth),
                found=_names(dataset, value.found, sure=True) or tr("nothing"),
            ),
        )


class MasksView(PicturesView):
    """The class of each pixel as a tint."""

    def name(self) -> str:
        """Say what a screen reader calls the pictures."""
        return tr("Masks")

    def headings(self) -> tuple[str, ...]:
        """Return what stands before each row."""
        return (tr("Sample"), tr("Truth"), tr("Answer"))

    def about(self, rows: tuple[int, ...]) -> Study:
        """Ask for the masks."""
        return Masks(rows)

    def column(self, dataset: Dataset, value: object) -> Column:
        """Return the sample, the true mask and the answer."""
        assert isinstance(value, Masked)
        images = (sample_image(value.image), tinted(value.image, value.truth), tinted(value.image, value.said))
        share = percent(value.right)
        words = tr("Sample {row}: {name}", row=grouped(value.row), name=tr("{share} of the pixels right", share=share))
        return Column(tuple(map(Tile, images)), share, words)


class ReconstructionsView(PicturesView):
    """Samples and what came out for them."""

    def name(self) -> str:
        """Say what a screen reader calls the pictures."""
        return tr("Samples drawn again")

    def headings(self) -> tuple[str, ...]:
        """Return what stands before each row."""
        return (tr("Sample"), tr("Drawn again"))

    def about(self, rows: tuple[int, ...]) -> Study:
        """Ask for what comes out."""
        return Reconstructions(rows)

    def column(self, dataset: Dataset, value: object) -> Column:
        """Return the sample above what came out, in the same shades."""
        assert isinstance(value, Again)
        low, high = float(value.original.min()), float(value.original.max())
        again = value.again.clip(low, high)
        text = tr("error {error:.3g}", error=value.off)
        return Column(
            (Tile(_plain(value.original, low, high)), Tile(_plain(again, low, high))),
            text,
            tr("Sample {row}: {name}", row=grouped(value.row), name=text),
        )


def tinted(image: Array, classes: Indices) -> QImage:
    """Paint a picture ``(C, H, W)`` in grey, with the colour of its class over each pixel that is not of the ground."""
    import numpy as np

    low, high = float(image.min()), float(image.max())
    grey = (image.mean(axis=0) - low) * (255.0 / ((high - low) or 1.0))
    pixels = np.repeat(grey[..., None], 3, axis=2)
    for number in np.unique(classes[classes > 0]).tolist():
        there = classes == number
        colour = mask_colour(number)
        pixels[there] += (np.array((colour.red(), colour.green(), colour.blue())) - pixels[there]) * _TINT
    packed = np.ascontiguousarray(np.rint(pixels.clip(0, 255)), dtype=np.uint8)
    height, width = classes.shape
    return QImage(packed.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _plain(values: Array, low: float, high: float) -> QImage:
    """Paint a sample in the shades of ``low`` to ``high``; numbers without places as bars."""
    import numpy as np

    if values.ndim < 2:
        colours = (theme.current().family("io"), theme.current().line)
        return bars_image(values.astype(np.float32), (160, 160), colours, 1.0)
    shades = np.rint((values - low) * (255.0 / ((high - low) or 1.0))).astype(np.uint8)
    flat = np.ascontiguousarray(shades.reshape(-1, *shades.shape[-2:])[0])
    height, width = flat.shape
    return QImage(flat.data, width, height, width, QImage.Format.Format_Grayscale8).copy()


def _frame(box: Box, text: str = "") -> Frame:
    place = (box.x - box.width / 2, box.y - box.height / 2, box.width, box.height)
    colour: QColor = class_colour(box.label)
    return Frame(place, colour, text)


def _names(dataset: Dataset, boxes: tuple[Box, ...], *, sure: bool = False) -> str:
    names = ((class_name(dataset.classes, box.label), box.score) for box in boxes)
    return ", ".join(f"{name} {percent(score)}" if sure else name for name, score in names)

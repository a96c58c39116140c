"""Pictures of numbers say what the numbers say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nnstudio.ui import imagery


def test_every_pixel_has_the_colour_of_its_number() -> None:
    values = np.array([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], dtype=np.float32)
    image = imagery.map_image(values)
    table = imagery.colour_table()
    assert (image.width(), image.height()) == (3, 2)
    for y in range(2):
        for x in range(3):
            assert image.pixel(x, y) == int(table[round(255 * values[y, x] / 5)])


def test_a_given_range_clips() -> None:
    image = imagery.map_image(np.array([[-10.0, 0.0, 10.0]]), low=-1.0, high=1.0)
    table = imagery.colour_table()
    assert [image.pixel(x, 0) for x in range(3)] == [int(table[0]), int(table[128]), int(table[255])]


def test_numbers_that_are_none_are_dark_and_infinities_are_ends() -> None:
    image = imagery.map_image(np.array([[np.nan, -np.inf, np.inf, 0.0, 1.0]], dtype=np.float32))
    table = imagery.colour_table()
    assert [image.pixel(x, 0) for x in range(5)] == [int(table[n]) for n in (0, 0, 255, 0, 255)]


def test_a_flat_map_is_dark() -> None:
    assert imagery.map_image(np.full((2, 2), 7.0)).pixel(1, 1) == int(imagery.colour_table()[0])


@pytest.mark.parametrize("shape", [(3,), (2, 3, 4), (0, 3)])
def test_what_is_no_matrix_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected a matrix"):
        imagery.map_image(np.zeros(shape))


def test_the_table_gets_lighter_all_the_way() -> None:
    table = imagery.colour_table().astype(np.int64)
    channels = np.stack([(table >> shift) & 255 for shift in (16, 8, 0)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    luminance = np.array([0.2126, 0.7152, 0.0722]) @ linear
    assert (np.diff(luminance) > -1e-3).all()
    assert luminance[0] < 0.02
    assert luminance[-1] > 0.8


@given(arrays.arrays(np.float32, st.tuples(*[st.integers(1, 5)] * 3), elements=st.floats(-9, 9, width=32)))
def test_tiles_of_a_strip_show_the_maps(maps: np.ndarray) -> None:
    picture = imagery.strip_image(maps, (20, 10), 3)
    count, rows, columns = maps.shape
    assert (picture.width(), picture.height()) == (count * 23, 10)
    low, high = imagery.value_range(maps)
    wanted = imagery.shades(maps, low, high)
    for number in range(count):
        assert picture.pixel(number * 23 + 10, 5) == int(wanted[number, 5 * rows // 10, 10 * columns // 20])
        assert picture.pixelColor(number * 23 + 21, 5).alpha() == 0


def test_array_tiles_cuts_every_kind_of_value() -> None:
    assert [tile.shape for tile in imagery.array_tiles(np.zeros((6, 4, 5)), most=4)] == [(4, 5)] * 4
    assert [tile.shape for tile in imagery.array_tiles(np.zeros((7, 3)), most=4)] == [(7, 3)]
    assert [tile.shape for tile in imagery.array_tiles(np.zeros(9), most=4)] == [(1, 9)]
    assert [tile.shape for tile in imagery.array_tiles(np.zeros((2, 3, 4, 5)), most=4)] == [(4, 5)] * 4
    assert imagery.array_tiles(np.zeros((0, 3)), most=4) == []

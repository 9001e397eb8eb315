import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.candidate.colours import DARK_SURFACE, LIGHT_SURFACE, contrast, make_readable

colours = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_a_readable_colour_stays_as_it_is() -> None:
    assert make_readable("#1f4fd8").light.fill == "#1f4fd8"


@given(colours)
def test_every_colour_becomes_readable(colour: str) -> None:
    brand = make_readable(colour)
    for palette, surface in ((brand.light, LIGHT_SURFACE), (brand.dark, DARK_SURFACE)):
        assert contrast(palette.on_fill, palette.fill) >= 4.5
        assert contrast(palette.ink, surface) >= 4.5
        assert contrast(palette.fill, surface) >= 3

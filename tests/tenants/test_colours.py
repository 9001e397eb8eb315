import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.colours import DARK, LIGHT, contrast, make_readable

colours = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_a_readable_colour_stays_as_it_is() -> None:
    assert make_readable("#1f4fd8").light.fill == "#1f4fd8"


@given(colours)
def test_every_colour_becomes_readable(colour: str) -> None:
    brand = make_readable(colour)
    # The last is --ink-soft of static/css/tokens.css.
    for palette, theme, grey in ((brand.light, LIGHT, "#5d574e"), (brand.dark, DARK, "#b3aea4")):
        assert contrast(palette.on_fill, palette.fill) >= 4.5
        assert contrast(palette.fill, theme.surface) >= 3
        for background in (theme.surface, theme.page, palette.soft):
            assert contrast(palette.ink, background) >= 4.5
        assert contrast(grey, palette.soft) >= 4.5

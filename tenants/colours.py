"""A brand's colour, made readable: on what it fills, and as ink on the page, in light and in dark.

Contrast as WCAG 2.2 defines it, relative luminance of sRGB.
"""

import colorsys
from dataclasses import dataclass

#: One of these two has at least 4.58 on any colour.
WHITE, BLACK = "#ffffff", "#000000"
TEXT_RATIO = 4.5
SHAPE_RATIO = 3.0
STEP = 0.01


@dataclass(frozen=True)
class Theme:
    """What static/css/tokens.css puts behind the brand: the cards and the page; and how much of it tints a card."""

    surface: str
    page: str
    tint: float
    dark: bool


LIGHT = Theme(surface="#ffffff", page="#f6f3ee", tint=0.09, dark=False)
DARK = Theme(surface="#1c1e22", page="#222529", tint=0.14, dark=True)


@dataclass(frozen=True)
class Palette:
    """`fill` carries `on_fill` as text; `ink` is the brand as text or line on page, card and `soft`. All "#rrggbb"."""

    fill: str
    on_fill: str
    ink: str
    soft: str


@dataclass(frozen=True)
class BrandColours:
    light: Palette
    dark: Palette


def make_readable(colour: str) -> BrandColours:
    """Both palettes for one "#rrggbb"."""
    return BrandColours(light=make_palette(colour, LIGHT), dark=make_palette(colour, DARK))


def make_palette(colour: str, theme: Theme) -> Palette:
    fill = shift_until(colour, against=theme.surface, ratio=SHAPE_RATIO, darken=not theme.dark)
    soft = mix(fill, theme.surface, share=theme.tint)
    ink = colour
    for background in (theme.page, soft):
        ink = shift_until(ink, against=background, ratio=TEXT_RATIO, darken=not theme.dark)
    return Palette(fill=fill, on_fill=max((WHITE, BLACK), key=lambda text: contrast(text, fill)), ink=ink, soft=soft)


def mix(one: str, other: str, *, share: float) -> str:
    """`share` of `one` on `other`, in sRGB."""
    red, green, blue = (a * share + b * (1 - share) for a, b in zip(channels(one), channels(other), strict=True))
    return to_hex((red, green, blue))


def shift_until(colour: str, *, against: str, ratio: float, darken: bool) -> str:
    """`colour`, made darker or lighter in small steps until it stands out from `against`; its hue stays."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*channels(colour))
    end = 0.0 if darken else 1.0
    while contrast(colour, against) < ratio and lightness != end:
        lightness = max(0.0, min(1.0, lightness + (-STEP if darken else STEP)))
        colour = to_hex(colorsys.hls_to_rgb(hue, lightness, saturation))
    return colour


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def to_hex(rgb: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(value * 255):02x}" for value in rgb)


@dataclass(frozen=True)
class Unreadable:
    """A pair that falls short of WCAG AA, and the nearest colour with which it would not."""

    pair: str
    ratio: float
    instead: str
    nearest: str

    def __str__(self) -> str:
        return (
            f"{self.pair} has a contrast of {floor_tenth(self.ratio)}:1; WCAG AA asks for {TEXT_RATIO}:1. "
            f"{self.instead} The nearest colour that passes is {self.nearest}."
        )


def find_unreadable(colour: str) -> list[Unreadable]:
    """Which texts in or on "#rrggbb" can't be read on light pages as it is; what candidates see is readable anyway."""
    light = make_readable(colour).light
    found = []
    if (ratio := contrast(WHITE, colour)) < TEXT_RATIO:
        found.append(
            Unreadable(
                pair=f"White text on {colour}",
                ratio=ratio,
                instead=f"Buttons are {light.fill} with {'black' if light.on_fill == BLACK else 'white'} text instead.",
                nearest=shift_until(colour, against=WHITE, ratio=TEXT_RATIO, darken=True),
            )
        )
    return [*found, *find_faint(colour, words="Text in")]


def find_faint(colour: str, *, words: str = "Text in the accent colour") -> list[Unreadable]:
    """As `find_unreadable`, of a colour that is written in and fills nothing."""
    ratio = contrast(colour, LIGHT.page)
    if ratio >= TEXT_RATIO:
        return []
    return [
        Unreadable(
            pair=f"{words} {colour} on the page",
            ratio=ratio,
            instead=f"It is written in {make_readable(colour).light.ink} instead.",
            nearest=shift_until(colour, against=LIGHT.page, ratio=TEXT_RATIO, darken=True),
        )
    ]


def floor_tenth(ratio: float) -> float:
    """Rounded down, so that what fails by a hair does not read as if it passed."""
    return int(ratio * 10) / 10

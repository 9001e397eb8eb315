"""The fonts a brand can choose: stacks of what systems have, so that nothing is fetched and nobody is tracked."""

from django.db import models
from django.utils.translation import gettext_lazy as _

#: Where a stack has no letters of Devanagari, these have.
DEVANAGARI = "'Kohinoor Devanagari', 'Nirmala UI', 'Noto Sans Devanagari'"


class Font(models.TextChoices):
    SYSTEM = "", _("The device's own")
    HUMANIST = "humanist", _("Humanist (Seravek, Gill Sans, Ubuntu)")
    GEOMETRIC = "geometric", _("Geometric (Avenir, Montserrat, Corbel)")
    GROTESQUE = "grotesque", _("Grotesque (Helvetica, Arial)")
    ROUNDED = "rounded", _("Rounded (SF Rounded, Quicksand)")
    SERIF = "serif", _("Serif (Charter, Cambria)")


#: As CSS writes them. They stand in style attributes, so with single quotes.
STACKS = {
    Font.SYSTEM: "",
    Font.HUMANIST: f"Seravek, 'Gill Sans Nova', Ubuntu, Calibri, 'DejaVu Sans', {DEVANAGARI}, sans-serif",
    Font.GEOMETRIC: f"Avenir, Montserrat, Corbel, 'URW Gothic', {DEVANAGARI}, sans-serif",
    Font.GROTESQUE: f"'Helvetica Neue', Helvetica, Arial, 'Nimbus Sans', 'Liberation Sans', {DEVANAGARI}, sans-serif",
    Font.ROUNDED: f"ui-rounded, 'SF Pro Rounded', Quicksand, 'Arial Rounded MT Bold', {DEVANAGARI}, sans-serif",
    Font.SERIF: f"Charter, 'Bitstream Charter', Cambria, 'Noto Serif', Georgia, {DEVANAGARI}, serif",
}


def stack_of(font: str) -> str:
    """The CSS font-family; empty for the pages' own."""
    return STACKS[Font(font)]

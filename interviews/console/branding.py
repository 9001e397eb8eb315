"""The console in the tenant's own name and colour: callables for unfold's settings."""

from django.http import HttpRequest
from django.templatetags.static import static

from tenants.colours import channels, make_readable, to_hex
from tenants.models import Brand

WHITE, BLACK = "#ffffff", "#000000"
#: Unfold's shades of the primary colour, each as (per cent of the brand's colour, what it is mixed with).
SHADES = {
    "50": (6, WHITE),
    "100": (12, WHITE),
    "200": (25, WHITE),
    "300": (45, WHITE),
    "400": (68, WHITE),
    "500": (88, WHITE),
    "600": (100, WHITE),
    "700": (84, BLACK),
    "800": (68, BLACK),
    "900": (55, BLACK),
    "950": (38, BLACK),
}
DEFAULT_COLOUR = "#1f4fd8"


def find_brand(request: HttpRequest) -> Brand | None:
    """The brand of the request's tenant, read once a request."""
    if not hasattr(request, "brand"):
        in_tenant = getattr(request, "tenant", None) is not None
        request.brand = Brand.objects.first() if in_tenant else None  # type: ignore[attr-defined]
    brand: Brand | None = request.brand  # type: ignore[attr-defined]
    return brand


def name_site(request: HttpRequest) -> str:
    brand = find_brand(request)
    return brand.display_name if brand else "Vivavoce"


def describe_site(request: HttpRequest) -> str:
    return "Vivavoce" if find_brand(request) else ""


def shade_primary(request: HttpRequest) -> dict[str, str]:
    """Unfold's primary colours, mixed from the brand's, which is darkened so that white text can stand on 600."""
    brand = find_brand(request)
    colour = make_readable(brand.primary_colour if brand else DEFAULT_COLOUR).light.ink
    return {shade: mix(colour, other, per_cent=share) for shade, (share, other) in SHADES.items()}


def mix(colour: str, other: str, *, per_cent: int) -> str:
    """`per_cent` of `colour` in `other`, all "#rrggbb"."""
    share = per_cent / 100
    red, green, blue = (
        one * share + two * (1 - share) for one, two in zip(channels(colour), channels(other), strict=True)
    )
    return to_hex((red, green, blue))


def link_logo(request: HttpRequest) -> str | None:
    brand = find_brand(request)
    return brand.logo_url or None if brand else None


def link_icon(request: HttpRequest) -> str:
    """The browser tab's picture."""
    return link_logo(request) or static("img/voice.svg")


def stylesheet(request: HttpRequest) -> str:
    return static("css/console.css")

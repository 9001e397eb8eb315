"""Which files are taken for a logo: by what is in them, not by what they are called."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any
from xml.parsers import expat

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

#: Suffix -> content type. No other logo is taken or served.
LOGO_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "svg": "image/svg+xml"}
LOGO_MAX_BYTES = 512 * 1024

#: What draws. Scripts, links, animations, foreign content and pictures from elsewhere are not among it.
DRAWING = {
    *("svg", "g", "defs", "symbol", "use", "title", "desc", "style", "text", "tspan"),
    *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
    *("linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "filter"),
    *("feGaussianBlur", "feOffset", "feBlend", "feColorMatrix", "feComposite", "feFlood", "feMerge", "feMergeNode"),
}
#: Anything that would fetch something: only references into the drawing itself begin with "#".
FETCHES = re.compile(r"@import|url\(\s*[\"']?(?!\s*[\"']?#)|javascript:", re.IGNORECASE)


def validate_logo_size(file: Any) -> None:
    if file.size > LOGO_MAX_BYTES:
        raise ValidationError(_("Choose a logo of at most 512 KB."))


def validate_logo_content(file: Any) -> None:
    """What is stored already was looked at when it came."""
    if getattr(file, "_committed", False) or file.size > LOGO_MAX_BYTES:
        return
    suffix = PurePath(file.name).suffix.lower().removeprefix(".")
    content = read_whole(file)
    if suffix == "svg":
        check_drawing(content)
    elif name_type(content) != suffix:
        raise ValidationError(
            _("The file is called .%(suffix)s, but that is not what is in it. Save the logo as PNG, JPG, WebP or SVG."),
            params={"suffix": suffix},
        )


def read_whole(file: Any) -> bytes:
    opened: File[bytes] = getattr(file, "file", file)
    opened.seek(0)
    content = opened.read()
    opened.seek(0)
    return content


def name_type(content: bytes) -> str:
    """The suffix that goes with the first bytes; empty for anything that is no picture of ours."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    return "webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""


def check_drawing(content: bytes) -> None:
    """Raise ValidationError for an SVG that does more than draw."""
    parser = expat.ParserCreate()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        local = name.rpartition(":")[2]
        if local not in DRAWING or (depth == 1 and local != "svg"):
            raise _refuse(f"<{local}>")
        for attribute, value in attributes.items():
            plain = attribute.rpartition(":")[2].lower()
            if plain.startswith("on") or FETCHES.search(value) or (plain == "href" and not value.startswith("#")):
                raise _refuse(plain)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def characters(text: str) -> None:
        if FETCHES.search(text):
            raise _refuse("@import / url()")

    def doctype(*_declaration: object) -> None:
        raise _refuse("<!DOCTYPE>")

    def instruction(target: str, _text: str) -> None:
        raise _refuse(f"<?{target}?>")

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = doctype
    parser.ProcessingInstructionHandler = instruction
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ValidationError(_("This is no SVG drawing. Save the logo as PNG, JPG, WebP or SVG.")) from error


def _refuse(what: str) -> ValidationError:
    text = _("This SVG holds %(what)s, which a logo must not. Save it as a plain SVG, or as PNG.")
    return ValidationError(text, params={"what": what[:40]})

"""Text as it is said: without what only makes sense on paper."""

from __future__ import annotations

import re

from pipecat.utils.text.base_text_aggregator import TextType
from pipecat.utils.text.transforms import strip_markdown

_PAGE = re.compile(r"\b(?:https?://|www\.)([^\s/?#<>\"')\]]+)(?:[/?#][^\s<>\"')\]]*)?", re.IGNORECASE)
_PICTURE = "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff]"
# Joined and coloured pictures are several characters. A joiner elsewhere belongs to a script such as Hindi's.
_PICTURES = re.compile(f"(?:{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*\u200d?)+")
_KEYCAP = re.compile("[\ufe0f\u20e3]")
_BEFORE_MARK = re.compile(r"\s+([.,;:!?])(?=\s|$)")


async def clean_for_speech(text: str, text_type: str | TextType = "*") -> str:
    """A text transform for any TTS service.

    Markdown goes, of a page's address the host is said, pictures and spare white space go. All else stays as it
    is written: the voice knows its own abbreviations and numbers.
    """
    text = await strip_markdown(text, text_type)
    text = _PAGE.sub(_say_host, text)
    text = _KEYCAP.sub("", _PICTURES.sub(" ", text))
    return _BEFORE_MARK.sub(r"\1", " ".join(text.split()))


def _say_host(page: re.Match[str]) -> str:
    host = page[1].rstrip(".,;:!?")
    return host.removeprefix("www.") + (page[0][-1] if page[0][-1] in ".,;:!?" else "")

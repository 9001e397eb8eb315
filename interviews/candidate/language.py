"""What the candidate's browser and address say about the language to answer in."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from interviews.domain.languages import match_language

#: `?language=de` shows a page in another of the interview's languages, and changes nothing else.
PARAMETER = "language"


def asked_language(request: HttpRequest) -> str:
    """As written in the address: only ever compared with the languages there are, never shown."""
    return request.GET.get(PARAMETER, "")


def browser_languages(request: HttpRequest) -> list[str]:
    """The browser's languages, the one liked best first."""
    header = request.headers.get("Accept-Language", "")
    return [language for language, _quality in parse_accept_lang_header(header) if language != "*"]


def language_without_invitation(request: HttpRequest) -> str:
    """For pages and answers that belong to no invitation: any language there is, else the console's."""
    known = list(dict(settings.LANGUAGES))
    wishes = (asked_language(request), *browser_languages(request))
    return next((found for wish in wishes if (found := match_language(wish, known))), settings.LANGUAGE_CODE)

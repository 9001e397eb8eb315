"""How these routes answer: one sentence for an error, and headers that keep the link secret."""

import json
from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, RawPostDataException
from django.utils.translation import gettext as _
from django.utils.translation import override

from interviews.candidate.language import language_without_invitation

BODY_LIMIT = 64 * 1024


class Refusal(Exception):
    """A request that is answered with one sentence that says what to do."""

    def __init__(self, sentence: str, *, status: int) -> None:
        super().__init__(sentence)
        self.status = status


def read_json(request: HttpRequest) -> dict[str, Any]:
    """The body as a JSON object; an empty body is an empty object. Raises Refusal."""
    length = request.headers.get("Content-Length", "0")
    try:
        if not length.isdecimal() or int(length) > BODY_LIMIT or len(request.body) > BODY_LIMIT:
            raise Refusal(_("The request is too large."), status=413)
        body = json.loads(request.body or b"{}")
    except (ValueError, RawPostDataException) as error:  # the latter: a form, which the CSRF check has read
        raise Refusal(_("Send the request as JSON."), status=400) from error
    if not isinstance(body, dict):
        raise Refusal(_("Send the request as a JSON object."), status=400)
    return body


def answer_refusal(refusal: Refusal) -> JsonResponse:
    return JsonResponse({"error": str(refusal)}, status=refusal.status)


def seal(response: HttpResponse) -> HttpResponse:
    """Keep page and link out of caches, referrers and search engines."""
    response.headers["Cache-Control"] = "no-store"
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def sealed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Seal whatever a view answers, and answer its Refusals, in the browser's language until a link is open.

    For views of both kinds, sync and async.
    """
    if iscoroutinefunction(view):

        @wraps(view)
        async def answer_async(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with override(language_without_invitation(request)):
                try:
                    return seal(await view(request, *args, **kwargs))
                except Refusal as refusal:
                    return seal(answer_refusal(refusal))

        return answer_async

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with override(language_without_invitation(request)):
            try:
                return seal(view(request, *args, **kwargs))
            except Refusal as refusal:
                return seal(answer_refusal(refusal))

    return answer

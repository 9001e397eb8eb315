"""What is refused below /api/ before a view of the API is reached, or by none of its views, is a problem too."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase

from interviews.api.base import name_request
from interviews.api.problems import CONTENT_TYPE, Problem, describe

#: What DRF calls them.
CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 406: "not_acceptable", 500: "internal_error"}
SENTENCES = {
    400: "The request can't be read.",
    404: "There is nothing at this address.",
    500: "Something went wrong on our side. Try again in a while.",
}


def is_of_api(path: str) -> bool:
    return path == "/api" or path.startswith("/api/")


class ProblemMiddleware:
    """Comes first, so that it sees what any other answers, such as the one that knows hosts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_problem = response.headers.get("Content-Type") == CONTENT_TYPE
        if response.status_code < 400 or is_problem or not is_of_api(request.path_info):
            return response
        return write_problem(request, response)


def write_problem(request: HttpRequest, refusal: HttpResponseBase) -> HttpResponse:
    """The same as a problem: with the sentence that it has, where it is one, and with its headers."""
    status = HTTPStatus(refusal.status_code)
    told = getattr(refusal, "data", None)
    sentence = told.get("detail", "") if isinstance(told, dict) else ""
    if isinstance(refusal, HttpResponse) and refusal.headers.get("Content-Type", "").startswith("text/plain"):
        sentence = refusal.content.decode()
    problem = Problem(status, CODES.get(status, "error"), str(sentence) or SENTENCES.get(status, status.description))
    name = name_request(request.headers.get("X-Request-Id", ""))
    headers = {each: value for each, value in refusal.headers.items() if not each.lower().startswith("content-")}
    return HttpResponse(
        json.dumps(describe(problem) | {"request_id": name}),
        status=status,
        headers=headers | {"Content-Type": CONTENT_TYPE, "X-Request-Id": name, "Cache-Control": "no-store"},
    )

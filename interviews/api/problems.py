"""Errors as `application/problem+json`. Source: RFC 9457, with `errors` as in its own example."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import transaction
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from tenants.scope import tenant_id_in_scope

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


class NotFoundHere(exceptions.NotFound):
    """There is no row of the company with the id that stands at `pointer` in the body."""

    def __init__(self, pointer: str) -> None:
        super().__init__("There is nothing here with this id.")
        self.pointer = pointer


class Problem(exceptions.APIException):
    """An error with a code of its own; `detail` says what to do. `at` are the steps to what it is about in the body."""

    def __init__(self, status: int, code: str, detail: str, *, at: Sequence[str] | None = None, **headers: str) -> None:
        super().__init__(detail, code)
        self.status_code = status
        self.pointer = None if at is None else "".join(map(step_of, at))
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def answer_problem(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's EXCEPTION_HANDLER. What is a bug of ours is logged, and answered without a word of what it was."""
    request = context["request"]
    told = as_api_exception(error, request=request, request_id=request.request_id)
    if tenant_id_in_scope() is not None:
        transaction.set_rollback(True)
    body = describe(told)
    body["request_id"] = request.request_id
    response = Response(body, status=told.status_code, content_type=CONTENT_TYPE)
    for name, value in name_headers(told).items():
        response.headers[name] = value
    return response


def as_api_exception(error: Exception, *, request: Any, request_id: str) -> exceptions.APIException:
    """What is answered to an error: what it says, or that it is a bug of ours."""
    if isinstance(error, Http404):
        return exceptions.NotFound("There is nothing here with this id.")
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, SuspiciousOperation | BadRequest):
        return Problem(400, "bad_request", "The request can't be read.")
    if isinstance(error, exceptions.APIException):
        return error
    log.error("request %s: %s %s", request_id, request.method, request.path, exc_info=error)
    got_request_exception.send(sender=None, request=request)
    return Problem(500, "internal_error", "Something went wrong on our side. Try again in a while.")


def name_headers(error: exceptions.APIException) -> dict[str, str]:
    headers = dict(getattr(error, "headers", {}))
    if isinstance(error, exceptions.AuthenticationFailed | exceptions.NotAuthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="Vivavoce"'
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(round(wait))
    return headers


def describe(error: exceptions.APIException) -> dict[str, Any]:
    status = HTTPStatus(error.status_code)
    body: dict[str, Any] = {"type": "about:blank", "title": status.phrase, "status": int(status)}
    if isinstance(error, exceptions.ValidationError):
        body |= {"code": "invalid", "detail": "The request is not as it should be; `errors` says where."}
        body["errors"] = list(name_errors(error.detail))
    else:
        detail = error.detail
        body |= {"code": getattr(detail, "code", "error"), "detail": str(detail)}
        if (pointer := getattr(error, "pointer", None)) is not None:
            body["errors"] = [{"pointer": pointer, "code": body["code"], "detail": str(detail)}]
    return body


def step_of(name: Any) -> str:
    """One step of a JSON pointer. Source: RFC 6901, section 3."""
    return "/" + str(name).replace("~", "~0").replace("/", "~1")


def name_errors(detail: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """One entry for each message, with the JSON pointer (RFC 6901) of the value that it is about."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from name_errors(inner, pointer + ("" if name == "non_field_errors" else step_of(name)))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            is_message = isinstance(inner, exceptions.ErrorDetail)
            if inner:
                yield from name_errors(inner, pointer if is_message else f"{pointer}/{index}")
    else:
        yield {"pointer": pointer, "code": str(detail.code), "detail": str(detail)}

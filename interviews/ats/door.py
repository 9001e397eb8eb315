"""What all calls of an ATS have in common: the key, the size, the tenant's scope, the log, the shape of errors."""

from __future__ import annotations

import base64
import binascii
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from pydantic import BaseModel, ConfigDict, ValidationError

from interviews.api import strict_json
from interviews.domain.ats_connections import find_connection, log_call
from interviews.enums import AtsDirection, AtsSystem
from interviews.models import AtsConnection
from tenants.domain.tokens import find_tenant_by_token
from tenants.enums import TokenKind
from tenants.scope import tenant_scope

log = logging.getLogger(__name__)

#: Bytes of a call's body. An order with its hiring team has some thousand.
MAX_BODY = 200_000
BROKEN = "Something went wrong on our side. Send it again in a while."
UNKNOWN_KEY = "This key is not known, or the connection is switched off. Look at it in Vivavoce's admin."

S = TypeVar("S", bound="Shape")


class Refusal(Exception):
    """The call can't be done; `status` is HTTP's, and the sentence says why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class Shape(BaseModel):
    """What an ATS sends. Fields that nobody asked for are left out: ATSs reserve the right to add some."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, str_strip_whitespace=True)


@dataclass(frozen=True)
class Call:
    """One call of an ATS, whose key has been checked; runs in the scope of the connection's tenant."""

    request: HttpRequest
    connection: AtsConnection

    def read(self, shape: type[S]) -> S:
        """The body. Raises Refusal."""
        try:
            return shape.model_validate(read_json(self.request))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            place = ".".join(str(step) for step in first["loc"]) or "the body"
            raise Refusal(400, f"{place}: {first['msg']}.") from None


@dataclass(frozen=True)
class Reply:
    """`note` is for the log, and holds nothing about the candidate."""

    body: Any
    status: int = 200
    note: str = ""


@dataclass(frozen=True)
class Dialect:
    """How one ATS shows its key, and how it reads errors."""

    system: AtsSystem
    read_key: Callable[[HttpRequest], str]
    error: Callable[[int, str], HttpResponse]


def answers(
    dialect: Dialect, name: str, method: str = "POST"
) -> Callable[[Callable[[Call], Reply]], Callable[[HttpRequest], HttpResponse]]:
    """Makes a view of a function from Call to Reply. Whoever has no key learns nothing, not even the method."""

    def decorate(view: Callable[[Call], Reply]) -> Callable[[HttpRequest], HttpResponse]:
        @csrf_exempt
        @never_cache
        @wraps(view)
        def answer(request: HttpRequest) -> HttpResponse:
            began = time.monotonic()
            key = dialect.read_key(request)
            tenant = find_tenant_by_token(kind=TokenKind.ATS, token=key) if key else None
            if tenant is None:
                return refuse_stranger(dialect)
            with tenant_scope(tenant):
                connection = find_connection(system=dialect.system, key=key)
            if connection is None:
                return refuse_stranger(dialect)
            try:
                if request.method != method:
                    raise Refusal(405, f"Use {method}.")
                with tenant_scope(tenant):
                    reply = view(Call(request, connection))
                response: HttpResponse = JsonResponse(reply.body, status=reply.status, safe=False)
                note = reply.note
            except Refusal as refusal:
                response, note = dialect.error(refusal.status, refusal.sentence), refusal.sentence
            except Exception as error:
                log.error("ATS call %s", name, exc_info=error)
                got_request_exception.send(sender=None, request=request)
                response, note = dialect.error(500, BROKEN), BROKEN
            with tenant_scope(tenant):
                log_call(
                    connection_id=connection.pk,
                    direction=AtsDirection.IN,
                    name=name,
                    status=response.status_code,
                    seconds=time.monotonic() - began,
                    note=note,
                )
            return response

        return answer

    return decorate


def refuse_stranger(dialect: Dialect) -> HttpResponse:
    response = dialect.error(401, UNKNOWN_KEY)
    scheme = "Bearer" if dialect.read_key is read_bearer else "Basic"
    response.headers["WWW-Authenticate"] = f'{scheme} realm="Vivavoce"'
    return response


def read_basic(request: HttpRequest) -> str:
    """The key stands as the user name; the password is blank, and not looked at."""
    scheme, _, value = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value.strip(), validate=True).decode("ascii").partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def read_bearer(request: HttpRequest) -> str:
    scheme, _, value = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" and value.isascii() else ""


def read_json(request: HttpRequest) -> dict[str, Any]:
    """The body, whatever content type it claims. Raises Refusal."""
    raw = request.read(MAX_BODY + 1)
    if len(raw) > MAX_BODY:
        raise Refusal(413, f"A call may have {MAX_BODY:,} bytes at most.")
    try:
        body = strict_json.read_json(raw.decode())
    except strict_json.NotStrict as error:
        raise Refusal(400, f"{'.'.join(error.at) or 'the body'}: {error}") from None
    except ValueError:
        raise Refusal(400, "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise Refusal(400, "The body must be a JSON object.")
    return body

"""Idempotency-Key: the same request sent again is answered as the first time, and done once.

Source: draft-ietf-httpapi-idempotency-key-header. The answer is kept for 24 hours, in the transaction of what
was done, so an error, which takes that back, is not kept and may be tried again with the same key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from interviews.api.authentication import key_of
from interviews.api.problems import Problem
from interviews.models import IdempotentRequest
from interviews.models.idempotency import KEPT

#: Shown once and kept as a hash, or encrypted; an answer that is kept has null there.
SHOWN_ONCE = ("candidate_url", "secret", "result_url")
MAX_LENGTH = 255


def replay_or_run(handler: Callable[..., Response]) -> Callable[..., Response]:
    """`handler`, run once for each Idempotency-Key of a key; without that header, always."""

    def run(request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return handler(request, *args, **kwargs)
        if not key.strip() or len(key) > MAX_LENGTH:
            raise Problem(400, "idempotency_key", f"An Idempotency-Key has 1 to {MAX_LENGTH} characters.")
        lock(request, key)
        digest = digest_of(request)
        requests = IdempotentRequest.objects.filter(api_key=key_of(request))
        requests.filter(created_at__lt=timezone.now() - KEPT).delete()
        earlier = requests.filter(key=key).first()
        if earlier is not None:
            if earlier.digest != digest:
                text = "This Idempotency-Key was used for another request. Take a new one for a new request."
                raise Problem(422, "idempotency_key_reused", text)
            headers = {"Idempotent-Replayed": "true"} | ({"Location": earlier.location} if earlier.location else {})
            return Response(earlier.body, status=earlier.status, headers=headers)
        response = handler(request, *args, **kwargs)
        body = json.loads(JSONRenderer().render(response.data) or b"null")
        IdempotentRequest.objects.create(
            api_key=key_of(request),
            key=key,
            digest=digest,
            status=response.status_code,
            body=body and body | {name: None for name in SHOWN_ONCE if name in body},
            location=response.headers.get("Location", ""),
        )
        return response

    return run


def lock(request: Request, key: str) -> None:
    """Until the transaction ends. Raises a 409 while another request with the same key is under way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"idempotency {key_of(request).pk} {key}"]
        )
        ((is_ours,),) = cursor.fetchall()
    if not is_ours:
        text = "A request with this Idempotency-Key is under way. Try again in a second."
        raise Problem(409, "in_flight", text, Retry_After="1")


def digest_of(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{request.method} {request.path}\n{body}".encode()).hexdigest()

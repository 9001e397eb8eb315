"""OpenAPI: how an operation is described, with its errors, and what is the same for all of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers


class ProblemErrorSerializer(serializers.Serializer):
    pointer = serializers.CharField(allow_blank=True, help_text="JSON pointer (RFC 6901) into the request.")
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="For programs; the words may change.")
    detail = serializers.CharField(help_text="For people.")
    errors = ProblemErrorSerializer(many=True, required=False)  # type: ignore[assignment] # a field named so
    request_id = serializers.CharField(help_text="Also in X-Request-Id. Name it when you ask us for help.")


ERRORS = {
    400: "The request is not as it should be.",
    401: "No API key, or one that is not valid.",
    403: "The key lacks the scope, or must not be used from this address.",
    404: "Nothing with this id.",
    409: "Not possible in the present state.",
    413: "Too large.",
    415: "Not JSON.",
    416: "The recording has no such range.",
    422: "The Idempotency-Key was used for another request.",
    429: "Too many requests; Retry-After says when to go on.",
}
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"\S"},
    OpenApiParameter.HEADER,
    required=False,
    description="Any text of up to 255 characters. The same request with it again, within 24 hours, is done once.",
)


def describe(
    summary: str,
    tag: str,
    *,
    answer: Any,
    status: int = 200,
    body: type[serializers.Serializer] | None = None,
    query: type[serializers.Serializer] | None = None,
    examples: list[OpenApiExample] | None = None,
    errors: Sequence[int] = (),
) -> Callable[[Any], Any]:
    """Describes a handler; its docstring is the description. `errors` are those that others of its method lack.

    What `query` does not declare is refused (`ApiView.initial`).
    """

    def decorate(handler: Any) -> Any:
        is_post = handler.__name__ == "post"
        wrong = [400, 401, 403, 404, 429]
        wrong += [409, 413, 415, 422] if is_post else [409, 413, 415] if body else []
        wrong += errors
        handler.query = query
        problem = {
            (code, "application/problem+json"): OpenApiResponse(ProblemSerializer, description=ERRORS[code])
            for code in wrong
        }
        return extend_schema(
            operation_id=summary.lower().replace("'", "").replace(" ", "_"),
            summary=summary,
            description=inspect.cleandoc(handler.__doc__ or f"{summary}."),
            tags=[tag],
            request=body,
            parameters=[*([query] if query else []), *([IDEMPOTENCY_KEY] if is_post else [])],
            responses={**(answer if isinstance(answer, dict) else {status: answer}), **problem},
            examples=examples,
        )(handler)

    return decorate


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = "interviews.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key, vv_live_…"}


def keep_api_only(endpoints: list[Any], **kwargs: Any) -> list[Any]:
    """The schema is of the native API alone."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/")]


TEXT = {"type": "string"}
#: Of every answer; written down at those that are no error, and at 429.
HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {"description": "As it was sent, or made.", "schema": TEXT},
    "RateLimit-Policy": {"description": "How many requests the key may make in how many seconds.", "schema": TEXT},
    "RateLimit": {"description": "How many are left, and for how many seconds.", "schema": TEXT},
}
#: Of some, by their status.
MORE_HEADERS: dict[str, dict[str, dict[str, Any]]] = {
    "201": {"Location": {"description": "Where what was made can be read.", "schema": TEXT}},
    "202": {"Location": {"description": "Where it can be read how far it is, if it can.", "schema": TEXT}},
    "206": {"Content-Range": {"description": "Which bytes these are.", "schema": TEXT}},
    "401": {"WWW-Authenticate": {"description": "Bearer.", "schema": TEXT}},
    "416": {"Content-Range": {"description": "How many bytes there are.", "schema": TEXT}},
    "429": {"Retry-After": {"description": "Seconds, where it helps to wait.", "schema": TEXT}},
}


def add_headers(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A hook of drf-spectacular."""
    result["components"]["headers"] = HEADERS
    everywhere = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
    for item in result["paths"].values():
        for operation in item.values():
            for status, answer in operation["responses"].items():
                headers = (everywhere if status < "400" or status == "429" else {}) | MORE_HEADERS.get(status, {})
                if headers:
                    answer["headers"] = headers
    return result


def close_bodies(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """What a body does not name is refused (`StrictSerializer`). A hook of drf-spectacular."""
    for name, schema in result["components"]["schemas"].items():
        if name.endswith("Request"):
            schema["additionalProperties"] = False
    return result

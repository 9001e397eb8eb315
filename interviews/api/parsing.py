"""What comes in: JSON of a bounded size, and no field or filter that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

from interviews.api.problems import Problem
from interviews.api.strict_json import NotStrict, read_json

#: Bytes. A question bank of some thousand questions fits.
MAX_BODY = 1_000_000

JSON_TYPES: tuple[tuple[Any, Any, str], ...] = (
    (serializers.BooleanField, bool, "Write true or false."),
    ((serializers.IntegerField, serializers.FloatField), (int, float), "Write a number."),
    ((serializers.CharField, serializers.DateTimeField), str, "Write text."),
)


class BoundedJSONParser(JSONParser):
    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """The body's value (`interviews.api.strict_json`). Raises Problem and ParseError."""
        body = stream.read(MAX_BODY + 1)
        if len(body) > MAX_BODY:
            raise Problem(413, "too_large", f"A request may have {MAX_BODY:,} bytes at most. Send less at a time.")
        encoding = (parser_context or {}).get("encoding") or "utf-8"
        try:
            return read_json(body.decode(encoding))
        except LookupError:
            raise ParseError(f"“{encoding}” is no charset of text. Send UTF-8.") from None
        except NotStrict as error:
            raise Problem(400, error.code, str(error), at=error.at) from None
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from None


class StrictSerializer(serializers.Serializer):
    """Names every field that it does not know, so that a misspelt one is not silently lost."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := sorted(set(data) - known):
                allowed = ", ".join(sorted(known))
                message = f"There is no such field here. There are: {allowed}."
                raise serializers.ValidationError(
                    {name: [serializers.ErrorDetail(message, "unknown_field")] for name in unknown}
                )
            if wrong := dict(self.mistyped(data)):
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)

    def mistyped(self, data: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
        """Values of another JSON type than the schema says, which DRF would convert: 0 for false, 5 for "5"."""
        for name in self.fields.keys() & data.keys():
            for field_type, json_type, message in JSON_TYPES:
                value = data[name]
                is_right = value is None or (
                    isinstance(value, json_type) and isinstance(value, bool) == (json_type is bool)
                )
                if isinstance(self.fields[name], field_type) and not is_right:
                    yield name, [message]


class Query(StrictSerializer):
    """Filters of a list; each list has its own. `cursor` and `limit` are the page's."""

    def mistyped(self, data: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
        yield from ()  # An address holds text only.

    limit = serializers.IntegerField(
        min_value=1, max_value=100, default=25, help_text="Rows on a page.", required=False
    )
    cursor = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="`next_cursor` of the page before.", default=""
    )


def read_query(request: Request, serializer: type[serializers.Serializer]) -> dict[str, Any]:
    """The query string's values by the serializer's rules, each given once. Raises ValidationError."""
    if repeated := [name for name, values in request.query_params.lists() if len(values) > 1]:
        twice = serializers.ErrorDetail("This is asked more than once. Ask for one value at a time.", "repeated")
        raise serializers.ValidationError({name: [twice] for name in repeated})
    query = serializer(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    values: dict[str, Any] = query.validated_data
    return values


def read_body(serializer: type[serializers.Serializer], request: Request, **options: Any) -> dict[str, Any]:
    """The body's values by the serializer's rules; no body is an empty one. Raises ValidationError."""
    body = serializer(data=request.data, **options)
    body.is_valid(raise_exception=True)
    values: dict[str, Any] = body.validated_data
    return values

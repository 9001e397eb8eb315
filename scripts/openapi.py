"""Writes the API's schema to docs/api/openapi.json, unless that would break who uses it.

make openapi                  refuses what takes something away or asks for more
make openapi BREAKING=1       writes it all the same; say in the release notes what breaks
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from interviews.api.ids import EXPANDABLE

CHECKED_IN = Path(__file__).parent.parent / "docs/api/openapi.json"
METHODS = ("get", "post", "put", "patch", "delete")


#: Limits on a value, and whether a higher one lets less through.
LIMITS = {
    "maximum": False,
    "exclusiveMaximum": False,
    "maxLength": False,
    "maxItems": False,
    "maxProperties": False,
    "minimum": True,
    "exclusiveMinimum": True,
    "minLength": True,
    "minItems": True,
    "minProperties": True,
}
CHOICES = ("oneOf", "anyOf", "allOf")
REF = "#/components/schemas/"

Schema = dict[str, Any]


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """What a client of `old` would miss in `new`, or would have to send in addition, a sentence each."""
    return [*changes_of_operations(old, new), *changes_of_schemas(old, new)]


def changes_of_operations(old: Schema, new: Schema) -> Iterator[str]:
    for path, item in old["paths"].items():
        for method in METHODS:
            name, before = f"{method.upper()} {path}", item.get(method)
            after = new["paths"].get(path, {}).get(method)
            if before is None:
                continue
            if after is None:
                yield f"{name} is gone."
                continue
            yield from changes_of_parameters(name, parameters(before), parameters(after))
            yield from changes_of_bodies(name, before, after)
    for event in sorted(old.get("webhooks", {}).keys() - new.get("webhooks", {}).keys()):
        yield f"The webhook “{event}” is gone."


def parameters(operation: Schema) -> dict[str, Schema]:
    return {each["name"]: each for each in operation.get("parameters", [])}


def changes_of_parameters(name: str, known: dict[str, Schema], given: dict[str, Schema]) -> Iterator[str]:
    yield from (f"{name} no longer takes “{each}”." for each in sorted(known.keys() - given.keys()))
    for each, parameter in sorted(given.items()):
        before = known.get(each, {})
        if parameter.get("required") and not before.get("required"):
            yield f"{name} now requires “{each}”."
        yield from compare(f"{name}?{each}", before.get("schema", {}), parameter.get("schema", {}), sent=True)


def changes_of_bodies(name: str, before: Schema, after: Schema) -> Iterator[str]:
    asked, now = before.get("requestBody", {}), after.get("requestBody", {})
    if now.get("required") and not asked.get("required"):
        yield f"{name} now requires a body."
    yield from changes_of_content(f"The body of {name}", asked, now, sent=True)
    for status, answer in sorted(before["responses"].items()):
        if status not in after["responses"]:
            if status < "400":
                yield f"{name} no longer answers {status}."
        else:
            yield from changes_of_content(f"The {status} of {name}", answer, after["responses"][status], sent=False)


def changes_of_content(name: str, before: Schema, after: Schema, *, sent: bool) -> Iterator[str]:
    for media_type, content in before.get("content", {}).items():
        now = after.get("content", {}).get(media_type)
        if now is None:
            yield f"{name} is {media_type} no longer."
        else:
            yield from compare(name, content.get("schema", {}), now.get("schema", {}), sent=sent, received=not sent)


def changes_of_schemas(old: Schema, new: Schema) -> Iterator[str]:
    sent, received = reached(old, sent=True), reached(old, sent=False)
    for name, before in old["components"]["schemas"].items():
        after = new["components"]["schemas"].get(name)
        if after is None:
            yield f"The schema “{name}” is gone."
        else:
            yield from compare(name, before, after, sent=name in sent, received=name in received)


def reached(schema: Schema, *, sent: bool) -> set[str]:
    """Names of the schemas that clients send, or of those that they get, in answers and by webhooks."""
    operations = [item[method] for item in schema["paths"].values() for method in METHODS if method in item]
    webhooks = [item["post"]["requestBody"] for item in schema.get("webhooks", {}).values()]
    roots: list[Any] = [
        [operation.get("parameters"), operation.get("requestBody")] if sent else operation["responses"]
        for operation in operations
    ]
    waiting, found = roots if sent else [*roots, *webhooks], set[str]()
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict) and isinstance(ref := part.get("$ref"), str):
            name = ref.removeprefix(REF)
            if name not in found:
                found.add(name)
                waiting.append(schema["components"]["schemas"].get(name))
        if isinstance(part, dict | list):
            waiting.extend(part.values() if isinstance(part, dict) else part)
    return found


def compare(name: str, before: Schema, after: Schema, *, sent: bool = False, received: bool = False) -> Iterator[str]:
    """What breaks who sends such a value, or who gets one. Behind a `$ref` nothing is looked at: each schema has its
    own turn. An id that can be expanded now is the same id for whoever does not ask for that."""
    if after.get(EXPANDABLE) and "oneOf" not in before:
        now_only = [choice for choice in after["oneOf"] if "$ref" not in choice]
        after = now_only[0] if len(now_only) == 1 else {"oneOf": now_only}
    if before.get("$ref") != after.get("$ref"):
        yield f"“{name}” is another schema."
        return
    if before and any(
        (sent and not kinds(before, key) <= kinds(after, key))
        or (received and not kinds(after, key) <= kinds(before, key))
        for key in ("type", "format", "const")
    ):
        yield f"“{name}” has another type."
    if sent:
        yield from changes_of_limits(name, before, after)
    for key in CHOICES:
        gone, more = (
            [each for each in one.get(key, []) if each not in other.get(key, [])]
            for one, other in ((before, after), (after, before))
        )
        if before and ((sent and gone) or (received and more)):
            yield f"“{name}” has other choices ({key})."
    fields, now = before.get("properties", {}), after.get("properties", {})
    yield from (f"“{name}” has no “{field}” any more." for field in sorted(fields.keys() - now.keys()))
    needed, still = set(before.get("required", [])), set(after.get("required", []))
    if sent:
        yield from (f"“{name}” now requires “{field}”." for field in sorted(still - needed))
    if received:
        yield from (f"“{name}” may lack “{field}” now." for field in sorted((needed - still) & now.keys()))
    for field in sorted(fields.keys() & now.keys()):
        yield from compare(f"{name}.{field}", fields[field], now[field], sent=sent, received=received)
    for key in ("items", "additionalProperties"):
        if isinstance(inner := before.get(key), dict) and isinstance(inner_now := after.get(key), dict):
            yield from compare(f"{name}[]", inner, inner_now, sent=sent, received=received)


def kinds(schema: Schema, key: str) -> set[Any]:
    value = schema.get(key)
    return set(value) if isinstance(value, list) else {value}


def changes_of_limits(name: str, before: Schema, after: Schema) -> Iterator[str]:
    if "enum" in after:
        gone = [each for each in before.get("enum", []) if each not in after["enum"]]
        yield from (f"“{name}” no longer takes “{value}”." for value in sorted(gone, key=str))
        if before and "enum" not in before:
            yield f"“{name}” takes some values only."
    if "pattern" in after and after["pattern"] != before.get("pattern") and before:
        yield f"“{name}” has another pattern."
    for limit, is_lower in LIMITS.items():
        was, now = before.get(limit), after.get(limit)
        if before and now is not None and (was is None or (now > was if is_lower else now < was)):
            yield f"“{name}” is limited more narrowly ({limit})."


def main() -> int:
    import django

    django.setup()
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.renderers import OpenApiJsonRenderer
    from drf_spectacular.validation import validate_schema

    schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    text = OpenApiJsonRenderer().render(schema, renderer_context={})
    changes = breaking_changes(json.loads(CHECKED_IN.read_text()), json.loads(text))
    if changes and not os.environ.get("BREAKING"):
        print("This would break who uses the API:", *changes, sep="\n  ", file=sys.stderr)
        print("If it must be: make openapi BREAKING=1", file=sys.stderr)
        return 1
    CHECKED_IN.write_bytes(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

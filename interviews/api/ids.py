"""Ids as the API shows them: what it is, then the UUID in hex, such as inv_3f0c9b2e5d6a4f1b8c7d9e0a1b2c3d4e."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.urls import register_converter
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

#: Marks in the schema an id in whose place a request can have the whole object (`interviews.api.expanding`).
EXPANDABLE = "x-expandable"
PREFIXES = {
    "interview": "int",
    "bank": "qb",
    "question": "qn",
    "candidate": "cand",
    "invitation": "inv",
    "session": "ses",
    "result": "res",
    "erasure": "era",
    "endpoint": "we",
    "delivery": "del",
    "webhook_event": "evt",
}


def write_id(kind: str, value: UUID) -> str:
    return f"{PREFIXES[kind]}_{value.hex}"


def read_id(kind: str, text: str) -> UUID:
    """Raises ValueError for anything that `write_id` does not write."""
    if not re.fullmatch(pattern_of(kind), text):
        raise ValueError(text)
    return UUID(text.removeprefix(f"{PREFIXES[kind]}_"))


def pattern_of(kind: str) -> str:
    return f"{PREFIXES[kind]}_[0-9a-f]{{32}}"


def id_schema(kind: str) -> dict[str, str]:
    return {"type": "string", "pattern": f"^{pattern_of(kind)}$"}


class IdField(serializers.Field):
    """A prefixed id; in code it is the UUID. Read-only unless said otherwise."""

    default_error_messages = {"invalid": "This is no id of the kind “{prefix}_…”."}

    def __init__(self, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(**kwargs)

    def to_representation(self, value: UUID) -> str:
        return write_id(self.kind, value)

    def to_internal_value(self, data: Any) -> UUID:
        try:
            return read_id(self.kind, str(data))
        except ValueError:
            self.fail("invalid", prefix=PREFIXES[self.kind])


def id_field(kind: str, **kwargs: Any) -> IdField:
    """An `IdField` whose pattern is in the schema."""
    return extend_schema_field(id_schema(kind))(type("IdField", (IdField,), {}))(kind, **kwargs)


def register_converters() -> None:
    """So that `<invitation:pk>` in a path is an invitation's id, and a view gets its UUID."""
    for kind in PREFIXES:

        class Converter:
            regex = pattern_of(kind)
            _kind = kind

            def to_python(self, value: str) -> UUID:
                return read_id(self._kind, value)

            def to_url(self, value: UUID) -> str:
                return write_id(self._kind, value)

        register_converter(Converter, kind)

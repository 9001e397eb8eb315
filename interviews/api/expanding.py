"""`expand=candidate,interview`: whole objects in place of their ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from interviews.api.ids import id_schema, write_id


class ExpandField(serializers.Field):
    """The id of a related row, or the row itself when the request asks for it."""

    def __init__(self, kind: str, row: type[serializers.Serializer], **kwargs: Any) -> None:
        self.kind, self.row = kind, row
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance: Any) -> Any:
        if self.field_name in self.context.get("expand", ()):
            return super().get_attribute(instance)
        return getattr(instance, f"{self.source}_id")

    def to_representation(self, value: Any) -> Any:
        if hasattr(value, "pk"):
            return self.row(value, context=self.context).data
        return write_id(self.kind, value)


def expand_field(kind: str, row: type[serializers.Serializer]) -> ExpandField:
    name = row.__name__.removesuffix("Serializer")
    schema = {"oneOf": [id_schema(kind), {"$ref": f"#/components/{ResolvedComponent.SCHEMA}/{name}"}]}
    return extend_schema_field(schema)(type("ExpandField", (ExpandField,), {}))(kind, row)


class ExpandQueryField(serializers.CharField):
    """A comma-separated choice of `names`. In code it is a tuple."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            required=False, default="", max_length=200, help_text=f"Any of: {', '.join(names)}; separated by commas."
        )

    def run_validation(self, data: Any = serializers.empty) -> Any:
        asked = tuple(filter(None, super().run_validation(data).split(",")))
        if unknown := sorted(set(asked) - set(self.names)):
            allowed = ", ".join(self.names)
            raise serializers.ValidationError(f"{', '.join(unknown)} can't be expanded here; {allowed} can.")
        return asked


def expand_query_field(names: Sequence[str]) -> ExpandQueryField:
    """With the choice as a pattern in the schema."""
    name = f"({'|'.join(names)})?"
    schema = {"type": "string", "maxLength": 200, "pattern": f"^{name}(,{name})*$", "default": ""}
    return extend_schema_field(schema)(type("ExpandQueryField", (ExpandQueryField,), {}))(names)

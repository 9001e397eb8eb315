"""`expand=invitation,invitation.candidate`: whole objects in place of their ids, and of those in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from interviews.api.authentication import check_scope, key_of
from interviews.api.ids import EXPANDABLE, id_schema, write_id
from interviews.api.parsing import StrictSerializer, read_query
from tenants.models import ApiKey

#: What is expanded, each name with those before its points: `invitation.candidate` comes with `invitation`.
Names = tuple[str, ...]


def nest(name: str, scope: str, inner: Mapping[str, str]) -> dict[str, str]:
    """What can be expanded and the scope that it takes, for `name` and for what can be expanded in it."""
    return {name: scope} | {f"{name}.{each}": needed for each, needed in inner.items()}


def below(name: str, names: Names) -> Names:
    """What is expanded in the object `name`."""
    return tuple(each.removeprefix(f"{name}.") for each in names if each.startswith(f"{name}."))


def prefetch(name: str, rows: QuerySet[Any], names: Names) -> tuple[Prefetch, ...]:
    """For `prefetch_related`: `name` out of these rows, if it is expanded."""
    return (Prefetch(name, queryset=rows),) if name in names else ()


def check_expand(key: ApiKey, scopes: Mapping[str, str], names: Names) -> None:
    """What a key may not read by itself it does not read here either. Raises Problem."""
    for name in names:
        check_scope(key, scopes[name])


class ExpandField(serializers.Field):
    """The id of a related row, or the row itself when the request asks for it."""

    def __init__(self, kind: str, row: type[serializers.Serializer], **kwargs: Any) -> None:
        """Of an id of this kind, and of the row as `row` shows it."""
        self.kind, self.row = kind, row
        super().__init__(read_only=True, **kwargs)

    @property
    def names(self) -> Names:
        names: Names = self.context.get("expand", ())
        return names

    def get_attribute(self, instance: Any) -> Any:
        if self.field_name in self.names:
            return super().get_attribute(instance)
        return getattr(instance, f"{self.source}_id")

    def to_representation(self, value: Any) -> Any:
        if hasattr(value, "pk"):
            return self.row(value, context={"expand": below(str(self.field_name), self.names)}).data
        return write_id(self.kind, value)


class ExpandFieldSchema(OpenApiSerializerFieldExtension):
    target_class = ExpandField

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        row = auto_schema.resolve_serializer(self.target.row, direction)
        return {"oneOf": [id_schema(self.target.kind), row.ref], EXPANDABLE: True}


class ExpandQueryField(serializers.CharField):
    """A comma-separated choice of `names`. In code it is Names."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            required=False,
            default="",
            max_length=200,
            help_text=f"Whole objects in place of ids. Any of: {', '.join(names)}; separated by commas.",
        )

    def run_validation(self, data: Any = serializers.empty) -> Any:
        asked = tuple(filter(None, super().run_validation(data).split(",")))
        if unknown := sorted(set(asked) - set(self.names)):
            allowed = ", ".join(self.names)
            raise serializers.ValidationError(f"{', '.join(unknown)} can't be expanded here; {allowed} can.")
        return tuple(name for name in self.names if any(each == name or each.startswith(f"{name}.") for each in asked))


def expand_query_field(names: Sequence[str]) -> ExpandQueryField:
    """With the choice as a pattern in the schema, and all of it as an example."""
    name = f"({'|'.join(map(re.escape, names))})?"
    everything = [each for each in names if not any(other.startswith(f"{each}.") for other in names)]
    schema = {
        "type": "string",
        "maxLength": 200,
        "pattern": f"^{name}(,{name})*$",
        "default": "",
        "examples": [",".join(everything)],
    }
    return extend_schema_field(schema)(type("ExpandQueryField", (ExpandQueryField,), {}))(names)


class ExpandQuery(StrictSerializer):
    """What may be asked of whoever shows a single object: which parts of it are to be whole."""

    #: What can be expanded, and the scope that this takes.
    names: ClassVar[Mapping[str, str]] = {}


def expand_query(scopes: Mapping[str, str]) -> type[ExpandQuery]:
    return type("ExpandQuery", (ExpandQuery,), {"names": scopes, "expand": expand_query_field(tuple(scopes))})


def read_expand(request: Request, query: type[ExpandQuery]) -> Names:
    """What the request wants whole. Raises Problem where its key may not read that by itself."""
    names: Names = read_query(request, query)["expand"]
    check_expand(key_of(request), query.names, names)
    return names

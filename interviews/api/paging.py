"""Pages of a list, newest first: `{"data": [...], "next_cursor": "...", "has_more": true}`.

The cursor is the place of the last row, so rows that come or go meanwhile are neither shown twice nor skipped, and a
page costs the same wherever it is.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from rest_framework import serializers


def read_page(
    rows: QuerySet[Any],
    *,
    query: dict[str, Any],
    row: type[serializers.Serializer],
    by: str = "created_at",
) -> dict[str, Any]:
    """One page of `rows` after `query["cursor"]`, of `query["limit"]` rows, each as `row` shows it; newest first."""
    if query["cursor"]:
        at, pk = read_cursor(query["cursor"])
        # The first condition says what the second implies, in a way that an index on `by` can serve.
        rows = rows.filter(Q(**{f"{by}__lte": at}) & (Q(**{f"{by}__lt": at}) | Q(pk__lt=pk)))
    limit = query["limit"]
    found = list(rows.order_by(f"-{by}", "-pk")[: limit + 1])
    page, has_more = found[:limit], len(found) > limit
    return {
        "data": row(page, many=True, context={"expand": query.get("expand", ())}).data,
        "next_cursor": write_cursor(getattr(page[-1], by), page[-1].pk) if has_more else None,
        "has_more": has_more,
    }


def write_cursor(at: datetime, pk: UUID) -> str:
    return urlsafe_b64encode(f"{at.isoformat()} {pk.hex}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[datetime, UUID]:
    try:
        written = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        at_text, pk_text = written.split(" ")
        at, pk = parse_datetime(at_text), UUID(pk_text)
    except (ValueError, binascii.Error):
        at = None
    if at is None or at.tzinfo is None:
        raise serializers.ValidationError({"cursor": ["This is no `next_cursor` of a page of this list."]})
    return at, pk


def page_serializer(row: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """For the schema: a page of such rows."""
    name = row.__name__.removesuffix("Serializer")
    fields = {
        "data": row(many=True),
        "next_cursor": serializers.CharField(allow_null=True),
        "has_more": serializers.BooleanField(),
    }
    return type(f"{name}PageSerializer", (serializers.Serializer,), fields)

"""Sessions: each attempt at an invitation's interview, and its events as they happen."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from interviews.api.authentication import authenticate_key, check_scope
from interviews.api.base import ApiView, find, name_request
from interviews.api.expanding import (
    ExpandField,
    Names,
    below,
    check_expand,
    expand_query,
    expand_query_field,
    nest,
    prefetch,
    read_expand,
)
from interviews.api.ids import id_field
from interviews.api.invitations import EXPAND as EXPAND_INVITATION
from interviews.api.invitations import InvitationSerializer, invitations
from interviews.api.limits import count_request
from interviews.api.paging import page_serializer, read_page
from interviews.api.parsing import Query, read_query
from interviews.api.problems import CONTENT_TYPE, Problem, as_api_exception, name_headers
from interviews.api.problems import describe as describe_problem
from interviews.api.schema import describe
from interviews.domain import notices
from interviews.enums import EndReason, Mode, SessionStatus
from interviews.models import Event, Session
from tenants.enums import Scope
from tenants.models import ApiKey
from tenants.scope import tenant_scope

#: Seconds between signs of life, so that proxies keep the connection.
KEEP_ALIVE = 15.0
BATCH = 200
#: Streams that a key may have open at a time, in each web process.
MAX_STREAMS = 20
#: Seconds after the end of a session in which its bot may still bring what it had not sent.
AFTERMATH = 10.0
#: What can be expanded, and the scope that this takes.
EXPAND = nest("invitation", Scope.INVITATIONS_READ, EXPAND_INVITATION)

open_streams: Counter[UUID] = Counter()


class SessionSerializer(serializers.Serializer):
    id = id_field("session", source="pk", read_only=True)
    invitation = ExpandField("invitation", InvitationSerializer)
    number = serializers.IntegerField(help_text="Counts from 1 within the invitation.")
    status = serializers.ChoiceField(SessionStatus.choices)
    end_reason = serializers.ChoiceField(EndReason.choices, allow_blank=True)
    mode = serializers.ChoiceField(Mode.choices)
    requested_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class SessionQuery(Query):
    status = serializers.ChoiceField(SessionStatus.choices, required=False, help_text="Only those that stand so now.")
    invitation = id_field("invitation", required=False, help_text="Only those of this invitation.")
    candidate = id_field("candidate", required=False, help_text="Only those of this candidate.")
    interview = id_field("interview", required=False, help_text="Only those that hold this interview.")
    expand = expand_query_field(tuple(EXPAND))


ExpandQuery = expand_query(EXPAND)


FILTERS = {
    "status": "status",
    "invitation": "invitation_id",
    "candidate": "invitation__candidate_id",
    "interview": "invitation__interview_id",
}


def sessions(*, expand: Names = ()) -> QuerySet[Session]:
    theirs = invitations(expand=below("invitation", expand))
    return Session.objects.real().prefetch_related(*prefetch("invitation", theirs, expand))


class Sessions(ApiView):
    scopes: ClassVar = {"GET": Scope.SESSIONS_READ}

    @describe("List sessions", "sessions", answer=page_serializer(SessionSerializer), query=SessionQuery)
    def get(self, request: Request) -> Response:
        query = read_query(request, SessionQuery)
        check_expand(self.key, EXPAND, query["expand"])
        rows = sessions(expand=query["expand"])
        rows = rows.filter(**{FILTERS[name]: query[name] for name in FILTERS if name in query})
        return Response(read_page(rows, query=query, row=SessionSerializer, by="requested_at"))


class SessionDetail(ApiView):
    scopes: ClassVar = {"GET": Scope.SESSIONS_READ}

    @describe("Read a session", "sessions", answer=SessionSerializer, query=ExpandQuery)
    def get(self, request: Request, pk: UUID) -> Response:
        expand = read_expand(request, ExpandQuery)
        return Response(SessionSerializer(find(sessions(expand=expand), pk), context={"expand": expand}).data)


def open_stream(request: HttpRequest, pk: UUID) -> ApiKey:
    """The key that may follow this session. Leaves its limits' headers on the request; raises as other views do."""
    key = check_key(request)
    allowance = count_request(key)
    request.rate_headers = allowance.headers  # type: ignore[attr-defined]
    if not allowance.allowed:
        raise exceptions.Throttled(allowance.seconds)
    if open_streams[key.pk] >= MAX_STREAMS:
        text = f"A key may follow {MAX_STREAMS} sessions at a time. Close a stream first."
        raise Problem(429, "too_many_streams", text, Retry_After=str(round(KEEP_ALIVE)))
    with tenant_scope(key.tenant_id):
        if not Session.objects.real().filter(pk=pk).exists():
            raise exceptions.NotFound("There is nothing here with this id.")
    return key


def check_key(request: HttpRequest) -> ApiKey:
    """Raises an APIException."""
    key = authenticate_key(request)
    if key is None:
        raise exceptions.NotAuthenticated
    check_scope(key, Scope.SESSIONS_READ)
    return key


def may_go_on(request: HttpRequest) -> bool:
    """Whether the key that has opened a stream is still good for it."""
    try:
        check_key(request)
    except exceptions.APIException:
        return False
    return True


def read_events(*, tenant_id: UUID, pk: UUID, after: int) -> tuple[list[dict[str, Any]], bool]:
    """Stored events with a higher number than `after`, and whether that is all there will ever be.

    What a session's bot still brings after its end is waited for.
    """
    with tenant_scope(tenant_id):
        session = Session.objects.filter(pk=pk).first()
        if session is None:  # erased meanwhile
            return [], True
        rows = Event.objects.filter(session=session, seq__gt=after, seq__lte=session.last_seq).order_by("seq")[:BATCH]
        events = [{"seq": row.seq, "name": row.name or row.type, "at": row.at, "message": row.message} for row in rows]
        settled = timezone.now() - timedelta(seconds=AFTERMATH)
        over = session.status == SessionStatus.ENDED and (session.ended_at is None or session.ended_at <= settled)
        return events, over and len(events) < BATCH


def write_event(event: dict[str, Any]) -> str:
    """Source of the form: WHATWG HTML, "Server-sent events". JSON has no line breaks of its own."""
    body = json.dumps({"at": event["at"].isoformat(), "message": event["message"]}, separators=(",", ":"))
    return f"id: {event['seq']}\nevent: {event['name']}\ndata: {body}\n\n"


@csrf_exempt
async def stream_events(request: HttpRequest, pk: UUID) -> StreamingHttpResponse | JsonResponse:
    """`GET .../sessions/{id}/events`: what is stored, then what comes, until the session ends.

    `Last-Event-ID` goes on after that event, as browsers and clients send it by themselves. Each event is an RTVI
    message in `data`, its number in `id`.
    """
    name = name_request(request.headers.get("X-Request-Id", ""))
    try:
        if request.method != "GET":
            raise Problem(405, "method_not_allowed", "Events can be read only.", Allow="GET")
        after = request.headers.get("Last-Event-ID", "0")
        if not after.isdecimal() or len(after) > 9:
            raise Problem(400, "last_event_id", "Last-Event-ID must be the id of an event of this session.")
        key = await database_sync_to_async(open_stream)(request, pk)
    except Exception as error:
        told = as_api_exception(error, request=request, request_id=name)
        return JsonResponse(
            describe_problem(told) | {"request_id": name},
            status=told.status_code,
            content_type=CONTENT_TYPE,
            headers=headers_of(request, name) | name_headers(told),
        )
    return StreamingHttpResponse(
        follow(request, key=key, pk=pk, after=int(after)),
        content_type="text/event-stream",
        headers=headers_of(request, name) | {"X-Accel-Buffering": "no"},
    )


def headers_of(request: HttpRequest, name: str) -> dict[str, str]:
    """Of any answer to the request of this id."""
    return getattr(request, "rate_headers", {}) | {"X-Request-Id": name, "Cache-Control": "no-store"}


async def follow(request: HttpRequest, *, key: ApiKey, pk: UUID, after: int) -> AsyncIterator[str]:
    """Ends without `end` when the key has been revoked or has expired; whoever connects again is told."""
    layer = get_channel_layer()
    channel = await layer.new_channel()
    group = notices.session_group(pk)
    await layer.group_add(group, channel)
    open_streams[key.pk] += 1
    checked = time.monotonic()
    try:
        while True:
            if time.monotonic() - checked >= KEEP_ALIVE:
                if not await database_sync_to_async(may_go_on)(request):
                    return
                checked = time.monotonic()
            events, is_over = await database_sync_to_async(read_events)(tenant_id=key.tenant_id, pk=pk, after=after)
            for event in events:
                after = event["seq"]
                yield write_event(event)
            if is_over:
                yield "event: end\ndata: {}\n\n"
                return
            if len(events) == BATCH:
                continue
            try:
                await asyncio.wait_for(layer.receive(channel), KEEP_ALIVE)
            except TimeoutError:
                yield ": still here\n\n"
    finally:
        open_streams[key.pk] -= 1
        await layer.group_discard(group, channel)

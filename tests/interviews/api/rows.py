"""A row of each kind that the API shows, with all that one can have."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile

from interviews.api.ids import PREFIXES, write_id
from interviews.domain import erasure, result_links, sessions, webhooks
from interviews.enums import EndReason, InvitationStatus, RecordingState
from interviews.models import Invitation, Recording, Result
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import (
    AnswerFactory,
    QuestionFactory,
    launch_session,
    make_invitation,
    make_session,
    open_relay,
    say,
)


def make_rows(tenant: Tenant) -> dict[str, Any]:
    """By the kind of its id; the invitation is completed, and its result is shared."""
    Tenant.objects.filter(pk=tenant.pk).update(shares_results=True)
    with tenant_scope(tenant):
        endpoint, _ = webhooks.add_endpoint(url="https://hook.example/in")
        invitation = make_invitation()
        session = make_session(invitation=invitation)
        job = launch_session(session)
    say(open_relay(job), "Good day.")
    with tenant_scope(tenant):
        session.refresh_from_db()
        sessions.end_session(session=session, reason=EndReason.COMPLETED)
        AnswerFactory.create(invitation=invitation, session=session, question_id=uuid4())
        result = Result.objects.create(invitation=invitation, summary="A cook.", points=["Has led a kitchen."])
        Invitation.objects.filter(pk=invitation.pk).update(status=InvitationStatus.COMPLETED)
        recording = Recording.objects.create(session=session, state=RecordingState.READY, size=5)
        recording.file.save("whole", ContentFile(b"audio"))
        result_links.share_result(result=Result.objects.select_related("tenant").get(pk=result.pk), by="a test")
        question = QuestionFactory.create()
        hook, _ = webhooks.add_endpoint(url="https://hook.example/rest", is_hook=True)
        return {
            "interview": invitation.interview,
            "bank": question.bank,
            "question": question,
            "candidate": invitation.candidate,
            "invitation": invitation,
            "session": session,
            "result": result,
            "erasure": erasure.request_erasure(candidate=make_invitation().candidate, requested_by="a test"),
            "endpoint": endpoint,
            "hook": hook,
            "delivery": webhooks.send_test(endpoint=endpoint),
        }


def ids_by_prefix(rows: dict[str, Any]) -> dict[str, str]:
    return {PREFIXES[kind]: write_id(kind, row.pk) for kind, row in rows.items() if kind in PREFIXES}

"""Results, transcripts and recordings over the API."""

import pytest
from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.utils import timezone

from interviews.api.ids import write_id
from interviews.enums import InvitationStatus, RecordingState
from interviews.models import Invitation, Recording, Result, Review
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.api.conftest import ApiClient
from tests.interviews.console.test_recording import read_stream
from tests.interviews.factories import launch_session, make_invitation, make_session, open_relay, say

pytestmark = pytest.mark.django_db


def path_of(invitation: Invitation, below: str) -> str:
    return f"invitations/{write_id('invitation', invitation.pk)}/{below}"


def test_a_result_is_there_once_the_interview_is_complete(acme: Tenant, api: ApiClient) -> None:
    with tenant_scope(acme):
        invitation = make_invitation()
    status, body = api.get(path_of(invitation, "result"))
    assert (status, body["code"]) == (404, "no_result_yet")
    with tenant_scope(acme):
        Result.objects.create(invitation=invitation, summary="A cook.", points=["Has led a kitchen."])
        Invitation.objects.filter(pk=invitation.pk).update(status=InvitationStatus.COMPLETED)
    status, body = api.get(path_of(invitation, "result"))
    assert status == 200
    assert (body["invitation"], body["summary"], body["points"], body["answers"]) == (
        write_id("invitation", invitation.pk),
        "A cook.",
        ["Has led a kitchen."],
        [],
    )


def test_a_decision_is_not_shown_before_the_scores_are(acme: Tenant, owner: User, api: ApiClient) -> None:
    with tenant_scope(acme):
        invitation = make_invitation(interview__blind_review=True)
        result = Result.objects.create(invitation=invitation, decision="advance", decided_at=timezone.now())
        Invitation.objects.filter(pk=invitation.pk).update(status=InvitationStatus.COMPLETED)
    body = api.get(path_of(invitation, "result"))[1]
    assert (body["scores"], body["decision"], body["decided_at"]) == (None, "", None)
    with tenant_scope(acme):
        Review.objects.create(result=result, reviewer=owner, decision="advance")
    body = api.get(path_of(invitation, "result"))[1]
    assert (body["decision"], body["decided_at"] is not None) == ("advance", True)


def test_a_rehearsal_is_not_there(acme: Tenant, api: ApiClient) -> None:
    with tenant_scope(acme):
        invitation = make_invitation(rehearsal=True)
        session = make_session(invitation=invitation)
        Result.objects.create(invitation=invitation)
        Invitation.objects.filter(pk=invitation.pk).update(status=InvitationStatus.COMPLETED)
    candidate = f"candidates/{write_id('candidate', invitation.candidate_id)}"
    reads = ["result", "transcript", "recording"]
    paths = [candidate, f"{candidate}/data", f"sessions/{write_id('session', session.pk)}"]
    paths += [path_of(invitation, below) for below in reads]
    assert [api.get(path)[0] for path in paths] == [404] * len(paths)
    assert [api.post(path_of(invitation, below), {})[0] for below in ("cancel", "resend", "result-link")] == [404] * 3


def test_the_transcript_is_what_was_said(acme: Tenant, api: ApiClient) -> None:
    with tenant_scope(acme):
        invitation = make_invitation()
        session = make_session(invitation=invitation)
        job = launch_session(session)
    assert api.get(path_of(invitation, "transcript"))[1]["turns"] == []
    say(open_relay(job), "Good day.")
    _, body = api.get(path_of(invitation, "transcript"))
    assert [(turn["session"], turn["text"]) for turn in body["turns"]] == [
        (write_id("session", session.pk), "Good day.")
    ]


def test_a_recording_is_served_whole_and_in_ranges(acme: Tenant, api: ApiClient) -> None:
    with tenant_scope(acme):
        invitation = make_invitation()
        session = make_session(invitation=invitation)
    assert api.get(path_of(invitation, "recording"))[0] == 404
    with tenant_scope(acme):
        recording = Recording.objects.create(session=session, state=RecordingState.READY, size=5)
        recording.file.save("whole", ContentFile(b"audio"))
    path = path_of(invitation, "recording")
    read = async_to_sync(read_stream)
    assert (api.get(path)[0], read(api.last), api.last["Content-Type"]) == (200, b"audio", "audio/mpeg")
    assert (api.get(path, Range="bytes=1-2")[0], read(api.last)) == (206, b"ud")
    assert (api.get(path, Range="lines=1-2")[0], read(api.last)) == (200, b"audio")
    assert api.get(path, Range="bytes=9-")[0] == 416
    assert api.get(f"{path}?session={write_id('session', session.pk)}")[0] == 200
    assert api.get(f"{path}?session=ses_{32 * '0'}")[0] == 404

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from interviews import tasks
from interviews.domain import slots, sweeps
from interviews.enums import EndReason, InvitationStatus, SessionStatus
from interviews.models import Invitation, OutgoingEmail, Session
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import InvitationFactory, launch_session, make_session


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[str, ...]]]:
    """What the sweep hands to Celery, by task."""
    calls: dict[str, list[tuple[str, ...]]] = {"launch_session": [], "send_email": [], "complete_invitation": []}

    def record(name: str) -> Callable[..., None]:
        return lambda *args: calls[name].append(args)

    for name in calls:
        monkeypatch.setattr(getattr(tasks, name), "delay", record(name))
    return calls


def test_it_closes_silent_sessions_of_every_company(acme: Tenant, globex: Tenant, enqueued: dict[str, Any]) -> None:
    lost: list[Session] = []
    for tenant in (acme, globex):
        with tenant_scope(tenant):
            session = make_session()
            launch_session(session)
            Session.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=5))
            beating = make_session()
            launch_session(beating)
            Session.objects.filter(pk=beating.pk).update(heartbeat_at=timezone.now())
            lost.append(session)
    tasks.sweep()
    for tenant, session in zip((acme, globex), lost, strict=True):
        with tenant_scope(tenant):
            assert list(Session.objects.filter(status=SessionStatus.ENDED).values_list("pk", "end_reason")) == [
                (session.pk, EndReason.BOT_LOST)
            ]


def test_the_longest_waiting_is_launched_when_there_is_room(
    acme: Tenant, globex: Tenant, enqueued: dict[str, Any], settings: Any
) -> None:
    settings.BOT_RUNNER_URLS, settings.BOT_SESSIONS_PER_RUNNER = ["http://a"], 1
    waiting = []
    for tenant in (acme, globex):
        with tenant_scope(tenant):
            waiting.append(make_session())
    slots.sync_slots()
    tasks.sweep()
    assert enqueued["launch_session"] == [(str(acme.pk), str(waiting[0].pk))]
    slots.take_slot(session_id=waiting[0].pk)
    assert sweeps.sessions_to_launch() == []


def test_a_launch_whose_worker_died_is_taken_up(acme: Tenant, enqueued: dict[str, Any]) -> None:
    with tenant_scope(acme):
        session = make_session()
        Session.objects.update(status=SessionStatus.STARTING, launched_at=timezone.now() - timedelta(minutes=2))
    tasks.sweep()
    assert enqueued["launch_session"] == [(str(acme.pk), str(session.pk))]


def test_overdue_invitations_expire(acme: Tenant, enqueued: dict[str, Any]) -> None:
    with tenant_scope(acme):
        overdue = InvitationFactory(expires_at=timezone.now() - timedelta(minutes=1))
        InvitationFactory()
    tasks.sweep()
    with tenant_scope(acme):
        assert Invitation.objects.get(status=InvitationStatus.EXPIRED) == overdue


def test_what_the_broker_lost_is_found_again(acme: Tenant, enqueued: dict[str, Any]) -> None:
    with tenant_scope(acme):
        processing = InvitationFactory.create(status=InvitationStatus.PROCESSING)
        mail = OutgoingEmail.objects.create(invitation=processing, kind="invitation", recipient="a@b.example")
        OutgoingEmail.objects.update(created_at=timezone.now() - timedelta(minutes=3))
    tasks.sweep()
    assert enqueued["send_email"] == [(str(acme.pk), str(mail.pk))]
    assert enqueued["complete_invitation"] == [(str(acme.pk), str(processing.pk))]

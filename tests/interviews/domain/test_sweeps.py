from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from interviews import tasks
from interviews.domain import invitations, queue, slots, sweeps
from interviews.enums import EndReason, InvitationStatus, SessionStatus
from interviews.models import Invitation, OutgoingEmail, Session
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import InvitationFactory, launch_session, make_session


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
        OutgoingEmail.objects.update(due_at=timezone.now() - timedelta(minutes=3))
    tasks.sweep()
    assert enqueued["send_email"] == [(str(acme.pk), str(mail.pk))]
    assert enqueued["complete_invitation"] == [(str(acme.pk), str(processing.pk))]


def test_a_row_that_fails_keeps_no_other_from_its_turn(
    acme: Tenant, enqueued: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_scope(acme):
        past = timezone.now() - timedelta(minutes=1)
        first, second = sorted((InvitationFactory.create(expires_at=past) for _ in range(2)), key=lambda row: row.pk)
        waiting = InvitationFactory.create(status=InvitationStatus.PROCESSING)
    expire = invitations.expire_overdue

    def stumble(*, invitation_id: UUID) -> bool:
        if invitation_id == first.pk:
            raise RuntimeError("what nobody thought of")
        return expire(invitation_id=invitation_id)

    monkeypatch.setattr(invitations, "expire_overdue", stumble)

    def find_nothing() -> sweeps.Ids:
        raise RuntimeError("nor this")

    monkeypatch.setattr(tasks, "DUTIES", ((find_nothing, tasks.reap_session), *tasks.DUTIES))
    tasks.sweep()
    with tenant_scope(acme):
        assert Invitation.objects.get(status=InvitationStatus.EXPIRED) == second
    assert enqueued["complete_invitation"] == [(str(acme.pk), str(waiting.pk))]


@pytest.mark.django_db(transaction=True)
def test_places_in_the_queue_wait_for_nobody(acme: Tenant) -> None:
    with tenant_scope(acme):
        first, second = make_session(), make_session()
    with ThreadPoolExecutor(1) as other, tenant_scope(acme):
        # As a launch has it that waits for its own turn with another row.
        Session.objects.select_for_update(no_key=True).get(pk=first.pk)
        assert other.submit(number_queue).result(timeout=60) == [(acme.pk, second.invitation_id)]
    assert sweeps.number_queue() == [(acme.pk, first.invitation_id)]


def number_queue() -> sweeps.Ids:
    """In a thread of its own."""
    try:
        return sweeps.number_queue()
    finally:
        connection.close()


def test_what_no_worker_has_come_to_is_handed_out_once(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr(queue, "send", lambda *what: sent.append(what))
    endpoint, callback = uuid4(), uuid4()
    for _ in range(3):
        tasks.hand_out_webhooks(acme.pk, endpoint)
        tasks.hand_out_callback(acme.pk, callback)
    assert sent == [("deliver_webhooks", acme.pk, endpoint), ("send_ats_callback", acme.pk, callback)]
    tasks.send_ats_callback(str(acme.pk), str(callback))
    tasks.deliver_webhooks(str(acme.pk), str(endpoint))
    tasks.hand_out_callback(acme.pk, callback)
    tasks.hand_out_webhooks(acme.pk, endpoint)
    assert sent[2:] == [("send_ats_callback", acme.pk, callback), ("deliver_webhooks", acme.pk, endpoint)]

"""Webhooks: every event delivered, or visibly failed and sent again on wish."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import Settings
from standardwebhooks.webhooks import Webhook

from interviews.domain import deliveries, erasure, invitations, outbox, sessions, webhooks
from interviews.enums import DeliveryStatus, EndReason, InvitationStatus, WebhookEventType
from interviews.models import (
    Invitation,
    Order,
    OutgoingEmail,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)
from tenants.domain.vault import unseal
from tenants.enums import Role
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.conftest import make_member
from tests.interviews.domain.receiver import Receiver, receiving
from tests.interviews.factories import InterviewFactory, launch_session, make_invitation, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    with receiving() as receiver:
        settings.OUTBOUND_ALLOWED = [receiver.netloc]
        yield receiver


@pytest.fixture
def hook(in_acme: Tenant, receiver: Receiver) -> tuple[WebhookEndpoint, str]:
    """An endpoint for all events, and its secret."""
    return webhooks.add_endpoint(url=receiver.url)


def invite(**more: Any) -> Invitation:
    who: dict[str, Any] = {"candidate_name": "Ana", "candidate_email": "ana@example.org"}
    return invitations.create_invitation(interview=InterviewFactory.create(), notify=False, **who, **more)


def attempt(delivery: WebhookDelivery) -> WebhookDelivery:
    """What the task does; the delivery afterwards."""
    batch = deliveries.claim_batch(endpoint_id=delivery.endpoint_id)
    assert batch is not None
    deliveries.record_answers(batch=batch, answers=deliveries.send(batch))
    delivery.refresh_from_db()
    return delivery


def make_due(delivery: WebhookDelivery) -> None:
    WebhookDelivery.objects.filter(pk=delivery.pk).update(next_try_at=timezone.now())


def make_due_since(endpoint: WebhookEndpoint, *, minutes: int) -> None:
    at = timezone.now() - timedelta(minutes=minutes)
    WebhookDelivery.objects.filter(endpoint=endpoint).update(next_try_at=at)


def test_the_published_vector() -> None:
    """Source: the Standard Webhooks specification's own example."""
    secret, id_ = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    signed = Webhook(secret).sign(id_, datetime.fromtimestamp(1614265330, tz=UTC), '{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_event_arrives_signed(hook: tuple[WebhookEndpoint, str], receiver: Receiver) -> None:
    invitation = invite()
    delivery = attempt(WebhookDelivery.objects.get())
    assert (delivery.status, delivery.tries) == (DeliveryStatus.DELIVERED, 1)
    (taken,) = receiver.taken
    body = Webhook(hook[1]).verify(taken.body, taken.headers)
    assert body == {
        "type": "invitation.created",
        "timestamp": body["timestamp"],
        "data": {
            "invitation": f"inv_{invitation.pk.hex}",
            "interview": f"int_{invitation.interview_id.hex}",
            "candidate": f"cand_{invitation.candidate_id.hex}",
            "status": "created",
            "external": None,
        },
    }
    assert taken.headers["webhook-id"] == f"evt_{delivery.event_id.hex}"
    kept = WebhookAttempt.objects.get()
    assert (kept.status, kept.response, kept.error) == (200, "thanks", "")


def test_the_story_is_told_event_by_event(hook: tuple[WebhookEndpoint, str]) -> None:
    invitation = invite()
    invitations.cancel(invitation=invitation, notify=False)
    invitations.decline(invitation=invite())
    erasure.erase(erasure_id=erasure.request_erasure(candidate=invitation.candidate, requested_by="test").pk)
    assert list(WebhookEvent.objects.order_by("created_at").values_list("type", flat=True)) == [
        "invitation.created",
        "invitation.canceled",
        "invitation.created",
        "invitation.declined",
        "candidate.data_deleted",
    ]
    assert "ana@example.org" not in "".join(WebhookEvent.objects.values_list("body", flat=True))


def test_a_session_that_began_is_told_with_the_status_that_this_gave(hook: tuple[WebhookEndpoint, str]) -> None:
    invitation = make_invitation()
    for _ in range(2):
        session = make_session(invitation=invitation)
        launch_session(session)
        sessions.go_live(session=session)
        sessions.end_session(session=session, reason=EndReason.BOT_LOST)
    told = [json.loads(body) for body in WebhookEvent.objects.order_by("created_at").values_list("body", flat=True)]
    began = [body for body in told if body["type"] != "session.ended"]
    assert [(body["type"], body["data"]["status"]) for body in began] == [
        ("session.started", "in_progress"),
        ("session.resumed", "in_progress"),
    ]


def test_erasure_takes_the_other_systems_ids_out_of_what_was_told(hook: tuple[WebhookEndpoint, str]) -> None:
    order = Order(system="hr", application_id="4711", order_id="order-4711")
    invitation = invite(order=order)
    wish = erasure.request_erasure(candidate=invitation.candidate, requested_by="them")
    assert "4711" in WebhookEvent.objects.get().body
    erasure.erase(erasure_id=wish.pk)
    bodies = [json.loads(body)["data"] for body in WebhookEvent.objects.values_list("body", flat=True)]
    assert [body["external"] for body in bodies if "invitation" in body] == [None, None]


def test_only_what_was_asked_for_is_told(in_acme: Tenant, receiver: Receiver) -> None:
    webhooks.add_endpoint(url=receiver.url, events=[WebhookEventType.INVITATION_DECLINED])
    invitations.decline(invitation=invite())
    assert list(WebhookEvent.objects.values_list("type", flat=True)) == ["invitation.declined"]


def test_a_rehearsal_is_not_told(hook: tuple[WebhookEndpoint, str]) -> None:
    invitation = make_invitation(rehearsal=True)
    assert outbox.tell_of_invitation(WebhookEventType.RESULT_READY, invitation_id=invitation.pk) is None


def test_what_is_rolled_back_was_never_told(hook: tuple[WebhookEndpoint, str]) -> None:
    with transaction.atomic():
        invite()
        transaction.set_rollback(True)
    assert WebhookEvent.objects.count() == 0


FAILURES: dict[str, tuple[int, dict[str, str]]] = {
    "500": (500, {}),
    "redirect": (302, {"Location": "http://169.254.169.254/"}),
    "not found": (404, {}),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failed_try_is_kept_and_comes_again(hook: tuple[WebhookEndpoint, str], receiver: Receiver, name: str) -> None:
    invite()
    status, headers = FAILURES[name]
    receiver.answer(status, b"no", **headers)
    delivery = attempt(WebhookDelivery.objects.get())
    assert (delivery.status, delivery.tries) == (DeliveryStatus.PENDING, 1)
    assert delivery.next_try_at is not None
    assert timedelta(seconds=4) < delivery.next_try_at - timezone.now() < timedelta(seconds=6)
    assert deliveries.claim_batch(endpoint_id=delivery.endpoint_id) is None
    receiver.answer(200)
    make_due(delivery)
    assert attempt(delivery).status == DeliveryStatus.DELIVERED
    first, second = receiver.taken
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert list(WebhookAttempt.objects.values_list("number", "status")) == [(1, status), (2, 200)]


@pytest.mark.parametrize(
    ("body", "headers", "kept"),
    [
        (b"no\0t no\x1bw\r\n\xff", {}, "not now \ufffd"),
        (gzip.compress(b"not now"), {"Content_Encoding": "gzip"}, "not now"),
        (bytes(range(256)), {"Content_Encoding": "gzip"}, None),
    ],
)
def test_an_answer_of_any_bytes_is_kept_as_a_try(
    hook: tuple[WebhookEndpoint, str], receiver: Receiver, body: bytes, headers: dict[str, str], kept: str | None
) -> None:
    invite()
    receiver.answer(500, body, **headers)
    delivery = attempt(WebhookDelivery.objects.get())
    assert (delivery.status, delivery.tries) == (DeliveryStatus.PENDING, 1)
    response = WebhookAttempt.objects.get().response
    assert response == kept if kept else response.isprintable()


def test_a_secret_that_cannot_be_opened_any_more_is_a_failed_try(
    hook: tuple[WebhookEndpoint, str], receiver: Receiver, settings: Settings
) -> None:
    invite()
    settings.SECRET_KEY = "another one"
    delivery = attempt(WebhookDelivery.objects.get())
    assert (delivery.status, delivery.tries, receiver.taken) == (DeliveryStatus.PENDING, 1, [])
    kept = WebhookAttempt.objects.get()
    assert (kept.status, kept.error) == (
        None,
        "A stored secret can't be read: SECRET_KEY has changed. Enter it again.",
    )


def test_after_the_last_try_it_has_failed_and_can_be_sent_again(
    hook: tuple[WebhookEndpoint, str], receiver: Receiver
) -> None:
    invite()
    receiver.answer(500)
    delivery = WebhookDelivery.objects.get()
    for _ in range(len(deliveries.SCHEDULE) + 1):
        make_due(delivery)
        delivery = attempt(delivery)
    assert (delivery.status, delivery.tries, delivery.next_try_at) == (DeliveryStatus.FAILED, 10, None)
    receiver.answer(204)
    assert deliveries.redeliver(WebhookDelivery.objects.all()) == 1
    assert attempt(delivery).status == DeliveryStatus.DELIVERED
    assert len({taken.headers["webhook-id"] for taken in receiver.taken}) == 1
    assert list(WebhookAttempt.objects.values_list("number", flat=True)) == list(range(1, 12))


def test_a_receiver_may_ask_for_time(hook: tuple[WebhookEndpoint, str], receiver: Receiver) -> None:
    for asked in ("3600", format_datetime(timezone.now() + timedelta(hours=1), usegmt=True)):
        invite()
        receiver.answer(429, Retry_After=asked)
        delivery = attempt(WebhookDelivery.objects.latest("created_at"))
        assert delivery.next_try_at is not None
        assert delivery.next_try_at - timezone.now() > timedelta(minutes=59)


def test_gone_switches_off_and_says_so(in_acme: Tenant, hook: tuple[WebhookEndpoint, str], receiver: Receiver) -> None:
    make_member_in(in_acme)
    invite()
    receiver.answer(410)
    assert attempt(WebhookDelivery.objects.get()).status == DeliveryStatus.FAILED
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.disabled_at is not None, endpoint.disabled_reason) == (True, "The receiver answered 410 Gone.")
    mail = OutgoingEmail.objects.get(kind="notice")
    assert (mail.recipient, mail.subject) == ("owner@acme.example", "A webhook was switched off")
    invite_again = WebhookEvent.objects.count()
    invite()
    assert WebhookEvent.objects.count() == invite_again


def make_member_in(tenant: Tenant) -> None:
    make_member(tenant, Role.OWNER)


def test_five_days_of_failures_switch_off(hook: tuple[WebhookEndpoint, str], receiver: Receiver) -> None:
    invite()
    receiver.answer(500)
    attempt(WebhookDelivery.objects.get())
    now = timezone.now()
    failing = {"failing_since": now - timedelta(days=5, seconds=1), "failed_at": now - timedelta(hours=27)}
    WebhookEndpoint.objects.update(**failing)
    deliveries.redeliver(WebhookDelivery.objects.all())
    attempt(WebhookDelivery.objects.get())
    assert WebhookEndpoint.objects.get().disabled_at is not None
    assert deliveries.redeliver(WebhookDelivery.objects.all()) == 0
    webhooks.change_endpoint(endpoint=WebhookEndpoint.objects.get(), is_enabled=True)
    assert deliveries.redeliver(WebhookDelivery.objects.all()) == 1


def test_a_failure_after_quiet_weeks_is_the_first_of_its_days(
    hook: tuple[WebhookEndpoint, str], receiver: Receiver
) -> None:
    invite()
    receiver.answer(500)
    attempt(WebhookDelivery.objects.get())
    long_ago = timezone.now() - timedelta(weeks=3)
    WebhookEndpoint.objects.update(failing_since=long_ago, failed_at=long_ago)
    deliveries.redeliver(WebhookDelivery.objects.all())
    attempt(WebhookDelivery.objects.get())
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.disabled_at is None
    assert endpoint.failing_since is not None
    assert endpoint.failing_since == endpoint.failed_at
    assert timezone.now() - timedelta(hours=1) < endpoint.failing_since


def test_one_worker_sends_to_an_endpoint_at_a_time_and_a_dead_ones_batch_comes_back(
    hook: tuple[WebhookEndpoint, str],
) -> None:
    invite()
    endpoint_id = hook[0].pk
    first = deliveries.claim_batch(endpoint_id=endpoint_id)
    assert first is not None
    assert deliveries.claim_batch(endpoint_id=endpoint_id) is None
    WebhookEndpoint.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    second = deliveries.claim_batch(endpoint_id=endpoint_id)
    assert second is not None
    assert second.messages == first.messages
    deliveries.record_answers(batch=first, answers=deliveries.send(first))
    assert WebhookEndpoint.objects.get().claimed_until == second.claimed_until


def test_a_company_takes_its_share_of_workers_and_the_longest_waiting_is_next(
    acme: Tenant, globex: Tenant, receiver: Receiver
) -> None:
    with tenant_scope(acme):
        urls = [f"{receiver.url}/{number}" for number in range(deliveries.AT_ONCE + 2)]
        *served, next_one, last = [webhooks.add_endpoint(url=url)[0] for url in urls]
        for endpoint in (*served, last, next_one):
            webhooks.send_test(endpoint=endpoint)
        make_due_since(next_one, minutes=2)
        make_due_since(last, minutes=1)
        batches = [deliveries.claim_batch(endpoint_id=endpoint.pk) for endpoint in (*served, next_one, last)]
        assert [batch is None for batch in batches] == [False] * deliveries.AT_ONCE + [True, True]
        done = batches[0]
        assert done is not None
        deliveries.record_answers(batch=done, answers=deliveries.send(done))
        assert deliveries.find_waiting(besides=done.endpoint_id) == next_one.pk
        assert deliveries.claim_batch(endpoint_id=next_one.pk) is not None
        assert deliveries.claim_batch(endpoint_id=last.pk) is None
    with tenant_scope(globex):
        theirs, _secret = webhooks.add_endpoint(url=receiver.url)
        webhooks.send_test(endpoint=theirs)
        assert deliveries.find_waiting(besides=theirs.pk) is None
        assert deliveries.claim_batch(endpoint_id=theirs.pk) is not None


def test_a_late_worker_takes_nothing_back(hook: tuple[WebhookEndpoint, str], receiver: Receiver) -> None:
    """It was thought dead, and another one has delivered meanwhile: its failure is kept, and changes nothing."""
    invite()
    late = deliveries.claim_batch(endpoint_id=hook[0].pk)
    assert late is not None
    WebhookEndpoint.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    attempt(WebhookDelivery.objects.get())
    receiver.answer(500)
    deliveries.record_answers(batch=late, answers=deliveries.send(late))
    assert WebhookDelivery.objects.get().status == DeliveryStatus.DELIVERED
    assert list(WebhookAttempt.objects.order_by("status").values_list("status", flat=True)) == [200, 500]


def test_what_is_due_goes_out_at_once_and_each_is_judged_alone(
    hook: tuple[WebhookEndpoint, str], receiver: Receiver
) -> None:
    for _ in range(12):
        invite()
    receiver.answers = [*3 * [(500, dict[str, str](), b"")], (200, {}, b"")]
    attempt(WebhookDelivery.objects.order_by("created_at")[0])
    assert sorted(WebhookDelivery.objects.values_list("status", "tries")) == 9 * [("delivered", 1)] + 3 * [
        ("pending", 1)
    ]
    assert len({taken.headers["webhook-id"] for taken in receiver.taken}) == 12
    assert WebhookEndpoint.objects.values_list("claimed_until", "failing_since").get() == (None, None)


def test_what_a_slow_receiver_leaves_no_time_for_stays_due(
    hook: tuple[WebhookEndpoint, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        invite()
    monkeypatch.setattr(deliveries, "WINDOW", -1)
    attempt(WebhookDelivery.objects.order_by("created_at")[0])
    assert list(WebhookDelivery.objects.values_list("status", "tries")) == 3 * [("pending", 0)]
    monkeypatch.setattr(deliveries, "WINDOW", 5)
    attempt(WebhookDelivery.objects.order_by("created_at")[0])
    assert list(WebhookDelivery.objects.values_list("status", "tries")) == 3 * [("delivered", 1)]


def test_what_is_due_at_an_endpoint_that_is_off_has_failed(hook: tuple[WebhookEndpoint, str]) -> None:
    invite()
    webhooks.change_endpoint(endpoint=hook[0], is_enabled=False)
    assert deliveries.claim_batch(endpoint_id=hook[0].pk) is None
    assert WebhookDelivery.objects.values_list("status", "next_try_at").get() == (DeliveryStatus.FAILED, None)
    assert WebhookEndpoint.objects.get().claimed_until is None


def test_what_was_deleted_meanwhile_is_passed_over(hook: tuple[WebhookEndpoint, str]) -> None:
    invite()
    batch = deliveries.claim_batch(endpoint_id=hook[0].pk)
    assert batch is not None
    answers = deliveries.send(batch)
    WebhookEvent.objects.all().delete()
    deliveries.record_answers(batch=batch, answers=answers)
    hook[0].delete()
    deliveries.record_answers(batch=batch, answers=answers)
    assert WebhookAttempt.objects.count() == 0


def test_after_a_rotation_both_secrets_verify(hook: tuple[WebhookEndpoint, str], receiver: Receiver) -> None:
    endpoint, old = hook
    new = webhooks.rotate_secret(endpoint=endpoint)
    invite()
    attempt(WebhookDelivery.objects.get())
    (taken,) = receiver.taken
    assert Webhook(old).verify(taken.body, taken.headers) == Webhook(new).verify(taken.body, taken.headers)
    [(sealed, _until)] = WebhookEndpoint.objects.get().previous_secrets
    WebhookEndpoint.objects.update(previous_secrets=[[sealed, timezone.now().isoformat()]])
    deliveries.redeliver(WebhookDelivery.objects.all())
    attempt(WebhookDelivery.objects.get())
    assert len(receiver.taken[1].headers["webhook-signature"].split()) == 1


def test_a_change_undoes_no_rotation_and_no_switch_off(hook: tuple[WebhookEndpoint, str]) -> None:
    """Which came between its reading and its writing."""
    read_before = WebhookEndpoint.objects.get()
    new = webhooks.rotate_secret(endpoint=hook[0])
    WebhookEndpoint.objects.update(disabled_at=timezone.now(), disabled_reason="The receiver answered 410 Gone.")
    webhooks.change_endpoint(endpoint=read_before, description="ours")
    now = WebhookEndpoint.objects.get()
    assert (unseal(now.secret), now.description) == (new, "ours")
    assert (now.disabled_at is None, now.disabled_reason) == (False, "The receiver answered 410 Gone.")
    assert (read_before.secret, read_before.disabled_at) == (now.secret, now.disabled_at)


def test_each_secret_signs_for_its_day_however_often_it_is_rotated(
    hook: tuple[WebhookEndpoint, str], receiver: Receiver
) -> None:
    """And whoever rotates it, having read it before another did."""
    read_before = WebhookEndpoint.objects.get()
    every = [hook[1], webhooks.rotate_secret(endpoint=hook[0])]
    every += [webhooks.rotate_secret(endpoint=read_before) for _ in range(webhooks.MAX_PREVIOUS - 1)]
    with pytest.raises(webhooks.TooManyRotations):
        webhooks.rotate_secret(endpoint=read_before)
    invite()
    attempt(WebhookDelivery.objects.get())
    (taken,) = receiver.taken
    assert len({json.dumps(Webhook(secret).verify(taken.body, taken.headers)) for secret in every}) == 1
    assert len(taken.headers["webhook-signature"].split()) == len(every) == webhooks.MAX_PREVIOUS + 1


def test_secrets_are_sealed_at_rest_and_cut_from_answers(hook: tuple[WebhookEndpoint, str], receiver: Receiver) -> None:
    endpoint, secret = hook
    assert secret not in json.dumps(endpoint.secret)
    assert unseal(endpoint.secret) == secret
    invite()
    receiver.answer(500, f"Authorization: Bearer abc, {secret}\n".encode() + 500 * b"x")
    attempt(WebhookDelivery.objects.get())
    kept: Any = WebhookAttempt.objects.get().response
    assert (kept.startswith("Authorization: … …"), secret in kept, len(kept)) == (True, False, deliveries.KEPT)


def test_an_invitation_status_is_as_it_was_when_it_happened(hook: tuple[WebhookEndpoint, str]) -> None:
    invitation = invite()
    invitations.cancel(invitation=invitation, notify=False)
    told = [json.loads(body)["data"]["status"] for body in WebhookEvent.objects.values_list("body", flat=True)]
    assert sorted(told) == [InvitationStatus.CANCELED, InvitationStatus.CREATED]

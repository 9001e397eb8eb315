"""Whatever dies or misbehaves, each event is delivered or has visibly failed, and comes again under its own id only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial

import pytest
from pytest_django.fixtures import Settings

from interviews.domain import deliveries, invitations
from interviews.enums import DeliveryStatus, EmailStatus
from interviews.models import OutgoingEmail, WebhookDelivery, WebhookEndpoint
from tenants.domain.tenants import create_tenant
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.interviews.factories import InterviewFactory
from tests.workers.crew import Crew
from tests.workers.inbox import Inbox, receiving
from tests.workers.outbox import Outbox

EVENTS = 10_000
#: How many of them stand in the outbox already, as after an outage of the broker; the others are told meanwhile.
BACKLOG = 9_000
#: Events for each of the receivers that misbehave.
FEW = 20

DELIVERED, FAILED = DeliveryStatus.DELIVERED, DeliveryStatus.FAILED


@pytest.fixture
def inbox(settings: Settings) -> Iterator[Inbox]:
    with receiving() as inbox:
        settings.OUTBOUND_ALLOWED = [inbox.netloc]
        yield inbox


@pytest.fixture
def crew(hire_crew: Callable[..., AbstractContextManager[Crew]], inbox: Inbox) -> Iterator[Crew]:
    with hire_crew(OUTBOUND_ALLOWED=inbox.netloc) as crew:
        yield crew


@pytest.fixture
def sent(acme: Tenant, inbox: Inbox) -> Outbox:
    return Outbox(acme, inbox)


@pytest.fixture
def wait_until(crew: Crew, sent: Outbox) -> Callable[[Callable[[], object]], None]:
    return partial(crew.wait_until, account=sent.account)


def test_ten_thousand_events_arrive_though_workers_and_broker_are_killed(
    crew: Crew, inbox: Inbox, sent: Outbox, wait_until: Callable[[Callable[[], object]], None]
) -> None:
    sent.add("steady", "hanging", "dripping")
    sent.tell("hanging", FEW)
    sent.tell("dripping", FEW)
    wait_until(lambda: inbox.has("hanging", 1) and inbox.has("dripping", 1))
    sent.fill("steady", BACKLOG)

    kills = 0
    for share in (0.1, 0.3, 0.5, 0.7):
        wait_until(partial(inbox.has, "steady", share * EVENTS))
        if share == 0.3:
            crew.valkey.kill()
        else:
            crew.workers[kills % 2].kill()
            kills += 1
            sent.let_leases_run_out()
        sent.tell("steady", (EVENTS - BACKLOG) // 4)

    wait_until(lambda: sent.settles("steady", status=DELIVERED))
    assert sent.ids("steady") == set(inbox.seen["steady"])
    assert len(inbox.seen["steady"]) == EVENTS
    # A worker that was killed had a batch at most under way, whose answers nobody has kept.
    assert inbox.seen["steady"].total() - EVENTS <= kills * deliveries.BATCH
    # A receiver that keeps us waiting holds up nobody else, and is told so.
    for receiver in ("hanging", "dripping"):
        wait_until(partial(sent.attempts, receiver))
        assert {(status, error) for _number, status, error in sent.attempts(receiver)} == {
            (None, "no answer within 15 s")
        }
        inbox.healed.add(receiver)
        wait_until(partial(sent.settles, receiver, status=DELIVERED))
        assert sent.ids(receiver) == set(inbox.seen[receiver])
    assert inbox.wrong == []


def test_slow_receivers_of_many_companies_keep_no_mail_waiting(crew: Crew, inbox: Inbox, acme: Tenant) -> None:
    """Two workers of all queues, each with eight threads, of which five may wait for receivers."""
    outboxes = []
    for company in range(6):
        outboxes.append(Outbox(create_tenant(name=f"Slow {company}", slug=f"slow-{company}"), inbox))
        names = [f"hanging-{company}-{number}" for number in range(deliveries.AT_ONCE)]
        outboxes[-1].add(*names)
        for name in names:
            outboxes[-1].tell(name)

    def account() -> str:
        return "\n".join([f"{inbox.hanging} receivers are called.", *(outbox.account() for outbox in outboxes)])

    crew.wait_until(lambda: inbox.hanging == 10, account=account)
    with tenant_scope(acme):
        invitations.create_invitation(
            interview=InterviewFactory.create(), candidate_name="Ana Wu", candidate_email="ana@example.org"
        )

    def is_mailed() -> bool:
        with tenant_scope(acme):
            return OutgoingEmail.objects.filter(status=EmailStatus.SENT).exists()

    crew.wait_until(is_mailed, account=account)
    crew.wait_until(lambda: len(inbox.seen) == len(outboxes) * deliveries.AT_ONCE, account=account)
    assert (inbox.most_hanging, inbox.wrong) == (10, [])


def test_who_refuses_is_asked_again_until_it_has_visibly_failed(
    inbox: Inbox, sent: Outbox, wait_until: Callable[[Callable[[], object]], None]
) -> None:
    sent.add("failing", "gone", "moved")
    for receiver in sent.endpoints:
        sent.tell(receiver, FEW)

    wait_until(lambda: {sent.settles(receiver, status=FAILED) for receiver in sent.endpoints} == {True})
    last = len(deliveries.SCHEDULE) + 1
    assert sent.attempts("failing") == {(number, 500, "") for number in range(1, last + 1)}
    assert sent.attempts("moved") == {(number, 302, "") for number in range(1, last + 1)}
    assert sent.ids("moved") == set(inbox.seen["moved"])

    assert {status for _number, status, _error in sent.attempts("gone")} == {410}
    with tenant_scope(sent.tenant):
        assert WebhookEndpoint.objects.get(pk=sent.endpoints["gone"].pk).disabled_at is not None

    inbox.healed.add("failing")
    with tenant_scope(sent.tenant):
        failed = WebhookDelivery.objects.filter(endpoint=sent.endpoints["failing"])
        assert deliveries.redeliver(failed) == FEW
    wait_until(lambda: sent.states("failing") == {(DELIVERED, 1)})
    assert set(inbox.seen["failing"].values()) == {last + 1}
    assert sent.ids("failing") == set(inbox.seen["failing"])
    assert inbox.wrong == []

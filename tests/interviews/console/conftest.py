"""Acme with one of everything, and Globex with its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.test import Client

from botrunner.contract import InterviewPlan, RelayFrame, SummaryReady
from interviews.domain import ats_connections, emails, relay, results, webhooks
from interviews.enums import AtsDirection
from interviews.models import (
    AtsCall,
    AtsCallback,
    AtsConnection,
    Candidate,
    CompanyServices,
    Interview,
    Invitation,
    InvitationBatch,
    Order,
    OutgoingEmail,
    QuestionBank,
    Result,
    Session,
    WebhookDelivery,
    WebhookEndpoint,
)
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.factories import launch_session, make_invitation, make_session, open_relay
from tests.interviews.telling import tell_interview

BEGUN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Story:
    """One invitation that went all the way, and what it left."""

    bank: QuestionBank
    interview: Interview
    candidate: Candidate
    invitation: Invitation
    session: Session
    result: Result
    email: OutgoingEmail
    services: CompanyServices
    batch: InvitationBatch
    webhook: WebhookEndpoint
    delivery: WebhookDelivery
    ats: AtsConnection
    ats_callback: AtsCallback
    ats_call: AtsCall


def tell(session: Session) -> list[RelayFrame]:
    """A short interview as the bot reports it: each question answered, and summed up."""
    plan = InterviewPlan.model_validate(session.plan)
    answers = [f"Answer {index}." for index, _ in enumerate(plan.questions, start=1)]
    summary = SummaryReady(text="A careful engineer.", spoken="Thank you.", points=["Tests first"])
    return tell_interview(plan, answers, begun=BEGUN, summary=summary)


def live_through(tenant: Tenant) -> Story:
    with tenant_scope(tenant):
        invitation = make_invitation()
        email = emails.queue_invitation_email(invitation=invitation)
        session = make_session(invitation=invitation)
        job = launch_session(session)
    lease = open_relay(job)
    relay.store_frames(lease=lease, frames=tell(session))
    with tenant_scope(tenant):
        results.complete_invitation(invitation_id=invitation.pk)
        bank = QuestionBank.objects.filter(questions__interviews=invitation.interview).first()
        assert bank is not None
        webhook, _secret = webhooks.add_endpoint(url="https://hook.example/")
        ats, _key = ats_connections.install_connection(system="greenhouse", name="Greenhouse")
        order = Order.objects.create(invitation=invitation, system="greenhouse")
        callback = AtsCallback.objects.create(connection=ats, order=order, event="result.ready")
        call = ats_connections.log_call(
            connection_id=ats.pk, direction=AtsDirection.OUT, name="PATCH", status=500, seconds=1, callback=callback
        )
        return Story(
            bank=bank,
            interview=invitation.interview,
            candidate=invitation.candidate,
            invitation=Invitation.objects.select_related("candidate", "interview").get(pk=invitation.pk),
            session=Session.objects.get(pk=session.pk),
            result=Result.objects.get(invitation=invitation),
            email=email,
            services=CompanyServices.objects.get_or_create(defaults={"llm": "openai"})[0],
            batch=InvitationBatch.objects.create(
                interview=invitation.interview, source="list", expires_at=invitation.expires_at
            ),
            webhook=webhook,
            delivery=webhooks.send_test(endpoint=webhook),
            ats=ats,
            ats_callback=callback,
            ats_call=call,
        )


@pytest.fixture
def story(acme: Tenant) -> Story:
    return live_through(acme)


@pytest.fixture
def foreign_story(globex: Tenant) -> Story:
    return live_through(globex)


@pytest.fixture
def by_owner(owner: User, log_in: Callable[[User], Client]) -> Client:
    return log_in(owner)


@pytest.fixture
def by_recruiter(recruiter: User, log_in: Callable[[User], Client]) -> Client:
    return log_in(recruiter)

"""Rows of the story, in the tenant's scope that is open when they are made."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from botrunner.contract import BotJob, InterviewEvent, RelayFrame, Role, TurnAdded, rtvi_server_message
from interviews.domain import launch, relay, sessions, slots
from interviews.enums import InterviewStatus, Mode
from interviews.models import (
    Answer,
    Candidate,
    Interview,
    InterviewQuestion,
    Invitation,
    Question,
    QuestionBank,
    Session,
)
from tenants.scope import tenant_scope


class QuestionBankFactory(DjangoModelFactory[QuestionBank]):
    class Meta:
        model = QuestionBank

    name = factory.Sequence(lambda n: f"Bank {n}")


class QuestionFactory(DjangoModelFactory[Question]):
    class Meta:
        model = Question

    bank = factory.SubFactory(QuestionBankFactory)
    position = factory.Sequence(int)
    text = factory.Sequence(lambda n: f"What is question {n}?")


class InterviewFactory(DjangoModelFactory[Interview]):
    """A published interview of two questions; `questions=n` makes it n."""

    class Meta:
        model = Interview
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Role {n}")
    status = InterviewStatus.PUBLISHED

    @factory.post_generation
    def questions(self: Any, create: bool, extracted: int | None, **kwargs: object) -> None:
        bank = QuestionBankFactory.create()
        for position in range(2 if extracted is None else extracted):
            question = QuestionFactory.create(bank=bank, position=position)
            InterviewQuestion.objects.create(interview=self, question=question, position=position)


class CandidateFactory(DjangoModelFactory[Candidate]):
    class Meta:
        model = Candidate

    name = factory.Sequence(lambda n: f"Kim Candidate {n}")
    email = factory.Sequence(lambda n: f"kim{n}@example.org")


class InvitationFactory(DjangoModelFactory[Invitation]):
    class Meta:
        model = Invitation

    interview = factory.SubFactory(InterviewFactory)
    candidate = factory.SubFactory(CandidateFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))


class AnswerFactory(DjangoModelFactory[Answer]):
    """Needs `invitation`, `session` and `question_id`."""

    class Meta:
        model = Answer

    position = factory.Sequence(lambda n: n + 1)
    question_text = "What did you do?"
    text = "I did what was needed."
    modality = "text"
    reason = "complete"
    started_at = factory.LazyFunction(timezone.now)
    ended_at = factory.LazyFunction(timezone.now)


def make_invitation(**fields: Any) -> Invitation:
    """As it comes from the database, without what the factory left in memory."""
    return Invitation.objects.select_related("interview", "candidate", "tenant").get(
        pk=InvitationFactory.create(**fields).pk
    )


def make_session(*, invitation: Invitation | None = None) -> Session:
    return sessions.request_session(invitation=invitation or make_invitation(), mode=Mode.VOICE)


def launch_session(session: Session) -> BotJob:
    """Launch as the task does, with a runner that says yes; leaves the session waiting."""
    slots.sync_slots()
    claim = launch.claim_launch(session_id=session.pk)
    assert claim is not None
    started = launch.Started(runner_session_id=f"runner-{uuid4()}", transport="webrtc", connect={"ice_servers": []})
    assert launch.record_start(claim=claim, started=started)
    session.refresh_from_db()
    return claim.job


def open_relay(job: BotJob) -> relay.RelayLease:
    """Outside any scope, as a bot comes."""
    assert job.relay is not None
    return relay.open_relay(token=job.relay.token, instance=uuid4())


def frame(seq: int | None, event: InterviewEvent) -> RelayFrame:
    return RelayFrame(seq=seq, at=timezone.now(), message=rtvi_server_message(event))


def say(lease: relay.RelayLease, *texts: str) -> None:
    """The candidate's turns, as the bot reports them, after whatever the session holds already."""
    now = timezone.now()
    with tenant_scope(lease.tenant_id):
        last = Session.objects.get(pk=lease.session_id).last_seq
    turns = [TurnAdded(role=Role.CANDIDATE, text=text, started_at=now, ended_at=now) for text in texts]
    frames = [frame(seq, turn) for seq, turn in enumerate(turns, start=last + 1)]
    relay.store_frames(lease=lease, frames=frames)

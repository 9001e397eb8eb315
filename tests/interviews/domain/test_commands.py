"""Commands of the hiring team: who gave which, and that each is done once or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from botrunner.contract import CommandHandled, CommandProblem, InterviewStarted
from interviews.candidate.state import build_state
from interviews.domain import commands, relay, sessions
from interviews.domain.plans import compile_plan
from interviews.enums import EndReason
from interviews.models import Session, SessionCommand
from tenants.models import AuditEntry, Tenant, User
from tenants.scope import tenant_scope
from tests.interviews.factories import frame, launch_session, make_session, open_relay

pytestmark = pytest.mark.django_db


@pytest.fixture
def lease(acme: Tenant) -> relay.RelayLease:
    """A running interview's bot, which has sent one frame."""
    with tenant_scope(acme):
        job = launch_session(make_session())
    lease = open_relay(job)
    relay.store_frames(lease=lease, frames=[frame(1, InterviewStarted(question_count=2, total_limit=1800))])
    return lease


@pytest.fixture
def live(acme: Tenant, lease: relay.RelayLease, recruiter: User) -> Session:
    with tenant_scope(acme):
        return Session.objects.get()


def give(session: Session, user: User, name: str, **args: Any) -> SessionCommand:
    with tenant_scope(session.tenant_id):
        return commands.give_command(session_id=session.pk, name=name, args=args, given_by=user)


def pending(session: Session) -> list[tuple[UUID, str, dict[str, Any]]]:
    waiting = commands.pending_commands(tenant_id=session.tenant_id, session_id=session.pk)
    return [(command.id, command.name, command.args) for command in waiting]


def statuses(session: Session) -> list[tuple[str, str, str]]:
    with tenant_scope(session.tenant_id):
        return list(session.commands.order_by("given_at").values_list("name", "status", "problem"))


def test_a_command_waits_for_the_bots_answer_and_is_written_down(live: Session, recruiter: User) -> None:
    question_id = str(uuid4())
    said = give(live, recruiter, "say", text="  We hear\nyou  well. ")
    skipped = give(live, recruiter, "skip", question_id=question_id)
    longer = give(live, recruiter, "extend", minutes=5)
    assert pending(live) == [
        (said.pk, "say", {"text": "We hear you well."}),
        (skipped.pk, "skip", {"question_id": question_id}),
        (longer.pk, "extend", {"seconds": 300}),
    ]
    with tenant_scope(live.tenant_id):
        entries = AuditEntry.objects.filter(object_id=str(live.pk)).order_by("at")
        assert list(entries.values_list("actor", "verb", "details")) == [
            (recruiter.email, "had the interviewer say a sentence in", {"command": str(said.pk), **said.args}),
            (recruiter.email, "skipped a question in", {"command": str(skipped.pk), **skipped.args}),
            (recruiter.email, "gave more time to", {"command": str(longer.pk), "seconds": 300}),
        ]


def test_the_bots_answer_closes_a_command_once(live: Session, lease: relay.RelayLease, recruiter: User) -> None:
    done, failed = give(live, recruiter, "extend", minutes=5), give(live, recruiter, "say", text="Hello.")
    refusal = CommandHandled(command_id=failed.pk, name="say", problem=CommandProblem.CLOSING)
    frames = [
        frame(2, CommandHandled(command_id=done.pk, name="extend", seconds=300)),
        frame(3, refusal),
        frame(4, CommandHandled(command_id=failed.pk, name="say")),
        frame(5, CommandHandled(command_id=uuid4(), name="end")),
    ]
    relay.store_frames(lease=lease, frames=frames)
    assert statuses(live) == [("extend", "done", ""), ("say", "failed", "closing")]
    assert pending(live) == []
    with tenant_scope(live.tenant_id):
        assert [row.handled_at for row in live.commands.order_by("given_at")] == [frames[0].at, frames[1].at]


@pytest.mark.parametrize(
    ("name", "args", "sentence"),
    [
        ("say", {}, "Write the sentence that the interviewer should say."),
        ("say", {"text": " \n "}, "Write the sentence that the interviewer should say."),
        ("say", {"text": "x" * 501}, "A sentence has at most 500 characters; this one has 501."),
        ("extend", {}, "Choose between 1 and 60 minutes."),
        ("extend", {"minutes": 0}, "Choose between 1 and 60 minutes."),
        ("extend", {"minutes": 61}, "Choose between 1 and 60 minutes."),
        ("extend", {"minutes": True}, "Choose between 1 and 60 minutes."),
        ("extend", {"minutes": "5"}, "Choose between 1 and 60 minutes."),
        ("skip", {}, "No question has been asked yet that could be skipped."),
        ("dance", {}, "The interviewer does not know this command."),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_words(
    live: Session, recruiter: User, name: str, args: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(commands.CommandRefused) as refused:
        give(live, recruiter, name, **args)
    assert (str(refused.value), statuses(live)) == (sentence, [])


def test_an_interview_that_does_not_run_takes_no_command(in_acme: Tenant, recruiter: User) -> None:
    with pytest.raises(commands.CommandRefused):
        give(make_session(), recruiter, "end")


def test_impatience_does_not_skip_twice(live: Session, recruiter: User) -> None:
    give(live, recruiter, "skip", question_id=str(uuid4()))
    with pytest.raises(commands.CommandRefused) as refused:
        give(live, recruiter, "skip", question_id=str(uuid4()))
    assert str(refused.value) == "The interviewer has been told already and has not answered yet."


def test_there_is_a_limit_to_how_much_at_once(live: Session, recruiter: User) -> None:
    for _ in range(commands.RATE):
        give(live, recruiter, "say", text="Again.")
    with pytest.raises(commands.CommandRefused):
        give(live, recruiter, "say", text="Again.")
    with tenant_scope(live.tenant_id):
        live.commands.update(given_at=timezone.now() - commands.RATE_WINDOW - timedelta(seconds=1))
    give(live, recruiter, "say", text="Again.")


def test_a_session_that_ends_leaves_no_command_waiting(live: Session, recruiter: User) -> None:
    give(live, recruiter, "extend", minutes=1)
    with tenant_scope(live.tenant_id):
        sessions.end_session(session=live, reason=EndReason.LEFT)
    assert statuses(live) == [("extend", "failed", "ended")]


def test_an_end_asked_for_is_the_end_though_the_bot_was_lost(live: Session, recruiter: User) -> None:
    give(live, recruiter, "end")
    with tenant_scope(live.tenant_id):
        Session.objects.update(heartbeat_at=timezone.now() - timedelta(hours=1))
        sessions.reap_session(session_id=live.pk)
        live.refresh_from_db()
        live.invitation.refresh_from_db()
    assert (live.end_reason, statuses(live)) == ("ended_by_staff", [("end", "failed", "ended")])
    assert live.invitation.status == "processing"


def test_time_given_outlives_a_break(live: Session, lease: relay.RelayLease, recruiter: User) -> None:
    command = give(live, recruiter, "extend", minutes=5)
    with tenant_scope(live.tenant_id):
        assert build_state(invitation=live.invitation, token="t")["progress"]["total_limit"] == 1800
    relay.store_frames(
        lease=lease, frames=[frame(2, CommandHandled(command_id=command.pk, name="extend", seconds=300))]
    )
    with tenant_scope(live.tenant_id):
        assert build_state(invitation=live.invitation, token="t")["progress"]["total_limit"] == 2100
        sessions.end_session(session=live, reason=EndReason.BOT_LOST)
        assert compile_plan(invitation=live.invitation).total_limit == 2100

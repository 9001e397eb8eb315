"""Launching: one bot for one session, however often the task runs.

Three steps, so that no network call happens inside a transaction: claim the session and a slot, POST the job
to the runner's `/start`, record what came back. Each claim mints a new relay token and dismisses the bot of the try
before, whose answer was lost: it is turned away at the relay, and has nobody to talk to, because the candidate's page
is told of the recorded start only.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from botrunner.contract import BotJob, InterviewPlan, RecordingTarget, RelayTarget
from interviews.domain import limits, notices, slots
from interviews.domain.services import choose_services
from interviews.domain.sessions import end_session, lock_session
from interviews.domain.statuses import move
from interviews.domain.tls import trusted_certificates
from interviews.enums import EndReason, SessionStatus
from interviews.models import Session
from tenants.domain import tokens
from tenants.enums import TokenKind

#: Tries before the candidate is told that it did not work; pressing start again begins anew.
MAX_ATTEMPTS = 3
#: A claim that nobody finished in this time belongs to a dead worker and may be taken over.
CLAIM_LIMIT = timedelta(seconds=40)
START_TIMEOUT = httpx.Timeout(20, connect=5)


class StartRefused(Exception):
    """The runner did not start a bot. `final` when trying again can't help."""

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


@dataclass(frozen=True)
class Claim:
    """What one try to launch works with, all read inside the claiming transaction."""

    session_id: UUID
    runner_url: str
    relay_digest: str
    attempt: int
    job: BotJob


@dataclass(frozen=True)
class Started:
    """What the runner answered. `connect` is what the candidate's page needs to join."""

    runner_session_id: str
    transport: str
    connect: dict[str, Any]


def claim_launch(*, session_id: UUID, avoid: tuple[str, ...] = ()) -> Claim | None:
    """Take a queued session, or one whose claim went stale, for launching.

    None when somebody else has it, when it has ended, or when every slot is taken or its company
    has as many interviews at once as it may (it stays in the queue).
    """
    now = timezone.now()
    with transaction.atomic():
        claimable = Q(status=SessionStatus.QUEUED) | Q(status=SessionStatus.STARTING, launched_at__lt=now - CLAIM_LIMIT)
        session = (
            Session.objects.select_for_update(of=("self",), no_key=True)
            .select_related("tenant", "invitation__interview")
            .filter(claimable, pk=session_id)
            .first()
        )
        if session is None:
            return None
        dismiss_bot(session=session)
        full = limits.is_full(session=session)
        runner_url = None if full else slots.take_slot(session_id=session.pk, avoid=avoid)
        this = Session.objects.filter(pk=session.pk)
        if runner_url is None:
            slots.release_slot(session_id=session.pk)  # of a claim that went stale
            move(this, to=SessionStatus.QUEUED)
            notices.session_changed(session)
            return None
        token, digest = tokens.mint_token(kind=TokenKind.RELAY, tenant_id=session.tenant_id)
        move(
            this,
            to=SessionStatus.STARTING,
            runner_url=runner_url,
            relay_digest=digest,
            launched_at=now,
            launch_attempts=F("launch_attempts") + 1,
        )
        notices.session_changed(session)
        return Claim(
            session_id=session.pk,
            runner_url=runner_url,
            relay_digest=digest,
            attempt=session.launch_attempts + 1,
            job=BotJob(
                session_id=session.pk,
                tenant=session.tenant.slug,
                plan=InterviewPlan.model_validate(session.plan),
                relay=RelayTarget(url=settings.RELAY_URL, token=token),
                recording=RecordingTarget(url=f"{settings.RECORDINGS_URL}/{session.pk}/chunks", token=token)
                if session.record
                else None,
                services=choose_services(
                    interview=session.invitation.offered, language=str(session.plan.get("language", "en"))
                ),
            ),
        )


def dismiss_bot(*, session: Session) -> None:
    """Take the session, which no candidate could join yet, from the bot that an earlier try may have started.

    Over Daily such a bot is at the relay before its start is recorded: its token opens nothing any more, its hold ends,
    and what it reported goes, so that the next one counts from 1.
    """
    if session.relay_digest:
        tokens.forget_token(digest=session.relay_digest)
    session.events.all().delete()
    Session.objects.filter(pk=session.pk).update(relay_digest="", bot_instance=None, heartbeat_at=None, last_seq=0)


def start_bot(claim: Claim) -> Started:
    """POST the job to `{runner}/start`; the official runner and Pipecat Cloud answer alike. No database here.

    Raises StartRefused. A time-out counts as refused: should the bot have started after all, it is dismissed.
    """
    transport = settings.BOT_TRANSPORT
    body: dict[str, Any] = {"transport": transport, "body": claim.job.model_dump(mode="json")}
    if transport == "daily":
        body |= {"createDailyRoom": True, "dailyRoomProperties": {"max_participants": 2}}
    headers = {"Authorization": f"Bearer {settings.BOT_START_KEY}"} if settings.BOT_START_KEY else {}
    try:
        url, verify = f"{claim.runner_url}/start", trusted_certificates()
        answer = httpx.post(url, json=body, headers=headers, timeout=START_TIMEOUT, verify=verify)
    except httpx.TimeoutException as error:
        raise StartRefused("the runner did not answer in time") from error
    except httpx.HTTPError as error:
        raise StartRefused(f"the runner could not be reached ({type(error).__name__})") from error
    if answer.status_code == 429 or answer.status_code >= 500:
        raise StartRefused(f"the runner is busy or failing (HTTP {answer.status_code})")
    if answer.status_code >= 400:
        raise StartRefused(f"the runner refused the job (HTTP {answer.status_code})", final=True)
    try:
        reply = answer.json()
        runner_session_id = reply["sessionId"]
    except (ValueError, KeyError, TypeError) as error:
        raise StartRefused("the runner's answer named no session") from error
    if transport == "daily":
        connect = {"room_url": reply.get("dailyRoom"), "token": reply.get("dailyToken")}
    else:
        connect = {"ice_servers": (reply.get("iceConfig") or {}).get("iceServers", [])}
    return Started(runner_session_id=runner_session_id, transport=transport, connect=connect)


def record_start(*, claim: Claim, started: Started) -> bool:
    """The bot stands ready. False when the session was ended or taken over meanwhile."""
    with transaction.atomic():
        # A Daily bot is on its way at once, and its relay may be here before this is.
        recorded = move(
            Session.objects.filter(pk=claim.session_id, relay_digest=claim.relay_digest),
            to=SessionStatus.WAITING,
            runner_session_id=started.runner_session_id,
            transport=started.transport,
            connect=started.connect,
            launched_at=timezone.now(),
            launch_error="",
        )
        if recorded:
            notices.session_changed(Session.objects.get(pk=claim.session_id))
    return recorded


def record_refusal(*, claim: Claim, refusal: StartRefused) -> bool:
    """Put the session back in the queue, or end it after the last try. True when it is worth another try."""
    with transaction.atomic():
        session = lock_session(session_id=claim.session_id)
        if session is None or (session.status, session.relay_digest) != (SessionStatus.STARTING, claim.relay_digest):
            return False
        Session.objects.filter(pk=session.pk).update(launch_error=str(refusal)[:300])
        if refusal.final or claim.attempt >= MAX_ATTEMPTS:
            end_session(session=session, reason=EndReason.START_FAILED)
            return False
        dismiss_bot(session=session)
        move(Session.objects.filter(pk=session.pk), to=SessionStatus.QUEUED)
        slots.release_slot(session_id=session.pk)
        notices.session_changed(session)
        return True

"""Celery tasks: ids in, the tenant's scope, a call of the domain, a line in the log."""

import logging
from uuid import UUID

from celery import shared_task
from celery.signals import worker_ready

from interviews.domain import emails, invitations, launch, notices, recordings, results, sessions, slots, sweeps
from tenants.scope import tenant_scope

log = logging.getLogger(__name__)


@worker_ready.connect
def prepare_slots(**kwargs: object) -> None:
    """The runners may be others than when the workers last ran."""
    slots.sync_slots()


@shared_task
def launch_session(tenant_id: str, session_id: str, avoid: list[str] | None = None) -> None:
    """Start the session's bot. Delivered twice or retried, one bot results (see domain/launch.py)."""
    with tenant_scope(UUID(tenant_id)):
        claim = launch.claim_launch(session_id=UUID(session_id), avoid=tuple(avoid or ()))
    if claim is None:
        return
    try:
        started = launch.start_bot(claim)
    except launch.StartRefused as refusal:
        with tenant_scope(UUID(tenant_id)):
            again = launch.record_refusal(claim=claim, refusal=refusal)
        log.warning("session %s, try %d: %s", session_id, claim.attempt, refusal)
        if again:
            launch_session.apply_async((tenant_id, session_id, [claim.runner_url]), countdown=claim.attempt)
        return
    with tenant_scope(UUID(tenant_id)):
        recorded = launch.record_start(claim=claim, started=started)
    log.info("session %s: bot %s at %s", session_id, "ready" if recorded else "not wanted any more", claim.runner_url)


@shared_task
def complete_invitation(tenant_id: str, invitation_id: str) -> None:
    with tenant_scope(UUID(tenant_id)):
        completed = results.complete_invitation(invitation_id=UUID(invitation_id))
    log.info("invitation %s: %s", invitation_id, "completed" if completed else "was completed already")


@shared_task
def assemble_recording(tenant_id: str, session_id: str) -> None:
    done = recordings.assemble_recording(tenant_id=UUID(tenant_id), session_id=UUID(session_id))
    log.info("session %s: recording %s", session_id, "put together" if done else "has nothing to put together")


@shared_task
def send_email(tenant_id: str, email_id: str) -> None:
    """Send one mail; the link in it is minted now and stored nowhere but as a hash."""
    with tenant_scope(UUID(tenant_id)):
        email = emails.claim_email(email_id=UUID(email_id))
        link = invitations.mint_link(invitation=email.invitation) if email and email.invitation else ""
    if email is None:
        return
    try:
        emails.deliver(email=email, link=link)
    except OSError as error:  # SMTP and socket errors alike
        with tenant_scope(UUID(tenant_id)):
            again = emails.record_failure(email=email, error=error)
        log.warning("mail %s, try %d: %s", email_id, email.attempts, error)
        if again:
            send_email.apply_async((tenant_id, email_id), countdown=30 * 2**email.attempts)
        return
    with tenant_scope(UUID(tenant_id)):
        emails.record_sent(email=email)


@shared_task
def sweep() -> None:
    """Every few seconds: close sessions whose bot is lost, launch those left waiting, expire what is overdue."""
    for tenant_id, session_id in sweeps.sessions_to_reap():
        with tenant_scope(tenant_id):
            reason = sessions.reap_session(session_id=session_id)
        if reason:
            log.warning("session %s: %s", session_id, reason)
    for tenant_id, session_id in sweeps.sessions_to_launch():
        launch_session.delay(str(tenant_id), str(session_id))
    for tenant_id, invitation_id in sweeps.number_queue():
        notices.invitation_changed(tenant_id=tenant_id, invitation_id=invitation_id)
    for tenant_id, invitation_id in sweeps.invitations_to_expire():
        with tenant_scope(tenant_id):
            invitations.expire_overdue(invitation_id=invitation_id)
    for tenant_id, email_id in sweeps.emails_to_send():
        send_email.delay(str(tenant_id), str(email_id))
    for tenant_id, invitation_id in sweeps.invitations_to_complete():
        complete_invitation.delay(str(tenant_id), str(invitation_id))
    for tenant_id, session_id in sweeps.recordings_to_assemble():
        assemble_recording.delay(str(tenant_id), str(session_id))

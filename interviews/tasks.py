"""Celery tasks: ids in, the tenant's scope, a call of the domain, a line in the log."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from celery import Task, shared_task
from celery.signals import worker_ready
from django.conf import settings

from interviews.ats import sending
from interviews.domain import (
    ats_connections,
    ats_deliveries,
    batches,
    deliveries,
    emails,
    erasure,
    invitations,
    launch,
    notices,
    queue,
    recordings,
    rehearsals,
    results,
    retries,
    scoring,
    sessions,
    slots,
    stuck,
    sweeps,
)
from interviews.domain.judging.judge import JudgeUnavailable, find_judge, judge_case
from interviews.domain.shares import OUTBOUND
from tenants.domain.link_mails import SEND_ERRORS
from tenants.platform import tenant_ids
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
    log.info("invitation %s: %s", invitation_id, "completed" if completed else "is being scored, or was completed")


@shared_task
def score_result(tenant_id: str, score_set_id: str) -> None:
    """Ask the language model for each competency's level. Delivered twice or retried, there is one score of each."""
    with tenant_scope(UUID(tenant_id)):
        work = scoring.claim_scoring(score_set_id=UUID(score_set_id))
    if work is None:
        return
    try:
        judge = find_judge(service=work.service, environ=settings.LLM_PROVIDER)
        for case in work.cases:
            verdict = judge_case(judge=judge, case=case)
            with tenant_scope(UUID(tenant_id)):
                if not scoring.record_score(scoring=work, case=case, verdict=verdict):
                    return
    except JudgeUnavailable as problem:
        with tenant_scope(UUID(tenant_id)):
            pause = scoring.record_failure(scoring=work, problem=problem)
        log.warning("scoring %s, try %d: %s", score_set_id, work.attempt, problem)
        if pause is not None:
            score_result.apply_async((tenant_id, score_set_id), countdown=pause)
        return
    with tenant_scope(UUID(tenant_id)):
        done = scoring.finish_scoring(scoring=work, model=judge.name)
    log.info("scoring %s: %s", score_set_id, "done" if done else "taken over")


@shared_task
def assemble_recording(tenant_id: str, session_id: str) -> None:
    done = recordings.assemble_recording(tenant_id=UUID(tenant_id), session_id=UUID(session_id))
    log.info("session %s: recording %s", session_id, "put together" if done else "has nothing to put together")


@shared_task
def erase_data(tenant_id: str, erasure_id: str) -> None:
    with tenant_scope(UUID(tenant_id)):
        done = erasure.erase(erasure_id=UUID(erasure_id))
    log.info("erasure %s: %s", erasure_id, "done" if done else "was done already")


@shared_task
def deliver_webhooks(tenant_id: str, endpoint_id: str) -> None:
    """Send what is due at the endpoint, a batch at a time: other tasks have their turn in between."""
    OUTBOUND.run(deliver_batch, tenant_id, endpoint_id)


def deliver_batch(tenant_id: str, endpoint_id: str) -> None:
    queue.begin("deliver_webhooks", UUID(tenant_id), UUID(endpoint_id))
    with tenant_scope(UUID(tenant_id)):
        batch = deliveries.claim_batch(endpoint_id=UUID(endpoint_id))
    if batch is None:
        return
    answers = deliveries.send(batch)
    with tenant_scope(UUID(tenant_id)):
        deliveries.record_answers(batch=batch, answers=answers)
        waiting = deliveries.find_waiting(besides=batch.endpoint_id)
    taken = sum(answer.is_success for answer in answers)
    log.info("webhook %s: %d of %d taken", endpoint_id, taken, len(answers))
    # Whatever came due meanwhile has found the endpoint taken, or the company's share of workers.
    if waiting is not None:
        queue.send_once("deliver_webhooks", UUID(tenant_id), waiting)
    deliver_webhooks.delay(tenant_id, endpoint_id)


@shared_task
def send_ats_callback(tenant_id: str, callback_id: str) -> None:
    """Tell an ATS what came of its order (interviews/ats/)."""
    OUTBOUND.run(call_ats_back, tenant_id, callback_id)


def call_ats_back(tenant_id: str, callback_id: str) -> None:
    queue.begin("send_ats_callback", UUID(tenant_id), UUID(callback_id))
    with tenant_scope(UUID(tenant_id)):
        callback = ats_deliveries.claim_callback(callback_id=UUID(callback_id))
        message = sending.prepare_callback(callback) if callback else None
    if callback is None or message is None:
        return
    answer = sending.send(message)
    with tenant_scope(UUID(tenant_id)):
        taken = sending.is_taken(message, answer)
        ats_deliveries.record_answer(callback=callback, name=message.name, answer=answer, taken=taken)
        waiting = ats_deliveries.find_waiting()
    log.info("ATS call-back %s: %s", callback_id, answer.status or answer.error)
    # It came due meanwhile, and has found the company's share of workers taken.
    if waiting is not None:
        queue.send_once("send_ats_callback", UUID(tenant_id), waiting)


@shared_task
def test_ats_connection(tenant_id: str, connection_id: str) -> None:
    sending.test_connection(tenant_id=UUID(tenant_id), connection_id=UUID(connection_id))
    log.info("ATS connection %s: tested", connection_id)


@shared_task
def watch_outbox() -> None:
    """Every few minutes."""
    if since := stuck.waiting_since():
        log.error(
            "Webhooks or call-backs to ATSs wait since %s. Does a worker serve the queue “outbound”? "
            "(docs/deployment.md, Workers)",
            since.isoformat(timespec="seconds"),
        )


@shared_task
def forget_ats_calls() -> None:
    """Once a day."""
    for tenant_id in tenant_ids():
        with tenant_scope(tenant_id):
            ats_connections.forget_old_calls()


@shared_task
def forget_old_requests() -> None:
    """Once an hour."""
    for tenant_id in tenant_ids():
        with tenant_scope(tenant_id):
            erasure.forget_old_requests()


@shared_task
def send_email(tenant_id: str, email_id: str) -> None:
    """Send one mail; the link in it is minted now and stored nowhere but as a hash."""
    with tenant_scope(UUID(tenant_id)):
        email = emails.claim_email(email_id=UUID(email_id))
        wanted = email is not None and emails.needs_link(email)
        link = invitations.mint_link(invitation=email.invitation) if wanted and email and email.invitation else ""
    if email is None:
        return
    try:
        message_id = emails.deliver(email=email, link=link)
    except SEND_ERRORS as error:
        with tenant_scope(UUID(tenant_id)):
            again = emails.record_failure(email=email, error=error)
        log.warning("mail %s, try %d: %s", email_id, email.attempts, error)
        if again:
            send_email.apply_async((tenant_id, email_id), countdown=emails.backoff(email))
        return
    with tenant_scope(UUID(tenant_id)):
        emails.record_sent(email=email, message_id=message_id)


@shared_task
def work_off_batch(tenant_id: str, batch_id: str) -> None:
    """Invite one chunk of a list; the chunk after it is a task of its own, so none runs long."""
    with tenant_scope(UUID(tenant_id)):
        more = batches.work_off(batch_id=UUID(batch_id))
    log.info("list %s: %s", batch_id, "a chunk is invited" if more else "done, or waiting")


@shared_task
def run_simulation(tenant_id: str, simulation_id: str) -> None:
    """A simulated candidate holds an interview; what is said is stored as it comes."""
    tenant, simulation = UUID(tenant_id), UUID(simulation_id)
    with tenant_scope(tenant):
        claimed = rehearsals.claim_simulation(simulation_id=simulation)
    if claimed is None:
        return

    def show(output: str) -> None:
        with tenant_scope(tenant):
            rehearsals.record_progress(simulation_id=simulation, output=output)

    output, complete = rehearsals.run_candidate(plan=claimed.plan, show=show)
    with tenant_scope(tenant):
        rehearsals.record_end(simulation_id=simulation, output=output, complete=complete)
    log.info("simulation %s: %s", simulation_id, "done" if complete else "failed")


@contextmanager
def keeping_apart(*what: object) -> Iterator[None]:
    """What goes wrong in the block is logged, and keeps nothing after it from its turn."""
    try:
        yield
    except Exception:
        log.exception("sweep: %s", " ".join(map(str, what)))


def reap_session(tenant_id: UUID, session_id: UUID) -> None:
    with tenant_scope(tenant_id):
        reason = sessions.reap_session(session_id=session_id)
    if reason:
        log.warning("session %s: %s", session_id, reason)


def tell_place_in_queue(tenant_id: UUID, invitation_id: UUID) -> None:
    notices.invitation_changed(tenant_id=tenant_id, invitation_id=invitation_id)


def expire_invitation(tenant_id: UUID, invitation_id: UUID) -> None:
    with tenant_scope(tenant_id):
        invitations.expire_overdue(invitation_id=invitation_id)


def fail_invitation(tenant_id: UUID, invitation_id: UUID) -> None:
    with tenant_scope(tenant_id):
        retries.fail_when_used_up(invitation_id=invitation_id)


def remind_candidate(tenant_id: UUID, invitation_id: UUID) -> None:
    with tenant_scope(tenant_id):
        invitations.remind(invitation_id=invitation_id)


def forget_invitation(tenant_id: UUID, invitation_id: UUID) -> None:
    with tenant_scope(tenant_id):
        erasure.forget_expired(invitation_id=invitation_id)


def hand_out_webhooks(tenant_id: UUID, endpoint_id: UUID) -> None:
    queue.send_once("deliver_webhooks", tenant_id, endpoint_id)


def hand_out_callback(tenant_id: UUID, callback_id: UUID) -> None:
    """Once a minute, while no worker has come to it."""
    queue.send_once("send_ats_callback", tenant_id, callback_id, lost=60)


#: Whose turn it is with the clock, and what to do with each: here at once, or by a task.
DUTIES: tuple[tuple[Callable[[], sweeps.Ids], Callable[[UUID, UUID], None] | Task], ...] = (
    (sweeps.sessions_to_reap, reap_session),
    (sweeps.sessions_to_launch, launch_session),
    (sweeps.number_queue, tell_place_in_queue),
    (sweeps.invitations_to_expire, expire_invitation),
    (sweeps.invitations_to_fail, fail_invitation),
    (sweeps.invitations_to_remind, remind_candidate),
    (sweeps.batches_to_work_off, work_off_batch),
    (sweeps.emails_to_send, send_email),
    (sweeps.scorings_to_run, score_result),
    (sweeps.invitations_to_complete, complete_invitation),
    (sweeps.recordings_to_assemble, assemble_recording),
    (sweeps.webhooks_to_send, hand_out_webhooks),
    (sweeps.invitations_to_forget, forget_invitation),
    (sweeps.ats_callbacks_to_send, hand_out_callback),
    (sweeps.erasures_to_do, erase_data),
)


@shared_task
def sweep() -> None:
    """Every few seconds: close sessions whose bot is lost, launch those left waiting, expire what is overdue."""
    for find, do in DUTIES:
        rows: sweeps.Ids = []
        with keeping_apart(find.__name__):
            rows = find()
        for tenant_id, row_id in rows:
            with keeping_apart(find.__name__, tenant_id, row_id):
                if isinstance(do, Task):
                    do.delay(str(tenant_id), str(row_id))
                else:
                    do(tenant_id, row_id)

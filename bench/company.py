"""A company with very many rows: one interview is held through the domain, then copied inside Postgres.

The ids of the copies follow from those they are copied from, so keys between copied rows are known without looking.
Foreign keys are checked, as for any row. Imports models: Django has to be set up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from botrunner.contract import BotJob
from interviews.demo.companies import COMPANIES
from interviews.demo.loading import load_company
from interviews.domain import ats_connections, emails, webhooks
from interviews.domain.banks import create_interview_from_bank
from interviews.domain.invitations import create_invitation
from interviews.enums import AtsDirection, BatchRowState, EmailStatus, InvitationStatus, ScoringStatus
from interviews.models import (
    BatchRow,
    CompetencyScore,
    Interview,
    Invitation,
    InvitationBatch,
    Order,
    QuestionBank,
    Result,
    Review,
    ScoreSet,
    ScoringTokens,
    Session,
    SessionFigures,
    WebhookDelivery,
    WebhookEvent,
)
from interviews.models.texts import DEFAULT_CONSENT
from tenants.domain.audit import record
from tenants.models import Tenant, User
from tenants.platform import platform_scope
from tenants.scope import tenant_scope
from tests.interviews.console.judged import finish
from tests.interviews.factories import launch_session, make_session

INTERVIEWS = BATCHES = 20
FIRST_NAMES = (
    *("Ada", "Amir", "Ana", "Bo", "Chen", "Dara", "Elif", "Femi", "Grace", "Hugo", "Ines", "Ivan", "Jonas", "Kim"),
    *("Lea", "Mina", "Nora", "Omar", "Priya", "Rosa", "Sami", "Tara", "Uma", "Yusuf", "Zoe"),
)
LAST_NAMES = (
    *("Adeyemi", "Bauer", "Castro", "Diaz", "Eriksen", "Fontaine", "Garcia", "Haddad", "Ito", "Jansen", "Kowalski"),
    *("Lopez", "Moreau", "Nakamura", "Okafor", "Petrov", "Quinn", "Rossi", "Silva", "Tanaka", "Ueda", "Vargas"),
    *("Weber", "Xu", "Yilmaz", "Zhou"),
)
#: Of those that were not held, as often as they occur.
OTHER_STATUSES = (
    *9 * (InvitationStatus.EXPIRED,),
    *6 * (InvitationStatus.INVITED,),
    *2 * (InvitationStatus.DECLINED,),
    *2 * (InvitationStatus.CANCELED,),
    InvitationStatus.IN_PROGRESS,
)
VERBS = (
    *("viewed the result", "read the result", "viewed the answers", "invited", "sent again", "changed", "added"),
    *("submitted a review", "decided", "commented", "exported the results", "watched the session"),
)
ACTORS = ("owner@harbour-light.example", "recruiter@harbour-light.example", "API key Demo", "system")


def found_companies() -> list[Tenant]:
    return [load_company(company=company, password="not for logging in") for company in COMPANIES]  # noqa: S106


def count_invitations(tenant: Tenant) -> int:
    with tenant_scope(tenant):
        return Invitation.objects.count()


def log_in(email: str) -> str:
    """The cookie of a browser in which this person is logged in."""
    browser = Client()
    browser.force_login(User.objects.get(email=email), backend="tenants.auth.EmailBackend")
    return f"{settings.SESSION_COOKIE_NAME}={browser.session.session_key}"


def sample_invitations(tenant: Tenant) -> list[Invitation]:
    """Two thousand of any age: the ids of copies are in no order."""
    with tenant_scope(tenant):
        return list(Invitation.objects.real().order_by("pk")[:2000])


def begin_interview(tenant: Tenant) -> tuple[Session, BotJob]:
    """A session that waits for its bot, and what the bot is told."""
    with tenant_scope(tenant):
        invitation = create_invitation(
            interview=Interview.objects.earliest("created_at"),
            candidate_name="Kim Candidate",
            candidate_email=f"{uuid4().hex}@mail.example",
            notify=False,
        )
        session = make_session(invitation=invitation)
        return session, launch_session(session)


# --- Copying ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Copier:
    """Copies rows `count` times, aged evenly over the time `over`; `held` of a hundred invitations led to an interview.

    In the expressions, which are SQL, `n` counts the copies from 1, the youngest; `share` scatters it over 0 to 99, and
    `moment` is when copy n came about.
    """

    count: int
    over: timedelta
    held: int

    def copy(self, *rows: models.Model, links: Sequence[str] = (), where: str = "true", **values: str) -> None:
        """`rows` are of one model; `links` are the columns that lead to rows which have been copied too."""
        table, columns = rows[0]._meta.db_table, [str(field.column) for field in rows[0]._meta.concrete_fields]
        chosen = {name: copied(f'one."{name}"') for name in ("id", *links)} | values
        selected = ", ".join(chosen.get(column, f'one."{column}"') for column in columns)
        named = ", ".join(f'"{column}"' for column in columns)
        keys = ", ".join(f"'{row.pk}'" for row in rows)
        seconds = self.over.total_seconds() / self.count
        with platform_scope(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({named}) SELECT {selected} FROM {table} AS one, LATERAL ("  # noqa: S608 (our own)
                " SELECT n, (n::bigint * 2654435761) % 4294967296 % 100 AS share,"
                f" now() - n * interval '{seconds} seconds' AS moment FROM generate_series(1, {self.count}) AS n"
                f") AS copies WHERE one.id IN ({keys}) AND ({where})"
            )
            print(f"  {cursor.rowcount:>9,} {rows[0]._meta.verbose_name_plural}", flush=True)

    def copy_held(self, *rows: models.Model, links: Sequence[str], where: str = "true", **values: str) -> None:
        """What only an interview leaves."""
        self.copy(*rows, links=links, where=f"share < {self.held} AND {where}", **values)


def copied(key: str, by: str = "n") -> str:
    """The id of a row's copy, from the SQL of the row's own."""
    return f"md5({key}::text || {by})::uuid"


def pick(values: Sequence[object], by: str = "n") -> str:
    """One of the values, by a whole number in SQL."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"(ARRAY[{listed}])[1 + ({by}) % {len(values)}]"


FIRST_NAME, LAST_NAME = pick(FIRST_NAMES), pick(LAST_NAMES, "n / 25")
EMAIL = f"lower({FIRST_NAME} || '.' || {LAST_NAME}) || '.' || n || '@mail.example'"


# --- Filling ---------------------------------------------------------------------------------------


def fill(tenant: Tenant, count: int, *, held: int = 45, with_records: bool = True) -> None:
    """`count` invitations over two years to 20 interviews, their orders, and what they left: sessions, answers, results
    and scores of those that were held, a share of `held` in a hundred; `with_records`, also what was said, mailed,
    delivered and written down."""
    print(f"Filling {tenant} with {count:,} invitations", flush=True)
    copier = Copier(count, over=timedelta(days=730), held=held)
    with tenant_scope(tenant):
        bank = QuestionBank.objects.get(is_default=True)
        for number in range(Interview.objects.count(), INTERVIEWS):
            create_interview_from_bank(title=f"Role {number}", bank=bank)
        webhooks.add_endpoint(url="https://hook.example/")
    result = hold_interview(tenant)
    copy_invitations(copier, tenant, result.invitation)
    copy_results(copier, tenant, result)
    if with_records:
        copy_conversations(copier, tenant, result.invitation)
        copy_records(copier, tenant, result.invitation)
        copy_batches(copier, tenant, result.invitation.interview)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def hold_interview(tenant: Tenant) -> Result:
    """Somebody is interviewed to the end, scored, and reviewed."""
    with tenant_scope(tenant):
        interview = Interview.objects.earliest("created_at")
    result = finish(tenant, interview)
    now = timezone.now()
    with tenant_scope(tenant):
        consent = {"consented_at": now, "consent_text": DEFAULT_CONSENT, "consent_version": "1"}
        Invitation.objects.filter(pk=result.invitation_id).update(
            status=InvitationStatus.COMPLETED, completed_at=now, **consent
        )
        ScoreSet.objects.filter(result=result).update(status=ScoringStatus.DONE, is_current=True, finished_at=now)
        ScoringTokens.objects.create(prompt_tokens=2400, completion_tokens=320)
        scoring = ScoreSet.objects.get(result=result)
        for position, part in enumerate(scoring.rubric, start=1):
            quote = {"turn": "t", "start": 0, "end": 9, "text": "Answer 1."}
            CompetencyScore.objects.create(
                score_set=scoring,
                position=position,
                competency=part["competency"],
                level=3,
                reason="It names what was done and what came of it.",
                quotes=[quote],
            )
        Review.objects.create(result=result, reviewer_name="Ines Castro", decision="advance", comment="Clear.")
        Order.objects.create(invitation=result.invitation, system="hr", application_id="0", order_id="0")
        return Result.objects.select_related("invitation__candidate", "invitation__interview").get(pk=result.pk)


def copy_invitations(copier: Copier, tenant: Tenant, invitation: Invitation) -> None:
    with tenant_scope(tenant):
        interviews = pick(list(Interview.objects.values_list("pk", flat=True)))
        order = Order.objects.get(invitation=invitation)
    status = f"CASE WHEN share < {copier.held} THEN 'completed' ELSE {pick(OTHER_STATUSES, 'n / 7')} END"
    copier.copy(invitation.candidate, name=f"{FIRST_NAME} || ' ' || {LAST_NAME}", email=EMAIL, created_at="moment")
    copier.copy(
        invitation,
        links=["candidate_id"],
        interview_id=f"{interviews}::uuid",
        status=status,
        expires_at=(
            f"CASE WHEN {status} IN ('invited', 'in_progress') THEN now() + (1 + n % 14) * interval '1 day'"
            " ELSE moment + interval '14 days' END"
        ),
        created_at="moment",
        invited_at="moment",
        completed_at=f"CASE WHEN share < {copier.held} THEN moment + interval '2 days' END",
        bounced_at="CASE WHEN n % 200 = 0 THEN moment END",
        wish="CASE WHEN n % 150 = 0 THEN 'person' ELSE '' END",
        rehearsal="n % 500 = 0",
    )
    identifiers = {"application_id": "'application-' || n", "order_id": "'order-' || n", "natural_key": "'order-' || n"}
    copier.copy(order, links=["invitation_id"], where="n % 3 = 0", created_at="moment", **identifiers)


def copy_results(copier: Copier, tenant: Tenant, result: Result) -> None:
    with tenant_scope(tenant):
        (session,), answers = result.invitation.sessions.all(), list(result.invitation.answers.all())
        figures, (review,) = SessionFigures.objects.get(session=session), result.reviews.all()
        scoring = ScoreSet.objects.get(result=result)
        scores, tokens = list(scoring.scores.all()), ScoringTokens.objects.latest("asked_at")
    moments = dict.fromkeys(("requested_at", "launched_at", "started_at"), "moment + interval '1 day'")
    ended = "moment + interval '1 day 20 minutes'"
    copier.copy_held(session, links=["invitation_id"], relay_digest="md5('relay' || n)", ended_at=ended, **moments)
    copier.copy_held(figures, links=["session_id"])
    copier.copy_held(*answers, links=["invitation_id", "session_id"])
    decision = "CASE WHEN n % 3 = 0 THEN '' ELSE 'advance' END"
    copier.copy_held(result, links=["invitation_id"], decision=decision, created_at=ended)
    copier.copy_held(scoring, links=["result_id"], created_at=ended)
    copier.copy_held(tokens, links=[], asked_at=ended)
    copier.copy_held(*scores, links=["score_set_id"], level="1 + (n + one.position) % 5")
    copier.copy_held(review, links=["result_id"], where="n % 3 > 0", submitted_at=ended)


def copy_conversations(copier: Copier, tenant: Tenant, invitation: Invitation) -> None:
    with tenant_scope(tenant):
        (session,) = invitation.sessions.all()
        events, turns = list(session.events.all()), list(session.turns.all())
    copier.copy_held(*events, links=["session_id"])
    copier.copy_held(*turns, links=["session_id"])


def copy_records(copier: Copier, tenant: Tenant, invitation: Invitation) -> None:
    """Two mails to most, the webhooks of those held, two entries in the audit log, and the calls of an ATS."""
    with tenant_scope(tenant):
        mails = [emails.queue_invitation_email(invitation=invitation) for _ in range(2)]
        deliveries = list(WebhookDelivery.objects.filter(event__invitation=invitation))
        events = list(WebhookEvent.objects.filter(invitation=invitation))
        entries = [record(verb="viewed the result", target=invitation) for _ in range(2)]
        connected, _key = ats_connections.install_connection(system="greenhouse", name="Greenhouse")
        call = ats_connections.log_call(
            connection_id=connected.pk, direction=AtsDirection.IN, name="test_status", status=200, seconds=0.04
        )
    status = f"CASE WHEN n % 200 = 0 THEN '{EmailStatus.BOUNCED}' ELSE '{EmailStatus.SENT}' END"
    sent = {"recipient": EMAIL, "status": status, "created_at": "moment", "sent_at": "moment", "due_at": "moment"}
    copier.copy(mails[0], links=["invitation_id"], **sent)
    copier.copy(mails[1], links=["invitation_id"], where="share >= 30", **sent)
    copier.copy_held(*events, links=["invitation_id"], created_at="moment")
    delivered = {"status": "'delivered'", "delivered_at": "moment", "next_try_at": "NULL", "created_at": "moment"}
    copier.copy_held(*deliveries, links=["event_id"], **delivered)
    copier.copy(*entries, at="moment", verb=pick(VERBS, "n / 3"), actor=pick(ACTORS, "n / 5"))
    copier.copy(call, at="moment", name=pick(("list_tests", "send_test", "test_status"), "n / 3"))


def copy_batches(copier: Copier, tenant: Tenant, interview: Interview) -> None:
    now = timezone.now()
    with tenant_scope(tenant):
        batch = InvitationBatch.objects.create(
            interview=interview, source="people.csv", status="done", expires_at=now, started_at=now, finished_at=now
        )
        row = BatchRow.objects.create(
            batch=batch, number=0, state=BatchRowState.INVITED, name="Kim", email="k@m.example"
        )
    copier.copy(batch, where=f"n <= {BATCHES}", created_at="moment")
    of_batch = copied("one.batch_id", f"(1 + n % {BATCHES})")
    state = f"CASE WHEN n % 50 = 0 THEN '{BatchRowState.PROBLEM}' ELSE '{BatchRowState.INVITED}' END"
    copier.copy(row, batch_id=of_batch, number="n", state=state, email=EMAIL)

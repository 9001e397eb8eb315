"""A company with something on every page of its desk: rows written through the domain, and where they are seen."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import product

from django.db import models
from django.urls import reverse
from django.utils import timezone

from interviews.categories import Race, Sex
from interviews.demo.companies import FERN_AND_FIELD, HARBOUR_LIGHT
from interviews.domain import ats_connections, batches, choices, invitations, self_identification, versions, webhooks
from interviews.enums import AtsDirection, CandidateWish
from interviews.models import AtsCallback, Candidate, Interview, Invitation, Order, QuestionBank, Result, WebhookAttempt
from tenants.domain.domains import add_domain
from tenants.domain.keys import issue_api_key
from tenants.domain.member_invitations import invite_member
from tenants.domain.password_mails import ask_for_password
from tenants.domain.tenants import enter_tenant
from tenants.enums import Role, Scope
from tenants.models import AuditEntry, Brand, MemberInvitation, Membership, PasswordMail, PlatformEntry, Tenant, User
from tenants.scope import tenant_scope
from tests.browser.addresses import NEWCOMER, NOBODY, STAFF
from tests.browser.applicants import APPLICANTS
from tests.browser.history import interview_applicant, invite, member
from tests.interviews.counted import add_people, make_asking

LIST = """Full name;Mail address;Speaks;More time
Noor Bakker;noor.bakker@candidates.example;English;
Piet de Vries;piet.devries@candidates;English;
Lena Olsen;lena.olsen@candidates.example;English;50%
Noor B.;noor.bakker@candidates.example;English;
"""


#: Steps that ask first, by the row of `write_company` that they are taken with.
ASKING = {
    "domain": ("delete",),
    "member": ("delete",),
    "member invitation": ("resend", "revoke"),
    "key": ("rotate", "revoke"),
    "webhook": ("send_test", "rotate", "switch", "delete"),
    "ats": ("run_test", "replace_key", "switch", "delete"),
}

#: Of as many people as `write_groups` makes.
FIRST_NAMES = ("Ada", "Bilal", "Chiara", "Dilan", "Emre", "Fatou", "Goran", "Hye")
LAST_NAMES = ("Abara", "Bakker", "Costa", "Duarte", "Eriksen")


def furnish_desk() -> None:
    """Print, as JSON, page -> path for every page of the console that shows a row of these."""
    tenant = Tenant.objects.get(slug=HARBOUR_LIGHT.slug)
    with tenant_scope(tenant):
        interview = Interview.objects.get(title=HARBOUR_LIGHT.interview_title)
        Interview.objects.filter(pk=interview.pk).update(ask_categories=True)
        interview.refresh_from_db()
        versions.publish(interview=interview)
        shown = write_candidates(interview) | write_company(tenant, interview) | write_groups()
        owner = member("owner")
    print(json.dumps(shown | write_platform(owner)))


def write_candidates(interview: Interview) -> dict[str, str]:
    results = [interview_applicant(interview, applicant) for applicant in APPLICANTS]
    for result in results:
        self_identification.identify(invitation=result.invitation, sex=Sex.FEMALE, race=Race.WHITE)
    asking = invite(interview, "Oluwaseun Bello", "oluwaseun.bello@candidates.example")
    choices.ask(invitation=asking, wish=CandidateWish.PERSON, text="I would rather talk to somebody.")
    declining = invite(interview, "Wei Zhang", "wei.zhang@candidates.example")
    invitations.decline(invitation=declining, reason="I have taken another post.")
    batch = batches.create_batch(interview=interview, source="spring.csv", text=LIST, expires_at=asking.expires_at)
    batches.map_columns(batch=batch, mapping={"name": 0, "email": 1, "locale": 2, "extra_time": 3}, has_header=True)
    session = results[0].invitation.sessions.get()
    both = "&".join(f"id={result.pk}" for result in results)
    return {
        "result": change(results[0]),
        "result of another": change(results[1]),
        "compare": f"{reverse('admin:interviews_result_compare')}?{both}",
        "invitation": change(asking),
        "candidate": change(asking.candidate),
        "session": change(session),
        "email": change(asking.emails.earliest("created_at")),
        "batch": change(batch),
        "charts": reverse("admin:interviews_interview_charts", args=[interview.pk]),
    }


def write_groups() -> dict[str, str]:
    """Many of last month, of whom nothing is to be seen but how groups of them fared."""
    at = timezone.now().replace(day=1) - timedelta(days=10)
    interview = make_asking(title="Graduate intake", created_at=at)
    people = (
        (9, "female", "white", "reject", (2, 3)),
        (6, "female", "asian", "advance", (4, 4)),
        (14, "male", "white", "advance", (4, 5)),
        (5, "male", "asian", "hold", (3, 3)),
        (6, "female", "black", "advance", (3, 4)),
    )
    for count, sex, race, decision, levels in people:
        add_people(interview, count, sex, race, decision=decision, levels=levels, at=at)
    candidates = Candidate.objects.filter(invitations__interview=interview)
    for candidate, (first, last) in zip(candidates, product(FIRST_NAMES, LAST_NAMES), strict=True):
        candidate.name, candidate.email = f"{first} {last}", f"{first}.{last}@candidates.example".lower()
        candidate.created_at = at
        candidate.save()
    banks = QuestionBank.objects.filter(questions__interview_questions__interview=interview)
    QuestionBank.objects.filter(pk__in=banks.values("pk")).update(name="Graduate questions")
    Result.objects.filter(invitation__interview=interview).update(created_at=at)
    Invitation.objects.filter(interview=interview).update(created_at=at)
    return {"adverse impact": f"{reverse('adverse-impact:show')}?interview={interview.pk}#decisions-title"}


def write_company(tenant: Tenant, interview: Interview) -> dict[str, str]:
    domain = add_domain(tenant=tenant, host="interviews.harbour-light.example")
    newcomer = invite_member(email=NEWCOMER, name="Kai Berg", role=Role.REVIEWER)
    fail_once(newcomer)
    key, _text = issue_api_key(name="Careers page", scopes=Scope.values)
    webhook, _secret = webhooks.add_endpoint(url="https://hooks.harbour-light.example/vivavoce")
    delivery = webhooks.send_test(endpoint=webhook)
    WebhookAttempt.objects.create(delivery=delivery, number=1, status=503, milliseconds=211, response="Try later.")
    ats, _key = ats_connections.install_connection(system="greenhouse", name="Greenhouse")
    ordered = invite(interview, "Mina Farah", "mina.farah@candidates.example")
    order = Order.objects.create(
        invitation=ordered, system="greenhouse", by_adapter=True, callback={"connection": str(ats.pk)}
    )
    told = AtsCallback.objects.create(connection=ats, order=order, event="result.ready")
    call = ats_connections.log_call(
        connection_id=ats.pk, direction=AtsDirection.OUT, name="PATCH", status=500, seconds=0.3, callback=told
    )
    bank = QuestionBank.objects.get(is_default=True)
    rows = {
        "interview": interview,
        "bank": bank,
        "brand": Brand.objects.get(),
        "company": tenant,
        "domain": domain,
        "member": Membership.objects.get(user=member("reviewer")),
        "member invitation": newcomer,
        "key": key,
        "webhook": webhook,
        "delivery": delivery,
        "ats": ats,
        "ats call-back": told,
        "ats call": call,
        "audit entry": AuditEntry.objects.filter(verb__contains="decided").first() or AuditEntry.objects.latest("at"),
    }
    asking = {f"{name}: {step}": step_of(rows[name], step) for name, steps in ASKING.items() for step in steps}
    more = {"import": reverse("admin:interviews_questionbank_import", args=[bank.pk])}
    return {name: change(row) for name, row in rows.items()} | asking | more


def write_platform(owner: User) -> dict[str, str]:
    """The platform's staff, who have the owner's password, with a mail that they see and something that they did."""
    fields = {"name": "Robin Hart", "is_platform_staff": True, "password": owner.password}
    staff, _new = User.objects.get_or_create(email=STAFF, defaults=fields)
    nobody = User.objects.get_or_create(email=NOBODY, defaults=fields | {"name": "", "is_platform_staff": False})[0]
    mail = ask_for_password(user=owner)
    assert mail is not None
    fail_once(mail)
    enter_tenant(user=staff, tenant=Tenant.objects.get(slug=FERN_AND_FIELD.slug))
    rows = {
        "platform: user": nobody,
        "platform: password mail": mail,
        "platform: entry": PlatformEntry.objects.latest("at"),
    }
    asking = {"platform: another password mail": step_of(mail, "send_another")}
    return {name: change(row) for name, row in rows.items()} | asking


def fail_once(mail: MemberInvitation | PasswordMail) -> None:
    """As if it had been tried before."""
    mail.tries.create(sent=False, error="SMTPServerDisconnected: Connection unexpectedly closed")
    mail.attempts = models.F("attempts") + 1
    mail.save(update_fields=["attempts"])


def change(row: models.Model) -> str:
    """The page of one row in the admin."""
    return step_of(row, "change")


def step_of(row: models.Model, step: str) -> str:
    """The page that asks before it takes a step with the row."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{step}", args=[row.pk])

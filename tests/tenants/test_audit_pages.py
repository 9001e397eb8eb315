"""The audit log as owners read it, and what the console writes into it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from interviews.models import Answer, Question, QuestionBank, Result, Session
from tenants.domain.audit import record
from tenants.models import AuditEntry, Brand, Tenant, User
from tenants.scope import tenant_scope
from tests.isolation.rows import make_row

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
LIST = "admin:tenants_auditentry_changelist"


def entries(tenant: Tenant, **wanted: object) -> list[AuditEntry]:
    with tenant_scope(tenant):
        return list(AuditEntry.objects.filter(**wanted).order_by("at"))


def test_a_change_is_kept_with_old_and_new(acme: Tenant, owner: User, log_in: LogIn) -> None:
    with tenant_scope(acme):
        brand = Brand.objects.get()
    form = {"display_name": "Acme Inc", "primary_colour": "#112233", "accent_colour": brand.accent_colour}
    form |= {"interviewer_name": brand.interviewer_name, "sender_name": brand.sender_name}
    form |= {"language": brand.language, "initial-language": brand.language}
    assert log_in(owner).post(reverse("admin:tenants_brand_change", args=[brand.pk]), form).status_code == 302
    (entry,) = entries(acme, verb="changed")
    assert (entry.actor, entry.ip) == (owner.email, "127.0.0.1")
    assert entry.changes == {
        "display_name": ["Acme", "Acme Inc"],
        "primary_colour": ["#1f4fd8", "#112233"],
    }


def test_so_are_rows_within_a_page(acme: Tenant, recruiter: User, log_in: LogIn) -> None:
    with tenant_scope(acme):
        bank = make_row(QuestionBank)
        question = Question.objects.create(bank=bank, position=0, text="Why us?")
    url = reverse("admin:interviews_questionbank_change", args=[bank.pk])
    client = log_in(recruiter)
    page = client.get(url).context["adminform"].form
    form = {name: page[name].value() or "" for name in page.fields} | {"name": "Drivers"}
    formset = client.get(url).context["inline_admin_formsets"][0].formset
    form |= {
        f"{formset.prefix}-{name}": formset.management_form[name].value() for name in formset.management_form.fields
    }
    row = formset.forms[0]
    form |= {row.add_prefix(name): row[name].value() for name in row.fields if row[name].value() is not None}
    form |= {row.add_prefix("text"): "Why here?"}
    assert client.post(url, form).status_code == 302
    (entry,) = entries(acme, verb="changed", object_type="interviews.questionbank")
    assert entry.changes["name"] == [bank.name, "Drivers"]
    assert [values for field, values in entry.changes.items() if field.endswith(": text")] == [["Why us?", "Why here?"]]
    assert question.text == "Why us?"


@pytest.mark.parametrize(("model", "verb"), [(Result, "viewed the result"), (Session, "viewed the session")])
def test_looking_at_what_a_candidate_said_is_on_record(
    acme: Tenant, reviewer: User, log_in: LogIn, model: type[Result] | type[Session], verb: str
) -> None:
    with tenant_scope(acme):
        row = make_row(model)
        session = row if isinstance(row, Session) else make_row(Session)
        session.plan = {"persona": {"interviewer": "Vivi"}, "questions": []}
        session.save()
    url = reverse(f"admin:interviews_{model._meta.model_name}_change", args=[row.pk])
    assert log_in(reviewer).get(url).status_code == 200
    assert [(entry.actor, entry.object_id) for entry in entries(acme, verb=verb)] == [(reviewer.email, str(row.pk))]


def test_and_so_are_answers_on_the_invitations_page(acme: Tenant, reviewer: User, viewer: User, log_in: LogIn) -> None:
    with tenant_scope(acme):
        invitation = make_row(Answer).invitation
    url = reverse("admin:interviews_invitation_change", args=[invitation.pk])
    for user in (reviewer, viewer):  # Who is only a viewer is shown no answers.
        assert log_in(user).get(url).status_code == 200
    assert [entry.actor for entry in entries(acme, verb="viewed the answers")] == [reviewer.email]


def test_owners_search_and_filter_it(acme: Tenant, owner: User, log_in: LogIn) -> None:
    with tenant_scope(acme):
        record(verb="exported the results", details={"rows": 12}, ip="192.0.2.9")
        record(verb="ended the session", changes={"status": ("live", "<b>ended</b>")})
    client = log_in(owner)

    def found(**query: str) -> set[str]:
        return {entry.verb for entry in client.get(reverse(LIST), query).context["cl"].result_list}

    assert found(q="exported") == {"exported the results"}
    assert found(q="192.0.2.") == {"exported the results"}
    assert found(verb="ended the session") == {"ended the session"}
    assert found(actor="nobody") == set()
    entry = entries(acme, verb="ended the session")[0]
    page = client.get(reverse("admin:tenants_auditentry_change", args=[entry.pk])).content.decode()
    assert ("status: live → &lt;b&gt;ended&lt;/b&gt;" in page, "<b>ended</b>" in page) == (True, False)


def test_what_is_done_to_a_company_by_the_platform_is_in_its_own_log(
    acme: Tenant, globex: Tenant, platform_staff: User, log_in: LogIn
) -> None:
    client = log_in(platform_staff)
    client.post(reverse("tenants:switch"), {"tenant": str(globex.pk)})
    form = {"name": "Acme Inc", "time_zone": "UTC", "is_active": "on"}
    form |= {"domains-TOTAL_FORMS": "0", "domains-INITIAL_FORMS": "0"}
    assert client.post(reverse("admin:tenants_tenant_change", args=[acme.pk]), form).status_code == 302
    assert [entry.changes for entry in entries(acme, verb="changed")] == [{"name": ["Acme", "Acme Inc"]}]
    assert entries(globex, verb="changed") == []
    history = client.get(reverse("admin:tenants_tenant_history", args=[acme.pk])).content.decode()
    assert "name: Acme → Acme Inc" in history


def test_rows_go_by_the_names_people_know(acme: Tenant, owner: User, log_in: LogIn) -> None:
    with tenant_scope(acme):
        entry = record(verb="looked at", target=Brand.objects.get())
        record(verb="looked at", target=make_row(QuestionBank))
    client = log_in(owner)
    page = client.get(reverse("admin:tenants_auditentry_change", args=[entry.pk])).content.decode()
    assert ("tenants.brand" in page, ">brand<" in "".join(page.split())) == (False, True)
    listed = client.get(reverse(LIST), {"object_type": "interviews.questionbank"})
    assert [row.object_type for row in listed.context["cl"].result_list] == ["interviews.questionbank"]
    assert "question bank" in listed.content.decode()

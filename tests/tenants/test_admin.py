"""The tenant's own pages in the console, role by role."""

import re
from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from tenants.domain.keys import issue_api_key
from tenants.domain.password_mails import ask_for_password, send_password_mail
from tenants.domain.tokens import find_tenant_by_token
from tenants.enums import Role, TokenKind
from tenants.models import ApiKey, AuditEntry, Brand, Membership, PasswordMail, PlatformEntry, Tenant, User
from tenants.scope import tenant_scope

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
PAGES = ["brand", "membership", "memberinvitation", "apikey", "auditentry", "tenant"]


def url(model: str, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:tenants_{model}_{page}", args=args)


@pytest.fixture
def browser(owner: User, log_in: LogIn) -> Client:
    return log_in(owner)


@pytest.mark.parametrize("page", PAGES)
def test_owners_see_the_companys_pages(browser: Client, page: str) -> None:
    assert browser.get(url(page)).status_code == 200


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["recruiter", "reviewer", "viewer"])
def test_others_do_not(request: pytest.FixtureRequest, log_in: LogIn, role: str, page: str) -> None:
    assert log_in(request.getfixturevalue(role)).get(url(page)).status_code == 403


def test_the_brand_is_changed_in_place_and_on_record(browser: Client, acme: Tenant, owner: User) -> None:
    with tenant_scope(acme):
        pk = Brand.objects.get().pk
    form = {
        "display_name": "Acme Careers",
        "primary_colour": "#112233",
        "accent_colour": "#445566",
        "interviewer_name": "Ada",
        "language": "en",
        "logo": SimpleUploadedFile("logo.svg", b"<svg/>"),
    }
    assert browser.post(url("brand", "change", pk), form).status_code == 302
    with tenant_scope(acme):
        brand = Brand.objects.get()
        assert (brand.display_name, brand.primary_colour, brand.interviewer_name) == ("Acme Careers", "#112233", "Ada")
        assert re.fullmatch(rf"tenants/{acme.pk}/logo-[0-9a-f]{{32}}\.svg", str(brand.logo.name))
        entry = AuditEntry.objects.get(verb="changed")
        assert (entry.actor, entry.object_type, entry.object_id) == (owner.email, "tenants.brand", str(pk))
    assert LogEntry.objects.count() == 0
    history = browser.get(url("brand", "history", pk)).content.decode()
    assert (owner.email in history, "changed" in history) == (True, True)


@pytest.mark.parametrize("change", [{"primary_colour": "red"}, {"logo": SimpleUploadedFile("logo.html", b"<b>")}])
def test_a_wrong_brand_is_refused(browser: Client, acme: Tenant, change: dict[str, object]) -> None:
    with tenant_scope(acme):
        pk = Brand.objects.get().pk
    form = {"display_name": "New", "primary_colour": "#112233", "accent_colour": "#445566", "interviewer_name": "Ada"}
    form |= {"language": "en"}
    assert browser.post(url("brand", "change", pk), form | change).status_code == 200
    with tenant_scope(acme):
        assert Brand.objects.get().display_name == "Acme"


def test_there_is_one_brand(browser: Client, acme: Tenant) -> None:
    with tenant_scope(acme):
        pk = Brand.objects.get().pk
    assert browser.get(url("brand", "add")).status_code == 403
    assert browser.post(url("brand", "delete", pk), {"post": "yes"}).status_code == 403


def test_the_last_owner_can_be_neither_demoted_nor_removed(browser: Client, acme: Tenant, owner: User) -> None:
    with tenant_scope(acme):
        pk = Membership.objects.get(user=owner).pk
    answer = browser.post(url("membership", "change", pk), {"role": "viewer"})
    assert (answer.status_code, "A company needs an owner" in answer.content.decode()) == (200, True)
    assert browser.post(url("membership", "delete", pk), {"post": "yes"}).status_code == 403


def test_a_member_is_changed_and_removed(browser: Client, acme: Tenant, viewer: User) -> None:
    with tenant_scope(acme):
        pk = Membership.objects.get(user=viewer).pk
    assert browser.post(url("membership", "change", pk), {"role": "reviewer"}).status_code == 302
    with tenant_scope(acme):
        assert Membership.objects.get(pk=pk).role == Role.REVIEWER
    assert browser.post(url("membership", "delete", pk), {"post": "yes"}).status_code == 302
    with tenant_scope(acme):
        assert not Membership.objects.filter(pk=pk).exists()
    assert User.objects.filter(pk=viewer.pk).exists()


def test_a_key_is_shown_once(browser: Client, acme: Tenant) -> None:
    answer = browser.post(url("apikey", "add"), {"name": "ATS", "scopes": "results:read"}, follow=True)
    shown = re.findall(r"vv_live_[\w-]{43}", answer.content.decode())
    assert len(shown) == 1
    assert find_tenant_by_token(kind=TokenKind.API_KEY, token=shown[0]) == acme
    with tenant_scope(acme):
        key = ApiKey.objects.get()
    assert (key.name, key.scopes) == ("ATS", ["results:read"])
    for page in (url("apikey"), url("apikey", "change", key.pk)):
        assert shown[0] not in browser.get(page).content.decode()


def test_a_key_is_revoked_by_post_and_never_edited(browser: Client, acme: Tenant) -> None:
    with tenant_scope(acme):
        key, _ = issue_api_key(name="ATS")
    assert browser.post(url("apikey", "change", key.pk), {"name": "Other"}).status_code == 403
    revoke = url("apikey", "revoke", key.pk)
    assert browser.get(revoke).status_code == 200
    with tenant_scope(acme):
        assert ApiKey.objects.get().is_usable
    assert browser.post(revoke).status_code == 302
    with tenant_scope(acme):
        key.refresh_from_db()
    assert (key.name, key.is_usable) == ("ATS", False)


def test_the_audit_log_can_only_be_read(browser: Client, acme: Tenant) -> None:
    with tenant_scope(acme):
        entry = AuditEntry.objects.earliest("at")
    assert browser.get(url("auditentry", "change", entry.pk)).status_code == 200
    assert browser.post(url("auditentry", "change", entry.pk), {"verb": "x"}).status_code == 403
    assert browser.post(url("auditentry", "delete", entry.pk), {"post": "yes"}).status_code == 403
    assert browser.get(url("auditentry", "add")).status_code == 403


def test_an_owner_edits_the_own_company_only(browser: Client, acme: Tenant, globex: Tenant) -> None:
    form = {"name": "Acme Inc", "slug": "stolen", "time_zone": "Europe/Berlin", "is_active": ""}
    form |= {"domains-TOTAL_FORMS": "0", "domains-INITIAL_FORMS": "0"}
    assert browser.post(url("tenant", "change", acme.pk), form).status_code == 302
    assert browser.post(url("tenant", "change", globex.pk), form).status_code == 404
    assert list(Tenant.objects.order_by("name").values_list("name", "slug", "time_zone", "is_active")) == [
        ("Acme Inc", "acme", "Europe/Berlin", True),
        ("Globex", "globex", "UTC", True),
    ]


def test_a_user_whom_platform_staff_add_can_set_a_password(
    client: Client, platform_staff: User, log_in: LogIn, mailoutbox: list[EmailMessage]
) -> None:
    form = {"email": "new@platform.example", "name": "New", "is_active": "on", "is_staff": "on"}
    page = log_in(platform_staff).post(url("user", "add"), form, follow=True).content.decode()
    assert "Forgotten your password?" in page
    client.post(reverse("admin_password_reset"), {"email": "new@platform.example"})
    send_password_mail(mail_id=PasswordMail.objects.get().pk)
    assert [mail.to for mail in mailoutbox] == [["new@platform.example"]]


def test_platform_staff_sees_companies_users_and_log_ins(
    acme: Tenant, globex: Tenant, outsider: User, platform_staff: User, log_in: LogIn
) -> None:
    browser = log_in(platform_staff)
    browser.post(reverse("tenants:switch"), {"tenant": str(acme.pk)})
    tenants = browser.get(url("tenant")).content.decode()
    assert (str(acme.pk) in tenants, str(globex.pk) in tenants) == (True, True)
    assert outsider.email in browser.get(url("user")).content.decode()
    assert browser.get(reverse("admin:axes_accessattempt_changelist")).status_code == 200


def test_platform_staff_sees_password_mails_without_the_link_and_sends_another(
    owner: User, platform_staff: User, log_in: LogIn, mailoutbox: list[EmailMessage]
) -> None:
    mail = ask_for_password(user=owner)
    assert mail is not None
    send_password_mail(mail_id=mail.pk)
    browser = log_in(platform_staff)
    page = browser.get(url("passwordmail", "change", mail.pk)).content.decode()
    assert ("your account owner@acme.example" in page, "(their personal link)" in page) == (True, True)
    assert "/admin/reset/" not in page
    mail.tries.update(sent=False, error="ConnectionRefusedError: <no> server")
    page = browser.get(url("passwordmail", "change", mail.pk)).content.decode()
    assert "· Failed ConnectionRefusedError: &lt;no&gt; server" in page
    browser.post(url("passwordmail", "send_another", mail.pk))
    assert PasswordMail.objects.filter(user=owner).count() == 2
    assert PlatformEntry.objects.filter(verb="sent another password mail", object_id=str(mail.pk)).exists()

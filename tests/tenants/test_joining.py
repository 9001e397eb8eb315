"""From the owner's form to the invited person's first page."""

import re
from collections.abc import Callable

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from tenants.domain.member_invitations import invite_member, revoke_member_invitation, send_member_mail
from tenants.enums import Role
from tenants.models import AuditEntry, MemberInvitation, Membership, Tenant, User
from tenants.scope import tenant_scope
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
PASSWORD = "correct horse battery"
CHOICE = {"name": "Kim K", "new_password1": PASSWORD, "new_password2": PASSWORD}


def page(name: str, *args: object) -> str:
    return reverse(f"admin:tenants_memberinvitation_{name}", args=args)


def link_of(invitation: MemberInvitation, mailoutbox: list[EmailMessage]) -> str:
    send_member_mail(tenant_id=invitation.tenant_id, invitation_id=invitation.pk)
    return re.findall(r"(/admin/join/\S+/)", str(mailoutbox[-1].body))[0]


@pytest.fixture
def invitation(acme: Tenant) -> MemberInvitation:
    with tenant_scope(acme):
        return invite_member(email="kim@example.org", name="Kim", role=Role.RECRUITER)


@pytest.fixture
def link(invitation: MemberInvitation, mailoutbox: list[EmailMessage]) -> str:
    return link_of(invitation, mailoutbox)


class TestTheOwner:
    def test_invites(self, acme: Tenant, owner: User, log_in: LogIn) -> None:
        client = log_in(owner)
        assert client.get(page("add")).status_code == 200
        form = {"email": "Kim@example.org", "name": "Kim", "role": "reviewer"}
        assert client.post(page("add"), form)["Location"] == page("changelist")
        with tenant_scope(acme):
            row = MemberInvitation.objects.get()
            assert (row.email, row.role, row.invited_by) == ("kim@example.org", "reviewer", owner.email)
            (entry,) = AuditEntry.objects.filter(object_type="tenants.memberinvitation")
            assert (entry.actor, entry.ip, entry.verb) == (owner.email, "127.0.0.1", "invited the member")
        again = client.post(page("add"), form)
        assert (again.status_code, "was invited already" in again.content.decode()) == (200, True)
        assert "kim@example.org" in client.get(page("changelist")).content.decode()
        with tenant_scope(acme):
            row.tries.create(sent=False, error="OSError: no server")
        shown = client.get(page("change", row.pk)).content.decode()
        assert ("Mail on its way" in shown, "· Failed OSError: no server" in shown) == (True, True)

    @pytest.mark.parametrize(("step", "verb"), [("resend", "invited the member again"), ("revoke", "revoked the")])
    def test_sends_again_and_revokes_by_post(
        self, acme: Tenant, owner: User, log_in: LogIn, invitation: MemberInvitation, step: str, verb: str
    ) -> None:
        client = log_in(owner)
        assert client.get(page(step, invitation.pk)).status_code == 200
        with tenant_scope(acme):
            assert AuditEntry.objects.filter(verb__startswith=verb).count() == 0
        assert client.post(page(step, invitation.pk)).status_code == 302
        with tenant_scope(acme):
            assert AuditEntry.objects.filter(verb__startswith=verb).count() == 1
            assert MemberInvitation.objects.get().is_open is (step == "resend")

    @pytest.mark.parametrize("role", ["recruiter", "reviewer", "viewer", "outsider"])
    def test_alone_does(
        self, request: pytest.FixtureRequest, log_in: LogIn, invitation: MemberInvitation, acme: Tenant, role: str
    ) -> None:
        client = log_in(request.getfixturevalue(role))
        form = {"email": "other@example.org", "role": "owner"}
        expected = 404 if role == "outsider" else 403
        for step in ("resend", "revoke"):
            assert client.post(page(step, invitation.pk)).status_code == expected
        client.post(page("add"), form)
        with tenant_scope(acme):
            assert list(MemberInvitation.objects.values_list("email", "revoked_at")) == [("kim@example.org", None)]


class TestTheInvited:
    def test_opening_the_link_changes_nothing(self, acme: Tenant, client: Client, link: str) -> None:
        for _ in range(2):
            answer = client.get(link)
            text = answer.content.decode()
            assert (answer.status_code, "kim@example.org is invited as recruiter" in text) == (200, True)
            assert ('type="text" name="name"' in text, 'value="Kim"' in text) == (True, True)
        with tenant_scope(acme):
            assert (MemberInvitation.objects.get().is_open, Membership.objects.count()) == (True, 0)

    def test_sets_a_password_and_arrives_on_the_dashboard(self, acme: Tenant, client: Client, link: str) -> None:
        answer = client.post(link, CHOICE, follow=True)
        assert (answer.redirect_chain[-1][0], answer.status_code) == (reverse("admin:index"), 200)
        user = User.objects.get(email="kim@example.org")
        assert (user.name, user.check_password(PASSWORD)) == ("Kim K", True)
        with tenant_scope(acme):
            assert Membership.objects.get().role == Role.RECRUITER
            entry = AuditEntry.objects.get(verb="added the member")
            assert (entry.actor, entry.ip) == ("kim@example.org", "127.0.0.1")
        assert Client().post(link, CHOICE).status_code == 410

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"new_password2": "something else"}, "match"),
            ({"new_password1": "short", "new_password2": "short"}, "too short"),
            ({"name": ""}, "required"),
        ],
    )
    def test_is_told_what_is_wrong(
        self, acme: Tenant, client: Client, link: str, change: dict[str, str], message: str
    ) -> None:
        answer = client.post(link, CHOICE | change)
        assert (answer.status_code, message in answer.content.decode()) == (200, True)
        assert not User.objects.filter(email="kim@example.org").exists()

    def test_with_an_account_logs_in_and_joins(self, acme: Tenant, client: Client, link: str, log_in: LogIn) -> None:
        user = UserFactory.create(email="kim@example.org")
        shown = client.get(link).content.decode()
        assert ("You have an account" in shown, "new_password1" in shown) == (True, False)
        answer = client.post(link, CHOICE)
        assert answer["Location"] == f"{reverse('admin:login')}?next={link}"
        assert log_in(user).post(link, follow=True).redirect_chain[-1][0] == reverse("admin:index")
        with tenant_scope(acme):
            assert Membership.objects.get().user == user

    def test_is_nobody_else(self, acme: Tenant, link: str, outsider: User, log_in: LogIn) -> None:
        UserFactory.create(email="kim@example.org")
        client = log_in(outsider)
        assert f"You are logged in as {outsider.email}" in client.get(link).content.decode()
        assert client.post(link).status_code == 302
        with tenant_scope(acme):
            assert Membership.objects.count() == 0

    def test_meets_a_plain_page_when_it_is_over(
        self, acme: Tenant, client: Client, invitation: MemberInvitation, link: str
    ) -> None:
        with tenant_scope(acme):
            revoke_member_invitation(invitation=invitation)
        for answer in (client.get(link), client.post(link, CHOICE)):
            assert (answer.status_code, "was withdrawn" in answer.content.decode()) == (410, True)
        Tenant.objects.update(is_active=False)
        assert client.get(link).status_code == 404


def test_platform_staff_founds_a_company_and_its_owner_begins(
    platform_staff: User, log_in: LogIn, client: Client, mailoutbox: list[EmailMessage]
) -> None:
    staff = log_in(platform_staff)
    form = {"name": "Initech", "slug": "initech", "time_zone": "Europe/Berlin"}
    form |= {"owner_email": "ada@initech.example", "owner_name": "Ada"}
    answer = staff.post(reverse("admin:tenants_tenant_add"), form, follow=True)
    assert "ada@initech.example is asked by mail to join as owner." in answer.content.decode()
    with tenant_scope(Tenant.objects.get(slug="initech")):
        (entry,) = AuditEntry.objects.filter(verb="founded")
        assert (entry.actor, entry.ip) == (platform_staff.email, "127.0.0.1")
        invitation = MemberInvitation.objects.get()
    link = link_of(invitation, mailoutbox)
    first = client.post(link, CHOICE, follow=True)
    assert (first.redirect_chain[-1][0], first.status_code) == (reverse("admin:index"), 200)
    assert "Initech" in first.content.decode()
    assert client.get(reverse("admin:tenants_membership_changelist")).status_code == 200


@pytest.mark.parametrize("change", [{"owner_email": ""}, {"owner_email": "nonsense"}, {"slug": "acme"}])
def test_half_a_company_is_none(acme: Tenant, platform_staff: User, log_in: LogIn, change: dict[str, str]) -> None:
    form = {"name": "Initech", "slug": "initech", "time_zone": "UTC", "owner_email": "ada@initech.example"}
    assert log_in(platform_staff).post(reverse("admin:tenants_tenant_add"), form | change).status_code == 200
    assert list(Tenant.objects.values_list("slug", flat=True)) == ["acme"]

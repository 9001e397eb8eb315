import re
from datetime import timedelta
from email.message import Message
from typing import Any

import pytest
from anymail.exceptions import AnymailError
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.utils import timezone

from tenants.domain.member_invitations import (
    InvitationClosed,
    invite_member,
    join_as_user,
    join_with_password,
    lost_member_mails,
    open_member_invitation,
    resend_member_invitation,
    revoke_member_invitation,
    send_member_mail,
)
from tenants.domain.tokens import find_tenant_by_token
from tenants.enums import Role, TokenKind
from tenants.models import AuditEntry, Brand, MemberInvitation, Membership, Tenant, User
from tenants.scope import tenant_scope
from tests.factories import UserFactory

PASSWORD = "correct horse battery"


def invite(tenant: Tenant, **fields: Any) -> MemberInvitation:
    with tenant_scope(tenant):
        return invite_member(**{"email": "kim@example.org", "name": "Kim", "role": Role.RECRUITER} | fields)


def send(invitation: MemberInvitation, mailoutbox: list[EmailMessage]) -> str:
    """Send its mail; returns the token in it."""
    send_member_mail(tenant_id=invitation.tenant_id, invitation_id=invitation.pk)
    return re.findall(r"/admin/join/([\w-]{43})/", str(mailoutbox[-1].body))[0]


def test_an_invitation_is_a_row_and_a_task(
    in_acme: Tenant, owner: User, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(
        "tenants.domain.member_invitations.current_app.send_task", lambda name, args: sent.append((name, args))
    )
    with django_capture_on_commit_callbacks(execute=True):
        made = invite_member(email=" Kim@Example.org ", name="Kim", role=Role.REVIEWER, actor=owner, ip="192.0.2.1")
    row = MemberInvitation.objects.get()
    assert (row.email, row.name, row.role, row.invited_by) == ("kim@example.org", "Kim", "reviewer", owner.email)
    assert (row.digest, row.is_open, row.expires_at - row.created_at > timedelta(days=6)) == ("", True, True)
    assert sent == [("tenants.tasks.send_member_invitation", [str(in_acme.pk), str(made.pk)])]
    assert (Membership.objects.filter(user__email="kim@example.org").exists(), User.objects.count()) == (False, 1)
    entry = AuditEntry.objects.get(verb="invited the member")
    assert (entry.actor, entry.ip, entry.object_label) == (owner.email, "192.0.2.1", "Kim (Reviewer)")


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("OWNER@acme.example", "is a member already"),
        ("Kim@example.org", "was invited already"),
        ("nonsense", "valid email address"),
        ("", "cannot be blank"),
    ],
)
def test_who_cannot_be_invited(in_acme: Tenant, owner: User, email: str, message: str) -> None:
    invite_member(email="kim@example.org", role=Role.VIEWER)
    with pytest.raises(ValidationError, match=message):
        invite_member(email=email, role=Role.VIEWER)
    assert MemberInvitation.objects.count() == 1


def test_the_mail_says_the_same_in_text_and_html(acme: Tenant, mailoutbox: list[EmailMessage]) -> None:
    with tenant_scope(acme):
        Brand.objects.update(sender_name='Acme\nBcc: x@evil.example "<a>', reply_to="people@acme.example")
    invitation = invite(acme, name="<b>Kim</b>")
    token = send(invitation, mailoutbox)
    mail = mailoutbox[0]
    message: Message = mail.message()
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert (mail.to, mail.reply_to, mail.subject) == (
        ["kim@example.org"],
        ["people@acme.example"],
        "Join Acme on Vivavoce",
    )
    assert (message["Bcc"], message["From"]) == (None, '"Acme Bcc: x@evil.example a" <no-reply@localhost>')
    html = str(mail.alternatives[0][0])  # type: ignore[attr-defined]
    for body in (str(mail.body), html):
        assert (token in body, "as recruiter" in body, "7 days" in body) == (True, True, True)
    assert ("&lt;b&gt;Kim&lt;/b&gt;" in html, "<b>Kim" in html) == (True, False)
    with tenant_scope(acme):
        row = MemberInvitation.objects.get()
    assert (row.sent_at is not None, row.attempts, token in str(vars(row))) == (True, 1, False)
    link = str(mail.body).split("/admin/join/")[0].split()[-1] + f"/admin/join/{token}/"
    assert row.text_body.replace(row.LINK_PLACEHOLDER, link) == mail.body
    assert row.html_body.replace(row.LINK_PLACEHOLDER, link) == html


def test_it_is_sent_once(acme: Tenant, mailoutbox: list[EmailMessage]) -> None:
    invitation = invite(acme)
    send(invitation, mailoutbox)
    assert send_member_mail(tenant_id=acme.pk, invitation_id=invitation.pk) is None
    assert len(mailoutbox) == 1


@pytest.mark.parametrize("error", [ConnectionRefusedError("no server"), AnymailError("no server")])
def test_a_mail_that_fails_is_tried_again(
    acme: Tenant, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    invitation = invite(acme)

    def refuse(self: object) -> None:
        raise error

    def send_when_due() -> int | None:
        with tenant_scope(acme):
            MemberInvitation.objects.update(due_at=timezone.now())
        return send_member_mail(tenant_id=acme.pk, invitation_id=invitation.pk)

    with monkeypatch.context() as patch:
        patch.setattr("tenants.domain.link_mails.EmailMultiAlternatives.send", refuse)
        assert [send_when_due() for _ in range(6)] == [60, 120, 240, 480, None, None]
    with tenant_scope(acme):
        row = MemberInvitation.objects.get()
        assert (row.attempts, row.sent_at, row.last_error) == (5, None, f"{type(error).__name__}: no server")
        resend_member_invitation(invitation=row)
    send(invitation, mailoutbox)
    with tenant_scope(acme):
        row.refresh_from_db()
        tries = [(one.sent, one.error) for one in row.tries.all()]
    assert (row.sent_at is not None, row.last_error, row.attempts) == (True, "", 1)
    assert tries == [(False, f"{type(error).__name__}: no server")] * 5 + [(True, "")]


def test_lost_mails_are_found(acme: Tenant, globex: Tenant, mailoutbox: list[EmailMessage]) -> None:
    lost, fresh = invite(acme), invite(globex)
    send(invite(acme, email="sent@example.org"), mailoutbox)
    with tenant_scope(acme):
        MemberInvitation.objects.update(due_at=timezone.now() - timedelta(minutes=5))
    assert lost_member_mails() == [(acme.pk, lost.pk)]
    assert fresh.sent_at is None


def test_a_new_mail_voids_the_link_before(acme: Tenant, mailoutbox: list[EmailMessage]) -> None:
    invitation = invite(acme)
    first = send(invitation, mailoutbox)
    with tenant_scope(acme):
        resend_member_invitation(invitation=invitation)
    second = send(invitation, mailoutbox)
    assert find_tenant_by_token(kind=TokenKind.MEMBER, token=first) is None
    assert find_tenant_by_token(kind=TokenKind.MEMBER, token=second) == acme
    assert find_tenant_by_token(kind=TokenKind.INVITATION, token=second) is None
    with tenant_scope(acme):
        assert (open_member_invitation(token=first), open_member_invitation(token=second)) == (None, invitation)


def test_a_new_person_sets_a_password_and_joins(acme: Tenant) -> None:
    invitation = invite(acme)
    with tenant_scope(acme):
        user = join_with_password(invitation=invitation, password=PASSWORD, name="Kim K")
        assert list(Membership.objects.values_list("user", "role")) == [(user.pk, "recruiter")]
        with pytest.raises(InvitationClosed, match="accepted already"):
            join_with_password(invitation=invitation, password=PASSWORD)
    assert (user.email, user.name, user.check_password(PASSWORD)) == ("kim@example.org", "Kim K", True)
    assert (user.is_staff, user.is_platform_staff) == (True, False)


def test_an_account_is_never_taken_over(acme: Tenant) -> None:
    user = UserFactory.create(email="kim@example.org")
    invitation = invite(acme)
    with tenant_scope(acme), pytest.raises(ValidationError, match="has an account"):
        join_with_password(invitation=invitation, password="another password")
    user.refresh_from_db()
    assert user.check_password("another password") is False


def test_the_account_with_the_address_joins_and_no_other(acme: Tenant, outsider: User) -> None:
    user = UserFactory.create(email="kim@example.org")
    invitation = invite(acme)
    with tenant_scope(acme):
        with pytest.raises(PermissionError):
            join_as_user(invitation=invitation, user=outsider)
        join_as_user(invitation=invitation, user=user)
        assert list(Membership.objects.values_list("user", "role")) == [(user.pk, "recruiter")]


def test_revoked_and_expired_ones_open_nothing(in_acme: Tenant) -> None:
    revoked = invite_member(email="a@example.org", role=Role.VIEWER)
    expired = invite_member(email="b@example.org", role=Role.VIEWER)
    revoke_member_invitation(invitation=revoked)
    MemberInvitation.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    for invitation, reason in ((revoked, "withdrawn"), (expired, "expired")):
        with pytest.raises(InvitationClosed, match=reason):
            join_with_password(invitation=invitation, password=PASSWORD)
    with pytest.raises(InvitationClosed, match="withdrawn"):
        resend_member_invitation(invitation=revoked)
    with pytest.raises(InvitationClosed, match="withdrawn"):
        revoke_member_invitation(invitation=revoked)
    resend_member_invitation(invitation=expired)
    assert (expired.is_open, User.objects.count()) == (True, 0)
    assert invite_member(email="a@example.org", role=Role.VIEWER).is_open

"""Celery tasks of the tenancy: ids in, a call of the domain, a line in the log."""

import logging
from uuid import UUID

from celery import shared_task

from tenants.domain import domains, member_invitations, password_mails

log = logging.getLogger(__name__)


@shared_task
def send_member_invitation(tenant_id: str, invitation_id: str) -> None:
    """Send the mail that asks somebody to join; tried again with growing pauses."""
    pause = member_invitations.send_member_mail(tenant_id=UUID(tenant_id), invitation_id=UUID(invitation_id))
    log.info("member's invitation %s: %s", invitation_id, f"failed, again in {pause} s" if pause else "done")
    if pause:
        send_member_invitation.apply_async((tenant_id, invitation_id), countdown=pause)


@shared_task
def sweep_member_invitations() -> None:
    """Every minute: send what was lost between commit and broker, or with its worker."""
    for tenant_id, invitation_id in member_invitations.lost_member_mails():
        send_member_invitation.delay(str(tenant_id), str(invitation_id))


@shared_task
def send_password_mail(mail_id: int) -> None:
    """Send the mail by which somebody sets a new password; tried again with growing pauses."""
    pause = password_mails.send_password_mail(mail_id=mail_id)
    log.info("password mail %s: %s", mail_id, f"failed, again in {pause} s" if pause else "done")
    if pause:
        send_password_mail.apply_async((mail_id,), countdown=pause)


@shared_task
def sweep_password_mails() -> None:
    """Every minute: send what was lost, and forget what is old."""
    for mail_id in password_mails.lost_password_mails():
        send_password_mail.delay(mail_id)
    password_mails.forget_old_mails()


@shared_task
def check_domain(domain_id: int) -> None:
    """Look up whether a company's domain is proven to be its own."""
    log.info("domain %s: %s", domain_id, domains.check(domain_id=domain_id) or "gone")

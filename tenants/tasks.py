"""Celery tasks of the tenancy: ids in, a call of the domain, a line in the log."""

import logging
from uuid import UUID

from celery import shared_task

from tenants.domain import domains, member_invitations

log = logging.getLogger(__name__)


@shared_task
def send_member_invitation(tenant_id: str, invitation_id: str) -> None:
    """Send the mail that asks somebody to join; tried again with growing pauses."""
    again = member_invitations.send_member_mail(tenant_id=UUID(tenant_id), invitation_id=UUID(invitation_id))
    log.info("member's invitation %s: %s", invitation_id, "failed, tried again" if again else "done")
    if again:
        send_member_invitation.apply_async((tenant_id, invitation_id), countdown=60)


@shared_task
def sweep_member_invitations() -> None:
    """Every minute: send what was lost between commit and broker, or with its worker."""
    for tenant_id, invitation_id in member_invitations.lost_member_mails():
        send_member_invitation.delay(str(tenant_id), str(invitation_id))


@shared_task
def check_domain(domain_id: int) -> None:
    """Look up whether a company's domain is proven to be its own."""
    log.info("domain %s: %s", domain_id, domains.check(domain_id=domain_id) or "gone")

"""What happens to a person's account, written into the log of each company that they belong to."""

from __future__ import annotations

from tenants.domain.audit import record, record_for_platform
from tenants.models import User
from tenants.platform import memberships_of
from tenants.scope import tenant_scope


def record_everywhere(*, user: User, verb: str, ip: str | None) -> None:
    """Done by themselves. Of platform staff who belong to no company, in the platform's log. Outside any scope."""
    memberships = memberships_of(user)
    for membership in memberships:
        with tenant_scope(membership.tenant):
            record(verb=verb, target=membership, actor=user, ip=ip)
    if user.is_platform_staff and not memberships:
        record_for_platform(verb=verb, actor=user, ip=ip)

"""A tenant's own domains: claimed, proven by a TXT record, and used in links once they are.

Looking a name up is a network call: `find_proofs` runs in no tenant's scope.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import dns.exception
import dns.resolver
from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from tenants.domain.audit import record
from tenants.models import Domain, Tenant
from tenants.scope import tenant_scope

#: Seconds that all questions of one check may take together.
PATIENCE = 6.0


class LookUpFailed(Exception):
    """The DNS gave no answer; the message is one sentence for the owner."""


def add_domain(*, tenant: Tenant, host: str) -> Domain:
    """Claim a name. Raises ValidationError for one that can't be."""
    domain = Domain(tenant=tenant, host=host.strip().lower().rstrip("."))
    domain.full_clean()
    with tenant_scope(tenant):
        domain.save()
        record(verb="added the domain", target=domain)
    return domain


def remove_domain(*, domain: Domain) -> None:
    """From now on it is answered no more, and links in mails that were sent with it open nothing."""
    with tenant_scope(domain.tenant_id):
        record(verb="removed the domain", target=domain)
        domain.delete()


def ask_for_check(*, domain: Domain) -> None:
    """Have the record looked up, once committed."""
    Domain.objects.filter(pk=domain.pk).update(check_asked_at=timezone.now())
    transaction.on_commit(lambda: current_app.send_task("tenants.tasks.check_domain", args=[domain.pk]), robust=True)


def find_proofs(*, name: str) -> list[str]:
    """The texts of the TXT records of `name`. Raises LookUpFailed."""
    resolver = dns.resolver.Resolver()
    resolver.lifetime = PATIENCE
    try:
        answer = resolver.resolve(name, "TXT")
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer) as error:
        raise LookUpFailed(f"There is no TXT record at {name} yet. New records can take an hour to show.") from error
    except dns.exception.DNSException as error:
        raise LookUpFailed(f"The DNS gave no answer for {name}. Try again in a few minutes.") from error
    return [b"".join(row.strings).decode("utf-8", "replace") for row in answer]


def check(*, domain_id: int) -> str:
    """Look the proof up and keep what came of it. Returns the state; empty for a domain that is gone."""
    domain = Domain.objects.filter(pk=domain_id).first()
    if domain is None:
        return ""
    try:
        proofs = find_proofs(name=domain.record_name)
    except LookUpFailed as failed:
        return record_check(domain=domain, error=str(failed))
    if domain.record_value in (proof.strip() for proof in proofs):
        return record_check(domain=domain)
    return record_check(domain=domain, error=f"The TXT record at {domain.record_name} holds another value.")


def record_check(*, domain: Domain, error: str = "") -> str:
    """A domain that was verified before stays so: the DNS may be out of order for a moment."""
    now = timezone.now()
    mine = Domain.objects.filter(pk=domain.pk)
    if not error and domain.verified_at is None:
        try:
            with transaction.atomic(), tenant_scope(domain.tenant_id):
                mine.update(verified_at=now)
                record(verb="verified the domain", target=domain)
        except IntegrityError:
            error = "Another company has verified this domain. It must remove it first."
    mine.update(checked_at=now, last_error=error[:300])
    domain.refresh_from_db()
    return domain.state


def find_verified(*, host: str) -> Domain | None:
    """Whose domain this is, of a company that is open. Needs no scope."""
    found = Domain.objects.filter(host=host.lower().rstrip("."), verified_at__isnull=False, tenant__is_active=True)
    return found.select_related("tenant").first()


def link_base(*, tenant_id: UUID) -> str:
    """What candidates' links of the tenant begin with: its verified domain, else BASE_URL. No slash at the end."""
    found = Domain.objects.filter(tenant_id=tenant_id, verified_at__isnull=False)
    host = found.order_by("verified_at").values_list("host", flat=True).first()
    if host is None:
        return settings.BASE_URL
    base = urlsplit(settings.BASE_URL)
    return urlunsplit((base.scheme, f"{host}:{base.port}" if base.port else host, "", "", ""))

"""Sharing a result with somebody without an account: a link that ends, can be taken back, and leaves traces."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from interviews.domain.reviews import is_hidden
from interviews.models import Result, ResultLink
from tenants.domain import tokens
from tenants.domain.audit import record
from tenants.domain.domains import link_base
from tenants.enums import TokenKind
from tenants.models import User

MAX_DAYS = 90
DEFAULT_DAYS = 14


class SharingRefused(ValueError):
    """This result can't be shared so; the message says what to do."""


@dataclass(frozen=True)
class LinkPlace:
    """Where a link leads: enough to open the tenant's scope and find the row in it."""

    tenant_id: UUID
    digest: str


def share_result(
    *, result: Result, days: int = DEFAULT_DAYS, with_transcript: bool = False, by: User | str = ""
) -> tuple[ResultLink, str]:
    """A new link and its address, which can't be shown again. Raises SharingRefused.

    `by` is a person, or the name of another system. A link shows what others made of the result, so a person who still
    has to review it blind can't make one.
    """
    if not result.tenant.shares_results:
        raise SharingRefused("Public links are switched off. An owner switches them on under “Company”.")
    if isinstance(by, User) and is_hidden(result=result, reader=by):
        raise SharingRefused("Submit your own review first: this interview is reviewed blind.")
    if not 1 <= days <= MAX_DAYS:
        raise SharingRefused(f"A link may work for 1 to {MAX_DAYS} days.")
    with transaction.atomic():
        token, digest = tokens.mint_token(kind=TokenKind.RESULT, tenant_id=result.tenant_id)
        link = ResultLink.objects.create(
            result=result,
            digest=digest,
            with_transcript=with_transcript,
            created_by=str(by)[:160],
            expires_at=timezone.now() + timedelta(days=days),
        )
        details = {"days": days, "with_transcript": with_transcript}
        record(verb="shared the result by a public link", target=result, details=details)
    return link, link_base(tenant_id=result.tenant_id) + reverse("shared-result", args=[token])


def revoke_links(*, result: Result) -> int:
    """Take all links to a result back; how many there were."""
    with transaction.atomic():
        links = list(ResultLink.objects.filter(result=result, revoked_at=None))
        for link in links:
            tokens.forget_token(digest=link.digest)
        ResultLink.objects.filter(pk__in=[link.pk for link in links]).update(revoked_at=timezone.now())
        if links:
            record(verb="took the public links to the result back", target=result)
    return len(links)


def open_links(*, result: Result) -> QuerySet[ResultLink]:
    """Those that still open the result."""
    return ResultLink.objects.filter(result=result, revoked_at=None, expires_at__gt=timezone.now())


def locate_link(*, token: str) -> LinkPlace | None:
    """Whose link this is; None for nonsense. Runs without a tenant in scope."""
    tenant = tokens.find_tenant_by_token(kind=TokenKind.RESULT, token=token)
    return LinkPlace(tenant_id=tenant.pk, digest=tokens.digest_of(token)) if tenant else None


def open_link(*, place: LinkPlace, ip: str | None) -> ResultLink | None:
    """The link, if it still opens its result, with the look noted; None for one that has ended."""
    link = (
        ResultLink.objects.select_related("tenant", "result__invitation__candidate", "result__invitation__interview")
        .filter(digest=place.digest, revoked_at=None, expires_at__gt=timezone.now(), tenant__shares_results=True)
        .first()
    )
    if link is not None:
        record(verb="viewed the result by a public link", target=link.result, ip=ip)
    return link

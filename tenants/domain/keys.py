"""Keys for the API: issued once, found by their hash, revoked for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from tenants.domain.audit import record_act
from tenants.domain.tokens import digest_of, mint_token
from tenants.enums import TokenKind
from tenants.models import ApiKey, User
from tenants.scope import current_tenant_id

KEY_PREFIX = "vv_live_"
#: How exact `last_used_at` is, so that reading the API does not write at every request.
LAST_USED_PRECISION = timedelta(minutes=1)


def issue_api_key(
    *,
    name: str,
    scopes: Sequence[str] = (),
    expires_at: datetime | None = None,
    actor: User | None = None,
    ip: str | None = None,
) -> tuple[ApiKey, str]:
    """A key of the tenant in scope, and its text `vv_live_...`, which can never be shown again."""
    with transaction.atomic():
        text, digest = mint_token(kind=TokenKind.API_KEY, tenant_id=current_tenant_id(), prefix=KEY_PREFIX)
        key = ApiKey.objects.create(
            name=name, prefix=text[: len(KEY_PREFIX) + 4], digest=digest, scopes=list(scopes), expires_at=expires_at
        )
        record_act(actor=actor, verb="issued the API key", target=key, ip=ip, details={"scopes": list(scopes)})
    return key, text


def find_api_key(*, text: str) -> ApiKey | None:
    """The usable key of the tenant in scope that `text` is, noting its use; None for a revoked or expired one.

    The tenant is found before, by `find_tenant_by_token(kind=TokenKind.API_KEY, token=text)`.
    """
    now = timezone.now()
    live = ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)
    key = live.filter(digest=digest_of(text)).first()
    if key and (key.last_used_at is None or now - key.last_used_at > LAST_USED_PRECISION):
        key.last_used_at = now
        key.save(update_fields=["last_used_at"])
    return key


def revoke_api_key(*, key: ApiKey, actor: User | None = None, ip: str | None = None) -> None:
    """From now on the key opens nothing; revoking it again changes nothing."""
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
            record_act(actor=actor, verb="revoked the API key", target=key, ip=ip)
    key.refresh_from_db()

"""Keys for the API: issued once, found by their hash, rotated with an overlap, revoked for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from tenants.domain.audit import record
from tenants.domain.tokens import digest_of, mint_token
from tenants.enums import TokenKind
from tenants.models import ApiKey, User
from tenants.scope import current_tenant_id

KEY_PREFIX = "vv_live_"
#: How exact `last_used_at` is, so that reading the API does not write at every request.
LAST_USED_PRECISION = timedelta(minutes=1)
#: How long a rotated key still opens the API, unless it is said otherwise.
ROTATION_OVERLAP = timedelta(days=7)


class AddressNotAllowed(Exception):
    """The key is genuine, but is not to be used from this network address."""


def issue_api_key(
    *,
    name: str,
    scopes: Sequence[str] = (),
    expires_at: datetime | None = None,
    networks: Sequence[str] = (),
    actor: User | None = None,
    ip: str | None = None,
) -> tuple[ApiKey, str]:
    """A key of the tenant in scope, and its text `vv_live_...`, which can never be shown again.

    `networks` are the CIDR ranges it may be used from; none means from anywhere.
    """
    with transaction.atomic():
        text, digest = mint_token(kind=TokenKind.API_KEY, tenant_id=current_tenant_id(), prefix=KEY_PREFIX)
        key = ApiKey.objects.create(
            name=name,
            prefix=text[: len(KEY_PREFIX) + 4],
            digest=digest,
            scopes=list(scopes),
            expires_at=expires_at,
            networks=list(networks),
        )
        record(actor=actor, verb="issued the API key", target=key, ip=ip, details={"scopes": list(scopes)})
    return key, text


def find_api_key(*, text: str, ip: str | None = None) -> ApiKey | None:
    """The usable key of the tenant in scope that `text` is, noting its use; None for a revoked or expired one.

    The tenant is found before, by `find_tenant_by_token(kind=TokenKind.API_KEY, token=text)`. Raises AddressNotAllowed
    when the key names networks and `ip` is in none of them.
    """
    now = timezone.now()
    live = ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)
    key = live.filter(digest=digest_of(text)).first()
    if key is None:
        return None
    if key.networks and not is_within(ip, networks=key.networks):
        raise AddressNotAllowed
    if key.last_used_at is None or now - key.last_used_at > LAST_USED_PRECISION:
        key.last_used_at = now
        key.save(update_fields=["last_used_at"])
    return key


def is_within(ip: str | None, *, networks: Sequence[str]) -> bool:
    if not ip:
        return False
    address = ip_address(ip)
    return any(address in ip_network(network, strict=False) for network in networks)


def rotate_api_key(
    *, key: ApiKey, overlap: timedelta = ROTATION_OVERLAP, actor: User | None = None, ip: str | None = None
) -> tuple[ApiKey, str]:
    """A new key that may do the same; the old one opens the API for `overlap` longer, so nothing has to stop."""
    with transaction.atomic():
        new, text = issue_api_key(
            name=key.name,
            scopes=key.scopes,
            expires_at=key.expires_at,
            networks=key.networks,
            actor=actor,
            ip=ip,
        )
        until = timezone.now() + overlap
        ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=until), pk=key.pk).update(expires_at=until)
        record(actor=actor, verb="rotated the API key", target=key, ip=ip, details={"until": until.isoformat()})
    key.refresh_from_db()
    return new, text


def revoke_api_key(*, key: ApiKey, actor: User | None = None, ip: str | None = None) -> None:
    """From now on the key opens nothing; revoking it again changes nothing."""
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
            record(actor=actor, verb="revoked the API key", target=key, ip=ip)
    key.refresh_from_db()

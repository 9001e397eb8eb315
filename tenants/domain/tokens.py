"""Tokens: random, shown once, kept as a SHA-256 that also leads to the tenant."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from tenants.enums import TokenKind
from tenants.models import Tenant, TokenIndex


def digest_of(token: str) -> str:
    """Hex SHA-256. The tokens have 256 random bits, so no salt or stretching is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def mint_token(*, kind: TokenKind, tenant_id: UUID, prefix: str = "") -> tuple[str, str]:
    """A new token and its digest, with the digest entered in the shared look-up table."""
    token = prefix + secrets.token_urlsafe(32)
    digest = digest_of(token)
    TokenIndex.objects.create(kind=kind, digest=digest, tenant_id=tenant_id)
    return token, digest


def register_token(*, kind: TokenKind, token: str, tenant_id: UUID) -> None:
    """Enter somebody else's name for a thing of ours, such as a mail's message id. Twice is once."""
    TokenIndex.objects.get_or_create(digest=digest_of(token), defaults={"kind": kind, "tenant_id": tenant_id})


def find_tenant_by_token(*, kind: TokenKind, token: str) -> Tenant | None:
    """Whose token this is; None for one that was never given out, or whose tenant is closed. Needs no scope."""
    entry = TokenIndex.objects.filter(kind=kind, digest=digest_of(token), tenant__is_active=True)
    found = entry.select_related("tenant").first()
    return found.tenant if found else None


def forget_token(*, digest: str) -> None:
    TokenIndex.objects.filter(digest=digest).delete()

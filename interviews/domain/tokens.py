"""Tokens: random, shown once, kept as a SHA-256 that also leads to the tenant."""

import hashlib
import secrets
from uuid import UUID

from tenants.models import TokenIndex


def digest_of(token: str) -> str:
    """Hex SHA-256. The tokens have 256 random bits, so no salt or stretching is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def mint_token(*, kind: str, tenant_id: UUID) -> tuple[str, str]:
    """A new token and its digest, with the digest entered in the shared look-up table."""
    token = secrets.token_urlsafe(32)
    digest = digest_of(token)
    TokenIndex.objects.create(kind=kind, digest=digest, tenant_id=tenant_id)
    return token, digest


def tenant_of_token(*, kind: str, token: str) -> UUID | None:
    """Whose token this is; None for one that was never given out. Needs no scope: this is how one is found."""
    return TokenIndex.objects.filter(kind=kind, digest=digest_of(token)).values_list("tenant_id", flat=True).first()


def forget_token(*, digest: str) -> None:
    TokenIndex.objects.filter(digest=digest).delete()

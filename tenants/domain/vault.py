"""Secrets that must be used again, and so can't be hashed: sealed at rest.

Fernet (AES-128-CBC with HMAC-SHA-256) under a key derived from SECRET_KEY; SECRET_KEY_FALLBACKS still open what an
earlier one has sealed. Source: the `cryptography` package, "Fernet" and "HKDF".
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealBroken(Exception):
    """Sealed under a key that is not known any more; enter the secret again."""


def seal(text: str) -> str:
    return _box((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises SealBroken."""
    try:
        return _box((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)).decrypt(sealed.encode()).decode()
    except InvalidToken:
        text = "A stored secret can't be read: SECRET_KEY has changed. Enter it again."
        raise SealBroken(text) from None


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derive(key)) for key in keys])


def _derive(key: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"vivavoce vault").derive(key.encode())
    return urlsafe_b64encode(derived)

"""Whom we trust when we call somebody over TLS."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def trusted_certificates(*, trust_env: bool = True) -> ssl.SSLContext:
    """For httpx's `verify`. Made once, because reading the certificates takes longer than most requests.

    With `trust_env`, SSL_CERT_FILE and SSL_CERT_DIR name others.
    """
    return httpx.create_ssl_context(trust_env=trust_env)

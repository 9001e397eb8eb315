"""Who is at the other end of a browser's WebSocket."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, load_backend
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils.crypto import constant_time_compare

from tenants.middleware import SESSION_KEY
from tenants.models import User
from tenants.own_sessions import note_seen


@dataclass(frozen=True)
class LogIn:
    user: User
    #: Whom the person works for at the moment; None before they have opened a page of the console.
    tenant_id: UUID | None


def find_log_in(*, key: str | None, ip: str | None) -> LogIn | None:
    """The log-in whose cookie has this key, as it is now; it has been seen. None for anybody who is not logged in.

    Django's `get_user` is not asked: what it renews or ends, it tells the browser in an answer, which a socket has not.
    """
    session = SessionStore(key)
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = load_backend(session[BACKEND_SESSION_KEY]).get_user(session[USER_KEY])
    if not isinstance(user, User):
        return None
    signed = session.get(HASH_SESSION_KEY, "")
    valid = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    if not any(constant_time_compare(signed, signature) for signature in valid):
        return None
    note_seen(session_key=session.session_key, ip=ip)
    tenant_id = session.get(SESSION_KEY)
    return LogIn(user, UUID(tenant_id) if tenant_id else None)
